//! What a program should have printed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Content, Fault, Located};
use crate::difference::{Difference, json_differences};
use crate::http::BodyExpectation;
use crate::json::JsonExpectation;
use crate::reads::{Printed, Ran};

const STDOUT: &str = "standard output";
const STDERR: &str = "standard error";

/// What a program should have printed. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputExpectation {
    /// Standard output.
    #[serde(default)]
    stdout: Option<BodyExpectation>,
    /// Standard error.
    #[serde(default)]
    stderr: Option<BodyExpectation>,
    /// Values in the JSON on standard output, by JSON path (RFC 9535).
    #[serde(default)]
    json: JsonExpectation,
}

impl OutputExpectation {
    /// Everything in which the outputs differ.
    pub(super) fn differences(&self, ran: &Ran) -> Vec<Difference> {
        let of = |text: &Option<BodyExpectation>, what, printed: &Printed| {
            let text = text.iter();
            text.flat_map(|text| text.differences(what, &printed.text, printed.omitted > 0))
                .collect::<Vec<_>>()
        };
        let mut found = of(&self.stdout, STDOUT, &ran.stdout);
        found.extend(of(&self.stderr, STDERR, &ran.stderr));
        let (text, truncated) = (&ran.stdout.text, ran.stdout.omitted > 0);
        found.extend(json_differences(STDOUT, text, truncated, &self.json));
        found
    }

    /// What was expected and is there, to be told of outputs that are right.
    pub(super) fn met(&self, ran: &Ran) -> String {
        let stdout = self.stdout.iter().flat_map(|text| text.met(STDOUT));
        let stderr = self.stderr.iter().flat_map(|text| text.met(STDERR));
        let document = serde_json::from_str(&ran.stdout.text).unwrap_or_default();
        let json = self.json.told(&document);
        let all: Vec<String> = stdout.chain(stderr).chain(json).collect();
        all.join(", ")
    }

    /// The mistakes of an expectation that is written but, wholly or in a part, says nothing: what was meant
    /// there would not be looked at.
    pub(super) fn mistakes(key: &Located, value: &Located) -> Vec<Fault> {
        let is_empty_text = |value: &Located| match &value.content {
            Content::Scalar { text, .. } => text.is_empty(),
            _ => false,
        };
        let empty = |(key, value): &&(Located, Located)| match &value.content {
            // That nothing was printed can be expected.
            Content::Scalar { .. } if key.as_text() == Some("equals") => false,
            Content::Map(entries) => entries.is_empty(),
            Content::List(items) => items.iter().any(is_empty_text),
            Content::Scalar { .. } => is_empty_text(value),
        };
        let parts = value.entries().iter();
        let inner = value.entries().iter().flat_map(|(_, part)| part.entries());
        let mut found: Vec<Fault> = parts
            .chain(inner)
            .filter(empty)
            .map(|(key, value)| Fault::empty(key, value))
            .collect();
        let outputs = ["stdout", "stderr"].into_iter();
        let outputs = outputs.filter_map(|name| value.get(name));
        found.extend(outputs.flat_map(BodyExpectation::vacuous));
        if value.entries().is_empty() {
            found.push(Fault::empty(key, value));
        }
        found
    }
}
