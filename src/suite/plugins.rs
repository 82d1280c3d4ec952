//! `plugins:`: where a suite's plug-ins are, and what they get of the environment.

use std::path::Path;

use touchdown_checks::contract::{Content, Fault, Located, read_fields};
use touchdown_checks::external::{PluginSettings, Plugins};

use crate::catalog::Catalog;

/// The catalog of a file's checks, where the file has plug-ins of its own. What likely is secret of their
/// environment is among `secrets` before any of them is asked.
pub(super) fn catalog_of(
    root: &Located,
    file: &str,
    catalog: &Catalog,
    faults: &mut Vec<Fault>,
    secrets: &mut Vec<String>,
) -> Option<Catalog> {
    let (key, value) = root.entry("plugins")?;
    match settings(key, value) {
        Ok(settings) => {
            let base = Path::new(file).parent().unwrap_or(Path::new(""));
            faults.extend(no_folder(&settings, base, value, file));
            let plugins = Plugins::of(settings, base);
            secrets.extend(plugins.secrets());
            Some(catalog.beside(plugins))
        }
        Err(mistakes) => {
            faults.extend(mistakes);
            None
        }
    }
}

/// A folder, or a mapping that has more.
fn settings(key: &Located, value: &Located) -> Result<PluginSettings, Vec<Fault>> {
    match &value.content {
        _ if value.is_nothing() => Err(vec![Fault::empty(key, value)]),
        Content::Scalar { text, .. } if text.is_empty() => Err(vec![Fault::empty(key, value)]),
        Content::Scalar { text, .. } => Ok(PluginSettings::in_folder(text)),
        _ => read_fields(value),
    }
}

fn no_folder(settings: &PluginSettings, base: &Path, value: &Located, file: &str) -> Option<Fault> {
    let folder = settings.folder.as_ref()?;
    let place = value.get("folder").unwrap_or(value).place;
    let told = || Fault::new(place, format!("there is no folder `{folder}`"));
    let missing = !base.join(folder).is_dir();
    missing.then(|| told().help(format!("it counts from where {file} is")))
}
