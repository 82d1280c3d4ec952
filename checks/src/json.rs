//! JSON paths (RFC 9535) and the values expected at them.

mod number;
mod path;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use path::JsonPath;

/// Values expected at paths, in the order written.
#[derive(Clone, Debug, Default)]
pub struct JsonExpectation(Vec<(JsonPath, Value)>);

impl JsonExpectation {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each path and the value expected there.
    pub fn iter(&self) -> impl Iterator<Item = &(JsonPath, Value)> {
        self.0.iter()
    }
}

impl<'de> Deserialize<'de> for JsonExpectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

/// A value that can be told from any other.
struct Expected(Value);

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match number::rounded(&value) {
            Some(number) => Err(de::Error::custom(format!(
                "`{number}` is rounded, so it can't be told from its neighbours; a number beyond 2^53 is written \
                 whole, without exponent, and has 64 bits at most; look for others by `regex`"
            ))),
            None => Ok(Self(value)),
        }
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = JsonExpectation;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a mapping of JSON paths to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<JsonExpectation, A::Error> {
        let mut expected = Vec::new();
        while let Some((path, Expected(value))) = entries.next_entry()? {
            expected.push((path, value));
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
            "description": "Values by JSON path (RFC 9535), such as `$.entities`.",
            "additionalProperties": true,
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
/// find the expected one among them; numbers are compared by value.
#[must_use]
pub fn mismatches(document: &Value, expected: &JsonExpectation) -> Vec<Mismatch> {
    let differs = |(path, value): &(JsonPath, Value)| {
        let found = path.find(document);
        let matches = found.iter().any(|seen| equal(seen, value));
        (!matches).then(|| Mismatch {
            path: path.to_string(),
            expected: value.to_string(),
            seen: listed(&found),
        })
    };
    expected.iter().filter_map(differs).collect()
}

/// The longest list of values that goes on, in bytes. A path such as `$..*` finds the inner values
/// of a document once for each level around them.
const LONGEST: usize = 8192;

fn listed(found: &[&Value]) -> String {
    let mut listed = String::new();
    for value in found {
        if listed.len() > LONGEST {
            listed.push_str(", …");
            break;
        }
        if !listed.is_empty() {
            listed.push_str(", ");
        }
        listed.push_str(&value.to_string());
    }
    if found.is_empty() {
        listed.push_str("nothing");
    }
    listed
}

/// Whether two values are one, numbers being compared by value at whatever depth.
fn equal(seen: &Value, expected: &Value) -> bool {
    match (seen, expected) {
        (Value::Number(seen), Value::Number(expected)) => number::same(seen, expected),
        (Value::Array(seen), Value::Array(expected)) => {
            seen.len() == expected.len() && seen.iter().zip(expected).all(|(s, e)| equal(s, e))
        }
        (Value::Object(seen), Value::Object(expected)) => {
            let there = |(name, value): (&String, &Value)| {
                expected.get(name).is_some_and(|other| equal(value, other))
            };
            seen.len() == expected.len() && seen.iter().all(there)
        }
        _ => seen == expected,
    }
}

#[cfg(test)]
mod tests;
