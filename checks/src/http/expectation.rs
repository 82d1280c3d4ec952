//! What an answer should be like: status, headers, body, JSON and time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::contract::{Pattern, Period};
use crate::json::{self, JsonExpectation};
use crate::reads::Page;

/// What an answer should be like. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The status: `200`, `2xx`, or a list of these.
    #[serde(default)]
    pub status: Option<StatusExpectation>,
    /// Headers that must be there, and what each must contain.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What the body must contain.
    #[serde(default)]
    pub body: Option<BodyExpectation>,
    /// Values in a JSON body, by JSON path (RFC 9535).
    #[serde(default)]
    pub json: JsonExpectation,
    /// The longest time from sending until the last byte.
    #[serde(default)]
    pub under: Option<Period>,
}

/// What a body must contain; of each, all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyExpectation {
    /// A text.
    #[serde(default)]
    pub contains: Option<String>,
    /// A regular expression.
    #[serde(default)]
    pub regex: Option<Pattern>,
}

/// One or several acceptable statuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusExpectation(Vec<Statuses>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statuses {
    One(u16),
    Hundred(u16),
}

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub what: String,
    pub expected: String,
    pub seen: String,
}

impl Expectation {
    /// Whether nothing is expected at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
            && self.headers.is_empty()
            && self.body.is_none()
            && self.json.is_empty()
            && self.under.is_none()
    }

    /// What an answer has that is as expected, beyond its status: `cloud-latest`,
    /// `$.entities = 5421`.
    pub(super) fn met(&self) -> String {
        let body = self.body.iter().flat_map(|body| {
            let text = body.contains.iter().map(|text| format!("`{text}`"));
            text.chain(
                body.regex
                    .iter()
                    .map(|pattern| format!("/{}/", pattern.as_str())),
            )
        });
        let json = self
            .json
            .iter()
            .map(|(path, value)| format!("{path} = {value}"));
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"));
        body.chain(json)
            .chain(headers)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Everything in which the page differs.
    pub(super) fn differences(&self, page: &Page) -> Vec<Difference> {
        let mut found = Vec::new();
        if let Some(status) = self
            .status
            .as_ref()
            .filter(|status| !status.accepts(page.status))
        {
            found.push(difference(
                "status",
                status.to_string(),
                page.status.to_string(),
            ));
        }
        found.extend(self.headers.iter().filter_map(|(name, expected)| {
            let seen = page.header(name);
            let contains = seen.is_some_and(|seen| seen.contains(expected.as_str()));
            (!contains).then(|| {
                difference(
                    &format!("header {name}"),
                    expected,
                    seen.unwrap_or("no such header"),
                )
            })
        }));
        found.extend(self.body.iter().flat_map(|body| body.differences(page)));
        found.extend(self.json_differences(page));
        if let Some(under) = self.under.filter(|under| page.took > under.get()) {
            let took = Period::from(page.took);
            found.push(difference(
                "time",
                format!("under {under}"),
                took.to_string(),
            ));
        }
        found
    }

    fn json_differences(&self, page: &Page) -> Vec<Difference> {
        if self.json.is_empty() {
            return Vec::new();
        }
        match serde_json::from_str::<Value>(&page.body) {
            Ok(document) => json::mismatches(&document, &self.json)
                .into_iter()
                .map(|m| difference(&m.path, m.expected, m.seen))
                .collect(),
            Err(_) if page.truncated => vec![difference(
                "body",
                "JSON",
                "JSON that is too long to be read",
            )],
            Err(error) => vec![difference("body", "JSON", format!("no JSON: {error}"))],
        }
    }
}

impl BodyExpectation {
    fn differences(&self, page: &Page) -> Vec<Difference> {
        let seen = || {
            let bytes = page.body.len();
            if page.truncated {
                format!("not in its first {bytes} bytes")
            } else {
                format!("not in its {bytes} bytes")
            }
        };
        let text = self
            .contains
            .as_ref()
            .filter(|text| !page.body.contains(text.as_str()));
        let pattern = self
            .regex
            .as_ref()
            .filter(|pattern| !pattern.is_match(&page.body));
        let text = text.map(|text| difference("body", format!("`{text}`"), seen()));
        let pattern =
            pattern.map(|pattern| difference("body", format!("/{}/", pattern.as_str()), seen()));
        text.into_iter().chain(pattern).collect()
    }
}

fn difference(what: &str, expected: impl Into<String>, seen: impl Into<String>) -> Difference {
    Difference {
        what: what.to_owned(),
        expected: expected.into(),
        seen: seen.into(),
    }
}

impl StatusExpectation {
    /// Any success.
    pub(super) fn success() -> Self {
        Self(vec![Statuses::Hundred(2)])
    }

    fn accepts(&self, status: u16) -> bool {
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
            _ => text
                .parse()
                .ok()
                .filter(|status| (100..600).contains(status))
                .map(Statuses::One),
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
        for wrong in [json!("ok"), json!(99), json!([]), json!({})] {
            assert!(serde_json::from_value::<StatusExpectation>(wrong).is_err());
        }
    }
}
