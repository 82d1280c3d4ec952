//! What a program should have printed.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Content, Fault, Located, Pattern};
use crate::difference::{Difference, difference, json_differences};
use crate::json::JsonExpectation;
use crate::reads::{Printed, Ran};

/// What a program should have printed. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputExpectation {
    /// Standard output.
    #[serde(default)]
    stdout: Option<TextExpectation>,
    /// Standard error.
    #[serde(default)]
    stderr: Option<TextExpectation>,
    /// Values in the JSON on standard output, by JSON path (RFC 9535).
    #[serde(default)]
    json: JsonExpectation,
}

/// What an output must contain; of each, all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextExpectation {
    /// A text.
    #[serde(default)]
    contains: Option<String>,
    /// A regular expression.
    #[serde(default)]
    regex: Option<Pattern>,
}

impl OutputExpectation {
    /// Everything in which the outputs differ.
    pub(super) fn differences(&self, ran: &Ran) -> Vec<Difference> {
        let of = |text: &Option<TextExpectation>, what, printed| {
            let text = text.as_ref();
            text.map_or_else(Vec::new, |text| text.differences(what, printed))
        };
        let mut found = of(&self.stdout, "standard output", &ran.stdout);
        found.extend(of(&self.stderr, "standard error", &ran.stderr));
        let (text, truncated) = (&ran.stdout.text, ran.stdout.omitted > 0);
        found.extend(json_differences(
            "standard output",
            text,
            truncated,
            &self.json,
        ));
        found
    }

    /// What was expected and is there, to be told of outputs that are right.
    pub(super) fn met(&self, ran: &Ran) -> String {
        let texts = self.stdout.iter().chain(&self.stderr);
        let texts = texts.flat_map(TextExpectation::told);
        let document = serde_json::from_str(&ran.stdout.text).unwrap_or_default();
        let json = self.json.told(&document);
        texts.chain(json).collect::<Vec<_>>().join(", ")
    }

    /// The mistakes of an expectation that is written but, wholly or in a part, says nothing: what was meant
    /// there would not be looked at.
    pub(super) fn mistakes(key: &Located, value: &Located) -> Vec<Fault> {
        let empty = |(_, value): &&(Located, Located)| match &value.content {
            Content::Map(entries) => entries.is_empty(),
            content => matches!(content, Content::Scalar { text, .. } if text.is_empty()),
        };
        let parts = value.entries().iter();
        let inner = value.entries().iter().flat_map(|(_, part)| part.entries());
        let mut found: Vec<Fault> = parts
            .chain(inner)
            .filter(empty)
            .map(|(key, value)| Fault::empty(key, value))
            .collect();
        if value.entries().is_empty() {
            found.push(Fault::empty(key, value));
        }
        found
    }
}

impl TextExpectation {
    fn told(&self) -> impl Iterator<Item = String> {
        let text = self.contains.iter().map(|text| format!("`{text}`"));
        let pattern = self.regex.iter();
        text.chain(pattern.map(|pattern| format!("/{}/", pattern.as_str())))
    }

    fn differences(&self, what: &str, printed: &Printed) -> Vec<Difference> {
        let text = self.contains.as_ref();
        let text = text.filter(|text| !printed.text.contains(text.as_str()));
        let pattern = self.regex.as_ref();
        let pattern = pattern.filter(|pattern| !pattern.is_match(&printed.text));
        let missing = Self {
            contains: text.cloned(),
            regex: pattern.cloned(),
        };
        let seen = match printed.text.len() {
            0 => "nothing at all".to_owned(),
            bytes => format!("not in its {bytes} bytes"),
        };
        missing
            .told()
            .map(|expected| Difference {
                unread: printed.omitted > 0,
                ..difference(what, expected, seen.clone())
            })
            .collect()
    }
}
