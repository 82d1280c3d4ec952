//! Which line is meant: by text, by regular expression, or by the fields of a JSON line.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::contract::{Fault, Located, Pattern};
use crate::json::{self, JsonExpectation};

/// Which line is meant. Exactly one of the three.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineMatch {
    /// A text that the line contains, upper and lower case being different.
    #[serde(default)]
    pub contains: Option<String>,
    /// A regular expression that matches somewhere in the line.
    #[serde(default)]
    pub regex: Option<Pattern>,
    /// Values in a line of JSON, by JSON path (RFC 9535); all must be there.
    #[serde(default)]
    pub json: JsonExpectation,
}

impl LineMatch {
    /// What a kind means whose own fields say it, so that a suite needs no level for them.
    pub(super) fn of(
        contains: Option<&String>,
        regex: Option<&Pattern>,
        json: &JsonExpectation,
    ) -> Self {
        Self {
            contains: contains.cloned(),
            regex: regex.cloned(),
            json: json.clone(),
        }
    }

    /// Whether a line is meant. FireLens wraps a line as `{"log": "…"}`; then what it wraps
    /// counts too.
    #[must_use]
    pub fn matches(&self, line: &str) -> bool {
        if let Some(text) = &self.contains {
            return line.contains(text.as_str())
                || unwrapped(line).is_some_and(|l| l.contains(text.as_str()));
        }
        if let Some(pattern) = &self.regex {
            return pattern.is_match(line)
                || unwrapped(line).is_some_and(|line| pattern.is_match(&line));
        }
        !self.json.is_empty()
            && (self.matches_json(line)
                || unwrapped(line).is_some_and(|line| self.matches_json(&line)))
    }

    /// The part of a line that is meant, where it stands in it as it is: of the fields of a JSON
    /// line no single part is, and what FireLens wraps may stand there escaped.
    #[must_use]
    pub(super) fn part_of<'l>(&'l self, line: &'l str) -> Option<&'l str> {
        if let Some(text) = self.contains.as_deref() {
            return line.contains(text).then_some(text);
        }
        let found = self.regex.as_ref()?.find(line)?;
        Some(found.as_str()).filter(|part| !part.is_empty())
    }

    fn matches_json(&self, line: &str) -> bool {
        serde_json::from_str::<Value>(line)
            .is_ok_and(|document| json::mismatches(&document, &self.json).is_empty())
    }

    /// The mistakes of a configuration that must say exactly one of the three.
    pub(super) fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let written: Vec<&str> = ["contains", "regex", "json"]
            .into_iter()
            .filter(|name| fields.get(name).is_some())
            .collect();
        let empty = self.contains.as_deref() == Some("");
        match written[..] {
            [_] if empty => vec![
                Fault::new(
                    fields.place_of("contains"),
                    "`contains` is empty, so every line would match",
                )
                .help("write the text to look for"),
            ],
            ["json"] if self.json.is_empty() => {
                vec![Fault::new(
                    fields.place_of("json"),
                    "`json` is empty, so nothing is looked for",
                )]
            }
            [_] => Vec::new(),
            [] => vec![
                Fault::new(fields.place, "nothing says which line is meant")
                    .help("give one of `contains`, `regex` or `json`"),
            ],
            [_, second, ..] => vec![
                Fault::new(
                    fields.place_of(second),
                    format!("{} can't go together", list(&written)),
                )
                .help("give one of `contains`, `regex` or `json`"),
            ],
        }
    }
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(" and ")
}

/// The line inside FireLens's JSON, if it is one.
fn unwrapped(line: &str) -> Option<String> {
    if !line.starts_with('{') {
        return None;
    }
    match serde_json::from_str::<Value>(line).ok()?.get("log")? {
        Value::String(inner) => Some(inner.clone()),
        inner => Some(inner.to_string()),
    }
}

impl fmt::Display for LineMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.contains {
            return write!(f, "`{text}`");
        }
        if let Some(pattern) = &self.regex {
            return write!(f, "/{}/", pattern.as_str());
        }
        self.json.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(matched: Value, line: &str) -> bool {
        serde_json::from_value::<LineMatch>(matched)
            .expect("a match")
            .matches(line)
    }

    #[test]
    fn matches_text_pattern_or_fields() {
        let line = "INFO Parsing: requested_platforms=['linkedin', 'twitter', 'pitch_deck']";
        assert!(matches(json!({"contains": "requested_platforms=["}), line));
        assert!(!matches(json!({"contains": "Requested_platforms"}), line));
        assert!(matches(
            json!({"regex": r"requested_platforms=\['linkedin', '\w+'"}),
            line
        ));
        let line = r#"{"level":"info","event":"started","port":8000}"#;
        assert!(matches(
            json!({"json": {"$.event": "started", "$.port": 8000}}),
            line
        ));
        assert!(!matches(
            json!({"json": {"$.event": "started", "$.port": 9000}}),
            line
        ));
        assert!(!matches(json!({"json": {"$.event": "started"}}), "started"));
    }

    #[test]
    fn tells_the_part_of_a_line_that_is_meant() {
        let part = |matched: Value| {
            let matched: LineMatch = serde_json::from_value(matched).expect("a match");
            let line = r#"INFO {"event":"started","took":"31 ms"}"#;
            matched.part_of(line).map(str::to_owned)
        };
        assert_eq!(
            part(json!({"contains": "started"})).as_deref(),
            Some("started")
        );
        assert_eq!(part(json!({"regex": r"\d+ ms"})).as_deref(), Some("31 ms"));
        assert_eq!(part(json!({"regex": "x*"})), None, "nothing to mark");
        assert_eq!(part(json!({"json": {"$.event": "started"}})), None);
    }

    #[test]
    fn looks_inside_firelens_lines() {
        let line = r#"{"container_name":"app","log":"{\"event\":\"started\"} \u00e9"}"#;
        assert!(matches(json!({"contains": "\u{e9}"}), line));
        let line = r#"{"container_name":"app","log":"{\"event\":\"started\"}"}"#;
        assert!(matches(json!({"json": {"$.event": "started"}}), line));
    }

    #[test]
    fn nothing_said_matches_nothing() {
        assert!(!LineMatch::default().matches("anything"));
    }
}
