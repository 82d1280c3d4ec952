//! JSON paths (RFC 9535) and the values expected at them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

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
        (Value::Number(seen), Value::Number(expected)) => same_number(seen, expected),
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

/// `1` is `1.0`. Two whole numbers are never compared as floats: beyond 2^53 one float stands for
/// many of them, and an id would be taken for its neighbour.
fn same_number(seen: &Number, expected: &Number) -> bool {
    match (whole(seen), whole(expected)) {
        (Some(seen), Some(expected)) => seen == expected,
        (None, None) => seen.as_f64() == expected.as_f64(),
        _ => false,
    }
}

/// The value of a number without a fraction.
fn whole(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from);
    exact.or(number.as_u64().map(i128::from)).or_else(|| {
        // Between these bounds every float without a fraction is a whole number of 128 bits.
        let float = number.as_f64().filter(|float| float.abs() < 1e38)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is within the bounds")]
        (float.fract() == 0.0).then_some(float as i128)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
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
    fn numbers_are_compared_by_value_and_a_large_one_is_not_its_neighbour() {
        for (seen, expected, same) in [
            ("9007199254740993", "9007199254740993", true),
            ("9007199254740993", "9007199254740992", false),
            ("9007199254740993", "9007199254740992.0", false),
            ("18446744073709551615", "18446744073709551614", false),
            ("-9223372036854775808", "-9223372036854775807", false),
            ("-0.0", "0", true),
            ("1e3", "1000", true),
            ("0.1", "0.1", true),
            ("0.1", "0.2", false),
            ("1e300", "1e300", true),
            ("1e300", "1", false),
            ("[1, {\"a\": 2}]", "[1.0, {\"a\": 2.0}]", true),
            ("[1, 2]", "[1]", false),
            ("{\"a\": 1, \"b\": 1}", "{\"a\": 1}", false),
        ] {
            let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            let document = json!({ "n": value(seen) });
            let told = told(&document, json!({ "$.n": value(expected) }));
            assert_eq!(told.is_empty(), same, "{seen} and {expected}: {told:?}");
        }
    }

    #[test]
    fn what_is_found_once_for_each_level_is_not_told_whole() {
        let depth = 100;
        let document = format!(
            "{}\"{}\"{}",
            "[".repeat(depth),
            "x".repeat(50_000),
            "]".repeat(depth)
        );
        let document: Value = serde_json::from_str(&document).expect("JSON");
        let told = told(&document, json!({ "$..*": "y" }));
        assert!(
            told[0].len() < 60_000 && told[0].contains(", … not"),
            "{}",
            told[0].len()
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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_document_is_what_it_is_and_two_are_one_both_ways_round(document in any_document(), other in any_document()) {
            let same = told(&document, json!({ "$": document })).is_empty();
            prop_assert!(same, "{}", document);
            let (there, back) = (told(&document, json!({ "$": other })), told(&other, json!({ "$": document })));
            prop_assert_eq!(there.is_empty(), back.is_empty());
        }

        #[test]
        fn any_text_is_a_path_or_refused_on_one_line(text in "\\$?(\\.\\.?[a-z*]{0,3}|\\[[?@.a-z0-9'\"=<>()-]{0,9}\\]|\\PC){0,6}", document in any_document()) {
            match serde_json::from_value::<JsonExpectation>(json!({ text: 1 })) {
                Ok(expected) => drop(mismatches(&document, &expected)),
                Err(error) => prop_assert_eq!(error.to_string().lines().count(), 1),
            }
        }
    }

    fn any_document() -> impl Strategy<Value = Value> {
        let number = prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-4_i64..4).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
        ];
        let leaf = prop_oneof![
            number,
            "[a-z]{0,3}".prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|fields| fields.into_iter().collect::<Value>()),
            ]
        })
    }
}
