//! Mistakes of an expectation that no single field of it shows.

use reqwest::header::HeaderName;

use super::BodyExpectation;
use crate::contract::{Content, Fault, Located};

/// Parts that are mappings, whose own entries may be mappings too.
const PARTS: &[&str] = &["headers", "cookies", "body", "json", "tls", "ends_at"];

/// The mistakes of expectations that are written but, wholly or in a part, say nothing, so that
/// what was meant there would not be looked at, or that contradict themselves. `names` are those of the
/// check's `fields` that hold them.
pub(super) fn of(names: &[&str], fields: &Located) -> Vec<Fault> {
    let written = names.iter().filter_map(|name| fields.entry(name));
    let mut found = Vec::new();
    for (key, value) in written {
        found.extend(of_parts(value));
        found.extend(value.entries().is_empty().then(|| Fault::empty(key, value)));
        found.extend(settling(key, value));
    }
    found
}

/// A time within which an answer that is broken would have to come: any that is fast would be.
fn settling(key: &Located, value: &Located) -> Option<Fault> {
    let (under, _) = value.entry("under")?;
    let settles = key.as_text() == Some("broken_when");
    let why = "`under` in `broken_when` is true of every answer that is fast";
    settles.then(|| {
        Fault::new(under.place, why).help("write it in `expect`: a slow answer is not as expected")
    })
}

/// Where redirects lead, where none is followed.
pub(super) fn of_unfollowed(names: &[&str], fields: &Located) -> Vec<Fault> {
    let written = names.iter().filter_map(|name| fields.get(name));
    let of_the_way = written.flat_map(|value| {
        let parts = ["ends_at", "redirected"].into_iter();
        parts.filter_map(|name| value.entry(name))
    });
    let told = of_the_way.map(|(key, _)| {
        let name = key.as_text().unwrap_or_default();
        let fault = Fault::new(
            key.place,
            format!("`{name}`, where no redirect is followed"),
        );
        fault.help("expect the header `location` of the redirect itself")
    });
    told.collect()
}

fn of_parts(fields: &Located) -> Vec<Fault> {
    let parts = fields.entries().iter();
    let parts = parts.filter(|(key, _)| PARTS.contains(&key.as_text().unwrap_or_default()));
    let mut found = Vec::new();
    for (key, value) in parts {
        if is_empty_mapping(value) {
            found.push(Fault::empty(key, value));
        }
        let name = key.as_text().unwrap_or_default();
        if name == "headers" {
            found.extend(value.entries().iter().filter_map(|(key, _)| no_header(key)));
        }
        if name == "body" {
            found.extend(empty_texts(value));
            found.extend(BodyExpectation::vacuous(value));
        } else if name != "json" {
            let entries = value.entries().iter();
            let nothing = entries.clone().filter(|(_, value)| is_empty_mapping(value));
            found.extend(nothing.map(|(key, value)| Fault::empty(key, value)));
            found.extend(entries.clone().flat_map(|(_, value)| empty_texts(value)));
            found.extend(entries.filter_map(|(_, value)| contradiction(value)));
        }
    }
    found
}

/// A name that no header has, so that it would never be found.
pub(super) fn no_header(name: &Located) -> Option<Fault> {
    let text = name.as_text().unwrap_or_default();
    let is_one = HeaderName::try_from(text).is_ok();
    let told = || Fault::new(name.place, format!("`{text}` is no name of a header"));
    (!is_one).then(|| told().of_name())
}

/// A header or cookie that must not be there, and yet be like something.
fn contradiction(fields: &Located) -> Option<Fault> {
    let (absent, value) = fields.entry("absent")?;
    let is_absent = matches!(value.as_text(), Some("true" | "True" | "TRUE"));
    let why = "what is absent has nothing to compare: `absent` stands alone";
    (is_absent && fields.entries().len() > 1).then(|| Fault::new(absent.place, why))
}

fn is_empty_mapping(value: &Located) -> bool {
    matches!(&value.content, Content::Map(entries) if entries.is_empty())
}

/// Texts that every text contains.
fn empty_texts(mapping: &Located) -> Vec<Fault> {
    let looked_for = mapping
        .entries()
        .iter()
        .filter(|(key, _)| matches!(key.as_text(), Some("contains" | "not_contains")));
    let is_empty = |value: &Located| {
        let mut each = value.each().iter();
        each.any(|one| one.as_text() == Some(""))
    };
    let empty = looked_for.filter(|(_, value)| is_empty(value));
    empty.map(|(key, value)| Fault::empty(key, value)).collect()
}
