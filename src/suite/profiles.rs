//! Profiles: parts of a suite that have a name, such as `smoke`.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;
use touchdown_checks::contract::{Content, Fault, Located};

use super::Suite;
use super::diagnostics::closest;
use super::names::Names;
use super::words::{Word, noun, unfit_name, words};

/// A profile that the suite doesn't have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the suite has no profile `{name}`{}", known(.closest.as_deref(), .profiles))]
pub struct NoProfile {
    /// What was asked for.
    name: String,
    /// The one that was likely meant.
    closest: Option<String>,
    /// Those that there are.
    profiles: Vec<String>,
}

fn known(closest: Option<&str>, profiles: &[String]) -> String {
    match (closest, profiles) {
        (_, []) => "; it has none, which `profiles:` would name".to_owned(),
        (Some(closest), _) => format!(
            " (did you mean `{closest}`?); it has {}",
            profiles.join(", ")
        ),
        (None, _) => format!("; it has {}", profiles.join(", ")),
    }
}

impl Suite {
    /// The ids of the checks that a profile names.
    ///
    /// # Errors
    /// Where the suite has no such profile.
    pub fn profile(&self, name: &str) -> Result<&BTreeSet<String>, NoProfile> {
        self.profiles.get(name).ok_or_else(|| {
            let profiles: Vec<String> = self.profiles.keys().cloned().collect();
            NoProfile {
                name: name.to_owned(),
                closest: closest(name, &profiles).map(str::to_owned),
                profiles,
            }
        })
    }
}

/// The profiles of all files. What several files say of one adds up.
pub(super) fn read(
    roots: &[Located],
    names: &Names,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut profiles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, section) in roots.iter().filter_map(|root| root.entry("profiles")) {
        let Content::Map(entries) = &section.content else {
            let told = format!(
                "`profiles` maps names to checks, and is not {}",
                noun(section)
            );
            let place = if section.is_nothing() {
                key.place
            } else {
                section.place
            };
            faults.push(Fault::new(place, told).help("write it like `smoke: [answers, web-*]`"));
            continue;
        };
        for (key, value) in entries {
            let name = key.as_text().unwrap_or_default();
            if let Some(reason) = unfit_name(name) {
                let told = format!("`{name}` can't name a profile: {reason}");
                faults.push(Fault::new(key.place, told));
            }
            let before = faults.len();
            let globs = words(value, name, faults);
            if globs.is_empty() && faults.len() == before {
                let fault = Fault::new(key.place, format!("the profile `{name}` has no checks"));
                faults.push(fault.help("a run that checks nothing is an error, never a pass"));
            }
            let profile = profiles.entry(name.to_owned()).or_default();
            for glob in &globs {
                match matching(glob, names) {
                    Ok(ids) => profile.extend(ids),
                    Err(fault) => faults.push(fault),
                }
            }
        }
    }
    profiles
}

/// The ids that a glob means: those that it matches, and those of the groups that it matches.
fn matching(glob: &Word, names: &Names) -> Result<BTreeSet<String>, Fault> {
    let matcher = Glob::new(&glob.text).map_err(|error| {
        let told = format!("`{}` is not a glob: {}", glob.text, error.kind());
        Fault::new(glob.place, told)
    })?;
    let matcher = matcher.compile_matcher();
    let ids = names.ids.iter().filter(|id| matcher.is_match(id));
    let groups = names
        .several
        .iter()
        .filter(|(name, _)| matcher.is_match(name));
    let of_groups = groups.flat_map(|(_, checks)| checks.iter().map(|&check| &names.ids[check]));
    let ids: BTreeSet<String> = ids.chain(of_groups).cloned().collect();
    match ids.is_empty() {
        false => Ok(ids),
        true => {
            let known = names.ids.iter().chain(names.several.keys());
            let told = format!("no check matches `{}`", glob.text);
            Err(Fault::new(glob.place, told).suggest(&glob.text, known))
        }
    }
}
