//! What an answer should be like: status, headers, body, JSON and time.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::status::StatusExpectation;
use crate::contract::{Content, Fault, Located, Pattern, Period};
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

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub what: String,
    pub expected: String,
    pub seen: String,
    /// Whether it may be as expected in the part of the body that was not read.
    pub unread: bool,
}

/// Whether an answer is the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Yes,
    No,
    /// What was read is as expected; the rest of the body would have to tell.
    Unread,
}

impl Expectation {
    /// Whether nothing is expected at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
            && self.headers.is_empty()
            && self.body.as_ref().is_none_or(BodyExpectation::is_empty)
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

    /// Whether the page is as expected.
    pub(super) fn likeness(&self, page: &Page) -> Likeness {
        let differences = self.differences(page);
        if differences.is_empty() {
            Likeness::Yes
        } else if differences.iter().all(|difference| difference.unread) {
            Likeness::Unread
        } else {
            Likeness::No
        }
    }

    /// The mistakes of an expectation that is written but, wholly or in a part, says nothing:
    /// what was meant there would not be looked at.
    pub(super) fn mistakes(fields: &Located) -> Vec<Fault> {
        let parts = fields.entries().iter().filter(|(key, _)| {
            let name = key.as_text().unwrap_or_default();
            matches!(name, "headers" | "body" | "json")
        });
        let empty = parts.clone().filter(
            |(_, value)| matches!(&value.content, Content::Map(entries) if entries.is_empty()),
        );
        let contains = parts
            .filter_map(|(_, value)| value.entry("contains"))
            .filter(|(_, value)| value.as_text() == Some(""));
        empty
            .chain(contains)
            .map(|(key, value)| Fault::empty(key, value))
            .collect()
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
            Err(_) if page.truncated => vec![Difference {
                unread: true,
                ..difference("body", "JSON", "JSON that is too long to be read")
            }],
            Err(error) => vec![difference("body", "JSON", format!("no JSON: {error}"))],
        }
    }
}

impl BodyExpectation {
    fn is_empty(&self) -> bool {
        self.contains.is_none() && self.regex.is_none()
    }

    fn differences(&self, page: &Page) -> Vec<Difference> {
        let bytes = page.body.len();
        let missing = |expected: String| Difference {
            unread: page.truncated,
            ..difference("body", expected, format!("not in its {bytes} bytes"))
        };
        let text = self
            .contains
            .iter()
            .filter(|text| !page.body.contains(text.as_str()))
            .map(|text| missing(format!("`{text}`")));
        let pattern = self
            .regex
            .iter()
            .filter(|pattern| !pattern.is_match(&page.body))
            .map(|pattern| missing(format!("/{}/", pattern.as_str())));
        text.chain(pattern).collect()
    }
}

fn difference(what: &str, expected: impl Into<String>, seen: impl Into<String>) -> Difference {
    Difference {
        what: what.to_owned(),
        expected: expected.into(),
        seen: seen.into(),
        unread: false,
    }
}
