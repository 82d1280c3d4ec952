//! Which statuses of an answer will do.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// One or several acceptable statuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusExpectation(Vec<Statuses>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statuses {
    One(u16),
    Hundred(u16),
}

impl StatusExpectation {
    /// Any success.
    pub(super) fn success() -> Self {
        Self(vec![Statuses::Hundred(2)])
    }

    pub(super) fn accepts(&self, status: u16) -> bool {
        self.0.iter().any(|accepted| match accepted {
            Statuses::One(one) => *one == status,
            Statuses::Hundred(hundred) => *hundred == status / 100,
        })
    }
}

impl std::fmt::Display for StatusExpectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.0.iter().map(|accepted| match accepted {
            Statuses::One(one) => one.to_string(),
            Statuses::Hundred(hundred) => format!("{hundred}xx"),
        });
        f.write_str(&shown.collect::<Vec<_>>().join(" or "))
    }
}

fn statuses(value: &Value) -> Option<Statuses> {
    match value {
        Value::Number(number) => {
            let status = u16::try_from(number.as_u64()?).ok()?;
            (100..600)
                .contains(&status)
                .then_some(Statuses::One(status))
        }
        Value::String(text) => match text.as_bytes() {
            [hundred @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => {
                Some(Statuses::Hundred(u16::from(hundred - b'0')))
            }
            // Rust reads a sign as part of a number, which a status has none of.
            digits if digits.iter().all(u8::is_ascii_digit) => text
                .parse()
                .ok()
                .filter(|status| (100..600).contains(status))
                .map(Statuses::One),
            _ => None,
        },
        _ => None,
    }
}

impl<'de> Deserialize<'de> for StatusExpectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let several = match &value {
            Value::Array(several) => several.as_slice(),
            one => std::slice::from_ref(one),
        };
        let read: Option<Vec<Statuses>> = several.iter().map(statuses).collect();
        match read {
            Some(statuses) if !statuses.is_empty() => Ok(Self(statuses)),
            _ => Err(de::Error::custom(format!(
                "`{}` is not a status; write `200`, `2xx` or a list of these",
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            ))),
        }
    }
}

impl JsonSchema for StatusExpectation {
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = serde_json::json!([
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^[1-5]xx$" },
        ]);
        json_schema!({
            "description": "A status, a class of statuses, or a list of these.",
            "anyOf": [one[0], one[1], { "type": "array", "minItems": 1, "items": { "anyOf": one } }],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use proptest::prelude::*;

    use super::*;

    fn accepts(expected: Value, status: u16) -> bool {
        serde_json::from_value::<StatusExpectation>(expected)
            .expect("a status")
            .accepts(status)
    }

    #[test]
    fn statuses_are_numbers_classes_or_lists() {
        assert!(accepts(json!(200), 200) && !accepts(json!(200), 204));
        assert!(accepts(json!("2xx"), 204) && !accepts(json!("2xx"), 301));
        assert!(accepts(json!([200, "3xx"]), 302));
        for wrong in [json!("ok"), json!("+200"), json!(99), json!([]), json!({})] {
            assert!(serde_json::from_value::<StatusExpectation>(wrong).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_shown_of_one_status_is_read_as_the_same(text in "[0-9+-]{0,4}|[0-9][xX]{2}|\\PC{0,4}", status in 0..700_u16) {
            let read = |text: &str| serde_json::from_value::<StatusExpectation>(text.into());
            let Ok(expected) = read(&text) else { return Ok(()) };
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()), "{}", text);
            let again = read(&expected.to_string()).expect("what is shown");
            prop_assert_eq!(again.accepts(status), expected.accepts(status));
            prop_assert!(!expected.accepts(status) || (100..600).contains(&status));
        }
    }
}
