//! JSON paths (RFC 9535) and what is expected of the values at them.

mod condition;
mod number;
mod path;
mod wanted;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use path::JsonPath;
use wanted::Wanted;

/// Values expected at paths, in the order written.
#[derive(Clone, Debug, Default)]
pub struct JsonExpectation(Vec<(JsonPath, Wanted)>);

impl JsonExpectation {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a document has at each path that is asked about: `$.entities = 5421`, and where more than
    /// one value would do, the value and what it had to be: `$.entities = 5421 (>= 5000)`.
    #[must_use]
    pub fn told(&self, document: &Value) -> Vec<String> {
        let told = |(path, wanted): &(JsonPath, Wanted)| {
            if wanted.is_a_value() {
                return format!("{path} = {wanted}");
            }
            let found = path.find(document);
            format!("{path} = {} ({wanted})", listed(&found, wanted))
        };
        self.0.iter().map(told).collect()
    }
}

/// `$.entities = 5421, $.tags length 3`.
impl fmt::Display for JsonExpectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |(path, wanted): &(JsonPath, Wanted)| match wanted.is_a_value() {
            true => format!("{path} = {wanted}"),
            false => format!("{path} {wanted}"),
        };
        let all: Vec<String> = self.0.iter().map(told).collect();
        f.write_str(&all.join(", "))
    }
}

impl<'de> Deserialize<'de> for JsonExpectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = JsonExpectation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of JSON paths to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<JsonExpectation, A::Error> {
        let mut expected = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            expected.push(entry);
        }
        Ok(JsonExpectation(expected))
    }
}

impl JsonSchema for JsonExpectation {
    fn schema_name() -> Cow<'static, str> {
        "JsonExpectation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Values by JSON path (RFC 9535), such as `$.entities`, or operators: `equals`, `matches`, `>=`, \
                `>`, `<=`, `<`, `length`, `exists`, `contains`, `type`, `not`.",
            "additionalProperties": wanted::schema(),
        })
    }
}

/// What is at a path instead of the expected value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The path.
    pub path: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub seen: String,
}

/// Compares a document with what is expected of it. A path that finds several values must
/// find one among them of which all is true that is asked; what `not` excludes none may be.
#[must_use]
pub fn mismatches(document: &Value, expected: &JsonExpectation) -> Vec<Mismatch> {
    let differs = |(path, wanted): &(JsonPath, Wanted)| {
        let found = path.find(document);
        (!wanted.is_met(&found)).then(|| Mismatch {
            path: path.to_string(),
            expected: wanted.to_string(),
            seen: listed(&found, wanted),
        })
    };
    expected.0.iter().filter_map(differs).collect()
}

/// The longest list of values that goes on, in bytes. A path such as `$..*` finds the inner values
/// of a document once for each level around them.
const LONGEST: usize = 8192;

fn listed(found: &[&Value], wanted: &Wanted) -> String {
    let mut listed = String::new();
    for value in found {
        if listed.len() > LONGEST {
            listed.push_str(", …");
            break;
        }
        if !listed.is_empty() {
            listed.push_str(", ");
        }
        listed.push_str(&wanted.told_of(value));
    }
    if found.is_empty() {
        listed.push_str("nothing");
    }
    listed
}

#[cfg(test)]
mod tests;
