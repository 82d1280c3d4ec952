//! `touchdown checks`: the catalog, and each kind explained from its own doc comment.

use std::fmt::Write as _;
use std::path::Path;

use touchdown_checks::contract::Kind;
use touchdown_checks::external::{PluginSettings, Plugins, Unusable};

use super::arguments::{Checks, PluginsArguments};
use super::error::CliError;
use super::{signals, stdout};
use crate::catalog::{Catalog, Missing};
use crate::documentation;
use crate::exit;
use crate::report::escape;
use crate::suite::closest;

pub(super) fn checks(arguments: &Checks, catalog: &Catalog) -> Result<u8, CliError> {
    let text = match &arguments.kind {
        None => list(&with_plugins(catalog, &arguments.plugins)?),
        Some(name) => {
            let found = beside(catalog, &arguments.plugins)?.find(name);
            explain(&signals::unless_stopped(found)?.map_err(|missing| not_there(name, missing))?)
        }
    };
    stdout::print(&harmless(&text))?;
    Ok(exit::OK)
}

/// The catalog with every plug-in that can be found. Those that can't be used are told on standard error.
///
/// # Errors
/// Where there is no such folder of plug-ins, and where a signal came.
pub(super) fn with_plugins(
    catalog: &Catalog,
    plugins: &PluginsArguments,
) -> Result<Catalog, CliError> {
    let found = beside(catalog, plugins)?.with_every_plugin();
    let (catalog, unusable) = signals::unless_stopped(found)?;
    for Unusable { why, .. } in unusable {
        stdout::complain(&format!("left out: {}", escape::line(&why)));
    }
    Ok(catalog)
}

fn beside(
    catalog: &Catalog,
    PluginsArguments { folder }: &PluginsArguments,
) -> Result<Catalog, CliError> {
    match folder {
        Some(folder) if !folder.is_dir() => Err(CliError::NoFolder(folder.clone())),
        Some(folder) => {
            let settings = PluginSettings::in_folder(folder.to_string_lossy());
            Ok(catalog.beside(Plugins::of(settings, Path::new(""))))
        }
        None => Ok(catalog.clone()),
    }
}

/// What plug-ins say of themselves is text from outside.
fn harmless(text: &str) -> String {
    let lines = text.lines().map(|line| escape::line(line) + "\n");
    lines.collect()
}

fn not_there(name: &str, missing: Missing) -> CliError {
    match missing {
        Missing::Unknown { known, plugin } => CliError::UnknownKind {
            kind: name.to_owned(),
            meant: closest(name, &known).map(str::to_owned),
            plugin,
        },
        Missing::Unusable(Unusable { why, .. }) => CliError::UnusablePlugin(why),
    }
}

/// Every kind with what it asks, a line each.
fn list(catalog: &Catalog) -> String {
    let width = catalog.names().map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    for kind in catalog.kinds() {
        let asks = documentation::asks(kind);
        let _ = writeln!(text, "{:width$}  {asks}", kind.name);
    }
    text.push_str("\n`touchdown checks KIND` explains one, with its fields and an example.\n");
    text
}

/// A kind's doc comment and its fields.
fn explain(kind: &Kind) -> String {
    let mut text = format!("{}\n{}\n\n", kind.name, "=".repeat(kind.name.len()));
    text.push_str(&documentation::of(kind).replace("**", ""));
    text.push_str("\n\nFields, beside those that every check has:\n");
    let fields = documentation::fields(kind);
    if fields.is_empty() {
        text.push_str("  none\n");
    }
    for field in fields {
        let must = if field.required { " (required)" } else { "" };
        let default = field
            .default
            .map(|value| format!(" Default: {value}."))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "  {}{must}: {}{default}",
            field.name, field.description
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_asks_why_and_how() {
        for kind in Catalog::built_in().kinds() {
            let text = documentation::of(kind);
            for part in [
                "**Asks**",
                "**Why it matters**",
                "**Evidence**",
                "**Example**\n```yaml\n- check: ",
            ] {
                assert!(text.contains(part), "{} lacks {part}:\n{text}", kind.name);
            }
        }
    }
}
