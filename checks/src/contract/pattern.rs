//! Regular expressions that are checked when the suite is read.

use std::borrow::Cow;
use std::ops::Deref;

use regex::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::EXPRESSION;

/// A regular expression (the syntax of Rust's `regex` crate: linear time, no look-around).
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// The largest compiled expression, in bytes.
const LARGEST: usize = 1 << 20;

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.0
    }
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::compiled(text, RegexBuilder::new(text))
    }

    /// Compiles an expression whose `^` and `$` are the beginning and end of a line, which `\n` or
    /// `\r\n` ends.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn of_lines(text: &str) -> Result<Self, String> {
        let mut builder = RegexBuilder::new(text);
        builder.multi_line(true).crlf(true);
        Self::compiled(text, builder)
    }

    /// Whether it matches whatever there is, so that it says nothing: `.*`, or `a|`. `^$` doesn't: it says
    /// that there is nothing.
    #[must_use]
    pub fn matches_every_text(&self) -> bool {
        ["", "\u{1}"].into_iter().all(|text| self.is_match(text))
    }

    fn compiled(text: &str, mut builder: RegexBuilder) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a regular expression that is empty matches every text".into());
        }
        builder
            .size_limit(LARGEST)
            .build()
            .map(Self)
            .map_err(|error| {
                let told = error.to_string();
                let reason = told
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ");
                format!("`{text}` is not a regular expression: {reason}")
            })
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": EXPRESSION,
            "description": "A regular expression (Rust's `regex` syntax: no look-around).",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let told = Pattern::new("a(b").expect_err("unclosed");
        assert_eq!(told, "`a(b` is not a regular expression: unclosed group");
        let told = Pattern::new("").expect_err("empty");
        assert_eq!(
            told,
            "a regular expression that is empty matches every text"
        );
    }

    #[test]
    fn lines_begin_and_end_where_the_server_says() {
        let expression = Pattern::of_lines("^250 .*ready$").expect("an expression");
        assert!(expression.is_match("250-SIZE\r\n250 is ready\r\n"));
        assert!(!expression.is_match("250-SIZE 250 is ready\r\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_an_expression_or_refused_and_escaped_means_itself(text in "\\PC{1,40}") {
            let _ = Pattern::new(&text).map_err(|told| assert!(told.starts_with('`'), "{told}"));
            let escaped = Pattern::new(&regex::escape(&text)).expect("an expression");
            prop_assert_eq!(escaped.find(&text).map(|found| found.range()), Some(0..text.len()));
        }
    }
}
