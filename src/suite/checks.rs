//! The checks of a suite, each read for itself: the common fields here, the rest by its kind.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use touchdown_checks::contract::{Configured, Content, Fault, Kind, Located, Place, read_fields};

use super::bounds::time;
use super::diagnostics::without_echoes;
use super::header::Defaults;
use super::words::{Word, noun, unfit_name, word, words};
use crate::catalog::Catalog;

/// The fields that every check has.
pub const COMMON_FIELDS: &[&str] = &[
    "check", "id", "name", "on", "needs", "within", "every", "hold", "timeout", "required",
];

/// The common fields that serde reads; the others refer to something, and are read here.
const PLAIN_FIELDS: &[&str] = &["name", "required"];

/// A check as written, before its references are followed. What has a mistake is none.
pub(super) struct Draft {
    pub kind: Option<Kind>,
    /// Where the check's kind is written, or the check where it names none.
    pub place: Place,
    pub id: Option<Word>,
    pub name: Option<String>,
    /// The targets named, and where `on` is; none where all are meant.
    pub on: Option<(Vec<Word>, Place)>,
    pub needs: Vec<Word>,
    pub required: bool,
    pub within: Duration,
    pub every: Duration,
    pub hold: Option<Duration>,
    pub timeout: Duration,
    /// The fields of its kind.
    pub own: Located,
    pub check: Option<Arc<dyn Configured>>,
    /// Where the followed check is named.
    pub follows: Place,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainFields {
    name: Option<String>,
    required: Option<bool>,
}

const NOTHING: &str = "a suite with nothing to check is an error, never a pass";

/// What is told of a suite that has no checks in any of its files.
pub(super) fn missing(root: &Located) -> Fault {
    let top = Place {
        start: root.place.start,
        end: root.place.start,
    };
    Fault::new(top, "`checks` is missing").help(NOTHING)
}

/// Reads every check of a file, whose own times are `defaults` where they set none.
pub(super) fn read(
    root: &Located,
    defaults: Defaults,
    catalog: &Catalog,
    faults: &mut Vec<Fault>,
) -> Vec<Draft> {
    let Some((key, section)) = root.entry("checks") else {
        return Vec::new();
    };
    match &section.content {
        Content::List(items) if !items.is_empty() => items
            .iter()
            .filter_map(|item| draft(item, defaults, catalog, faults))
            .collect(),
        Content::Map(entries) if !entries.is_empty() => {
            let told = "`checks` is a list, not a mapping";
            faults.push(Fault::new(key.place, told).help("write each as `- check: KIND`"));
            Vec::new()
        }
        Content::Scalar { .. } if !section.is_nothing() => {
            faults.push(Fault::new(section.place, "`checks` is a list, not a text"));
            Vec::new()
        }
        _ => {
            faults.push(Fault::new(key.place, "the suite has no checks").help(NOTHING));
            Vec::new()
        }
    }
}

fn draft(
    item: &Located,
    defaults: Defaults,
    catalog: &Catalog,
    faults: &mut Vec<Fault>,
) -> Option<Draft> {
    let Content::Map(entries) = &item.content else {
        let fault = Fault::new(
            item.place,
            format!("a check is a mapping, not {}", noun(item)),
        );
        let kind = item.as_text().filter(|text| catalog.get(text).is_some());
        faults.push(fault.help(format!("write `- check: {}`", kind.unwrap_or("KIND"))));
        return None;
    };
    let (kind, place) = kind(item, catalog, faults);
    let common = part(item, entries, |name| PLAIN_FIELDS.contains(&name));
    let plain: PlainFields = read_fields(&common).unwrap_or_else(|mistakes| {
        faults.extend(mistakes);
        PlainFields::default()
    });
    let own = part(item, entries, |name| !COMMON_FIELDS.contains(&name));
    let check = kind.and_then(|kind| configured(&kind, &own, place, faults));
    let follows = own.get("since").map_or(place, |since| since.place);
    Some(Draft {
        kind,
        place,
        id: item.get("id").and_then(|value| id(value, faults)),
        name: plain.name,
        on: item.entry("on").and_then(|entry| on(entry, faults)),
        needs: item
            .entry("needs")
            .map(|entry| needs(entry, faults))
            .unwrap_or_default(),
        required: plain.required.unwrap_or(true),
        within: time("within", item, faults).unwrap_or(defaults.within),
        every: time("every", item, faults).unwrap_or(defaults.every),
        hold: time("hold", item, faults),
        timeout: time("timeout", item, faults).unwrap_or(defaults.timeout),
        own,
        check,
        follows,
    })
}

/// The check's entries of certain names, as a mapping of its own.
fn part(item: &Located, entries: &[(Located, Located)], wanted: impl Fn(&str) -> bool) -> Located {
    let wanted = entries
        .iter()
        .filter(|(key, _)| wanted(key.as_text().unwrap_or_default()));
    Located {
        place: item.place,
        content: Content::Map(wanted.cloned().collect()),
    }
}

fn kind(item: &Located, catalog: &Catalog, faults: &mut Vec<Fault>) -> (Option<Kind>, Place) {
    const LISTS: &str = "`touchdown checks` lists every kind";
    let Some(value) = item.get("check") else {
        let fault = Fault::new(item.place, "`check` is missing: what should hold here?");
        faults.push(fault.help(LISTS));
        return (None, item.place);
    };
    match word(value, "check") {
        Err(fault) => {
            faults.push(fault.help(LISTS));
            (None, value.place)
        }
        Ok(Word { text, place }) => {
            let kind = catalog.get(&text).copied();
            if kind.is_none() {
                let fault = Fault::new(place, format!("unknown kind of check `{text}`"));
                faults.push(fault.suggest(text, catalog.names()).help(LISTS));
            }
            (kind, place)
        }
    }
}

fn configured(
    kind: &Kind,
    own: &Located,
    place: Place,
    faults: &mut Vec<Fault>,
) -> Option<Arc<dyn Configured>> {
    match kind.configure(own) {
        Ok(check) => Some(check),
        Err(mistakes) => {
            let told = mistakes.into_iter().map(|fault| clearer(fault, own, place));
            faults.extend(without_echoes(told.collect()));
            None
        }
    }
}

/// What a kind misses is told where the kind is named, and what it doesn't know may be a
/// misspelt common field.
fn clearer(mut fault: Fault, own: &Located, kind: Place) -> Fault {
    if fault.place == own.place {
        fault.place = kind;
    }
    let of_the_check = own
        .entries()
        .iter()
        .any(|(key, _)| key.place == fault.place);
    if let Some(suggest) = fault.suggest.as_mut().filter(|_| of_the_check) {
        let common = COMMON_FIELDS.iter().map(|&field| field.to_owned());
        suggest.candidates.extend(common);
    }
    fault
}

fn id(value: &Located, faults: &mut Vec<Fault>) -> Option<Word> {
    let id = match word(value, "id") {
        Ok(id) => id,
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    if let Some(reason) = unfit_name(&id.text) {
        let told = format!("`{}` can't be an id: {reason}", id.text);
        faults.push(Fault::new(id.place, told));
    }
    Some(id)
}

fn needs((key, value): &(Located, Located), faults: &mut Vec<Fault>) -> Vec<Word> {
    if value.is_nothing() {
        faults.push(Fault::empty(key, value));
        return Vec::new();
    }
    words(value, "needs", faults)
}

fn on((key, value): &(Located, Located), faults: &mut Vec<Fault>) -> Option<(Vec<Word>, Place)> {
    let before = faults.len();
    let mut names = words(value, "on", faults);
    if faults.len() > before {
        return None;
    }
    if names.is_empty() {
        let fault = Fault::new(value.place, "`on` names no target");
        faults.push(fault.help("leave it out to run on every target"));
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.text.clone()));
    Some((names, key.place))
}
