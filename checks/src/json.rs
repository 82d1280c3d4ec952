//! JSON paths (RFC 9535) and the values expected at them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A JSON path, checked when the suite is read: `$.entities`, `$['a b'][0]`.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: String,
    path: serde_json_path::JsonPath,
}

impl std::fmt::Display for JsonPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for JsonPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let path = serde_json_path::JsonPath::parse(&text).map_err(|error| {
            de::Error::custom(format!(
                "`{text}` is not a JSON path: {}; write it like `$.entities`, or `$['x-name']` for other names",
                error.message()
            ))
        })?;
        Ok(Self { text, path })
    }
}

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

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = JsonExpectation;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        let found = path.path.query(document).all();
        let matches = found.iter().any(|seen| equal(seen, value));
        (!matches).then(|| Mismatch {
            path: path.text.clone(),
            expected: value.to_string(),
            seen: match found[..] {
                [] => "nothing".into(),
                _ => found
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            },
        })
    };
    expected.iter().filter_map(differs).collect()
}

fn equal(seen: &Value, expected: &Value) -> bool {
    match (seen, expected) {
        (Value::Number(seen), Value::Number(expected)) => {
            seen == expected || seen.as_f64() == expected.as_f64()
        }
        _ => seen == expected,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(document: &Value, expected: Value) -> Vec<String> {
        let expected: JsonExpectation = serde_json::from_value(expected).expect("an expectation");
        let show = |m: Mismatch| format!("{}: {} not {}", m.path, m.seen, m.expected);
        mismatches(document, &expected)
            .into_iter()
            .map(show)
            .collect()
    }

    #[test]
    fn compares_by_value_and_tells_what_is_there() {
        let document =
            json!({"entities": 0, "run": null, "items": [{"p": "linkedin"}, {"p": "twitter"}]});
        assert!(
            told(
                &document,
                json!({"$.entities": 0.0, "$.items[*].p": "twitter"})
            )
            .is_empty()
        );
        assert_eq!(
            told(&document, json!({"$.entities": 5421, "$.version": "2"})),
            ["$.entities: 0 not 5421", "$.version: nothing not \"2\""]
        );
        assert_eq!(
            told(&document, json!({"$.run": "cloud-latest"})),
            ["$.run: null not \"cloud-latest\""]
        );
    }

    #[test]
    fn a_number_is_not_its_text() {
        assert_eq!(told(&json!({"n": "1"}), json!({"$.n": 1})).len(), 1);
    }

    #[test]
    fn a_bad_path_is_told_when_it_is_read() {
        let error =
            serde_json::from_value::<JsonExpectation>(json!({"entities": 1})).expect_err("no path");
        assert!(
            error.to_string().contains("`entities` is not a JSON path"),
            "{error}"
        );
    }
}
