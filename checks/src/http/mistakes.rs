//! Mistakes of an expectation that no single field of it shows.

use crate::contract::{Content, Fault, Located};

/// Parts that are mappings, whose own entries may be mappings too.
const PARTS: &[&str] = &["headers", "cookies", "body", "json", "tls"];

/// The mistakes of an expectation that is written but, wholly or in a part, says nothing, so that
/// what was meant there would not be looked at, or that contradicts itself.
pub(super) fn of(fields: &Located) -> Vec<Fault> {
    let parts = fields.entries().iter();
    let parts = parts.filter(|(key, _)| PARTS.contains(&key.as_text().unwrap_or_default()));
    let mut found = Vec::new();
    for (key, value) in parts {
        if is_empty_mapping(value) {
            found.push(Fault::empty(key, value));
        }
        let name = key.as_text().unwrap_or_default();
        if name == "body" {
            found.extend(empty_texts(value));
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
    let is_empty = |value: &Located| match &value.content {
        Content::List(items) => items.iter().any(|item| item.as_text() == Some("")),
        _ => value.as_text() == Some(""),
    };
    let empty = looked_for.filter(|(_, value)| is_empty(value));
    empty.map(|(key, value)| Fault::empty(key, value)).collect()
}
