//! The top of a suite: version, name and defaults.

use std::time::Duration;

use touchdown_checks::contract::{Content, Fault, Located, Place};

use super::bounds::{EVERY, TIMEOUT, WITHIN, time};
use super::words::{noun, word};

/// The fields of a suite.
const FIELDS: &[&str] = &[
    "version", "name", "include", "defaults", "plugins", "targets", "checks", "profiles", "secrets",
];

/// The version of the format that this build reads.
const VERSION: &str = "1";

/// The times of checks that don't set their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    pub within: Duration,
    pub every: Duration,
    pub timeout: Duration,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            within: WITHIN,
            every: EVERY,
            timeout: TIMEOUT,
        }
    }
}

/// What stands above targets and checks.
#[derive(Debug)]
pub(super) struct Header {
    pub name: Option<String>,
    pub defaults: Defaults,
}

/// The fields of `defaults`.
const DEFAULTS: &[&str] = &["within", "every", "timeout"];

/// The root, where it is a mapping as it should.
pub(super) fn root(root: Option<Located>) -> Result<Located, Fault> {
    let example = "it starts with `version: 1`, and has `targets` and `checks`";
    match root.filter(|root| !root.is_nothing()) {
        None => Err(Fault::new(Place::default(), "the suite is empty").help(example)),
        Some(root) if matches!(root.content, Content::Map(_)) => Ok(root),
        Some(root) => {
            let told = format!("a suite is a mapping, not {}", noun(&root));
            Err(Fault::new(root.place, told).help(example))
        }
    }
}

/// Reads the header of a file, and refuses what no suite has. `others` are the times that its
/// `defaults` leave open.
pub(super) fn read(root: &Located, others: Defaults, faults: &mut Vec<Fault>) -> Header {
    unknown_fields(root, FIELDS, faults);
    faults.extend(version(root).err());
    let name = root.get("name").and_then(|name| match word(name, "name") {
        Ok(word) => Some(word.text),
        Err(fault) => {
            faults.push(fault);
            None
        }
    });
    Header {
        name,
        defaults: defaults(root.get("defaults"), others, faults),
    }
}

fn version(root: &Located) -> Result<(), Fault> {
    let Some(version) = root.get("version") else {
        let top = Place {
            start: root.place.start,
            end: root.place.start,
        };
        return Err(
            Fault::new(top, "`version` is missing").help("a suite starts with `version: 1`")
        );
    };
    match version.as_text() {
        Some(VERSION) => Ok(()),
        Some(other) if !version.is_nothing() => Err(Fault::new(
            version.place,
            format!("this touchdown reads version {VERSION} of the suite format, not `{other}`"),
        )
        .help("write `version: 1`")),
        _ => Err(Fault::new(
            version.place,
            format!("`version` is a number, not {}", noun(version)),
        )
        .help("write `version: 1`")),
    }
}

fn defaults(section: Option<&Located>, others: Defaults, faults: &mut Vec<Fault>) -> Defaults {
    let mut of = |field: &str, default| {
        let set = section.and_then(|section| time(field, section, faults));
        set.unwrap_or(default)
    };
    let defaults = Defaults {
        within: of("within", others.within),
        every: of("every", others.every),
        timeout: of("timeout", others.timeout),
    };
    match section.filter(|section| !section.is_nothing()) {
        Some(section) if matches!(section.content, Content::Map(_)) => {
            unknown_fields(section, DEFAULTS, faults);
        }
        Some(section) => {
            let told = format!("`defaults` is a mapping, not {}", noun(section));
            faults.push(Fault::new(section.place, told));
        }
        None => {}
    }
    defaults
}

fn unknown_fields(section: &Located, known: &[&str], faults: &mut Vec<Fault>) {
    for (key, _) in section.entries() {
        let name = key.as_text().unwrap_or_default();
        if !known.contains(&name) {
            let fault = Fault::new(key.place, format!("unknown field `{name}`"));
            faults.push(fault.suggest(name, known.iter().copied()));
        }
    }
}
