//! What messages should be like, and how many of them.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Content, Fault, Located, Pattern};
use crate::difference::{Difference, difference, json_differences};
use crate::json::JsonExpectation;
use crate::reads::websocket::MESSAGES;

/// What should be among the messages that are received: ones like this (of each, all), so many of
/// them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// A text that they contain.
    #[serde(default)]
    contains: Option<String>,
    /// A regular expression that matches somewhere in them.
    #[serde(default)]
    regex: Option<Pattern>,
    /// Values in JSON messages, by JSON path (RFC 9535).
    #[serde(default)]
    json: JsonExpectation,
    /// Exactly so many, and none more for as long as `quiet`.
    #[serde(default)]
    count: Option<usize>,
    /// So many or more; one, unless there is a `count`.
    #[serde(default)]
    at_least: Option<usize>,
}

impl Statement {
    pub(super) fn fits(&self, message: &str) -> bool {
        self.differences(message).is_empty()
    }

    /// The text of a message for which it was chosen, where it is a part.
    pub(super) fn matched(&self, message: &str) -> Option<String> {
        let found = self.regex.as_ref().and_then(|regex| regex.find(message));
        let contained = self.contains.clone().filter(|text| message.contains(text));
        found.map(|found| found.as_str().to_owned()).or(contained)
    }

    pub(super) fn differences(&self, message: &str) -> Vec<Difference> {
        let lacking = |expected: String| {
            let bytes = message.len();
            difference("text", expected, format!("not in its {bytes} bytes"))
        };
        let text = self.contains.iter();
        let text = text.filter(|text| !message.contains(text.as_str()));
        let text = text.map(|text| lacking(format!("`{text}`")));
        let pattern = self.regex.iter().filter(|regex| !regex.is_match(message));
        let pattern = pattern.map(|regex| lacking(format!("/{}/", regex.as_str())));
        let mut found: Vec<Difference> = text.chain(pattern).collect();
        found.extend(json_differences("message", message, false, &self.json));
        found
    }

    /// Whether so many are as wanted.
    pub(super) fn is_met_by(&self, found: usize) -> bool {
        match self.count {
            Some(count) => found == count,
            None => found >= self.least(),
        }
    }

    /// Whether so many are too many.
    pub(super) fn is_exceeded_by(&self, found: usize) -> bool {
        self.count.is_some_and(|count| found > count)
    }

    /// Whether one more would be one too many.
    pub(super) fn is_exact(&self) -> bool {
        self.count.is_some()
    }

    fn least(&self) -> usize {
        self.at_least.unwrap_or(1)
    }

    /// How many are wanted: `3`, `at least 2`.
    pub(super) fn number(&self) -> String {
        match self.count {
            Some(count) => count.to_string(),
            None => format!("at least {}", self.least()),
        }
    }

    /// The mistakes of a statement that says nothing of a message, or two things of their number.
    pub(super) fn mistakes(&self, key: &Located, written: &Located) -> Vec<Fault> {
        let mut found = Vec::new();
        if self.contains.is_none() && self.regex.is_none() && self.json.is_empty() {
            let told = "nothing is said of the messages: give `contains`, `regex` or `json`";
            found.push(Fault::new(key.place, told));
        }
        let empty = written.entries().iter().filter(|(_, value)| {
            let is_empty_map =
                matches!(&value.content, Content::Map(entries) if entries.is_empty());
            is_empty_map || value.as_text() == Some("")
        });
        found.extend(empty.map(|(key, value)| Fault::empty(key, value)));
        if self.count.is_some() && self.at_least.is_some() {
            let told = "`count` and `at_least` say two things of one number";
            found.push(Fault::new(written.place_of("at_least"), told));
        }
        for name in ["count", "at_least"] {
            let number = if name == "count" {
                self.count
            } else {
                self.at_least
            };
            if number.is_some_and(|number| number > MESSAGES) {
                let told = format!("no more than {MESSAGES} messages are read");
                found.push(Fault::new(written.place_of(name), told));
            }
        }
        if self.at_least == Some(0) {
            let told = "`at_least: 0` is always so; `count: 0` forbids such messages";
            found.push(Fault::new(written.place_of("at_least"), told));
        }
        found
    }
}

/// In words for a headline.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.contains.iter().map(|text| format!("`{text}`"));
        let pattern = self.regex.iter();
        let pattern = pattern.map(|regex| format!("/{}/", regex.as_str()));
        let json = (!self.json.is_empty()).then(|| self.json.to_string());
        let all: Vec<String> = text.chain(pattern).chain(json).collect();
        f.write_str(&all.join(", "))
    }
}
