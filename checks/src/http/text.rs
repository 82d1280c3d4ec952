//! What a header or a cookie of an answer should say.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Pattern, Written};
use crate::difference::{Difference, difference};

/// What a header should say, of which all counts; a text is what it contains.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextExpectation {
    /// A part of it.
    #[serde(default)]
    pub contains: Option<String>,
    /// All of it.
    #[serde(default)]
    pub equals: Option<String>,
    /// A regular expression that matches somewhere in it.
    #[serde(default)]
    pub regex: Option<Pattern>,
    /// Whether it must not be there at all.
    #[serde(default)]
    pub absent: bool,
}

impl From<&Written<TextExpectation>> for TextExpectation {
    fn from(written: &Written<TextExpectation>) -> Self {
        match written {
            Written::Text(text) => Self {
                contains: Some(text.clone()),
                ..Self::default()
            },
            Written::Fields(fields) => fields.clone(),
        }
    }
}

/// How what was seen is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    AsItIs,
    /// By its length: a cookie is a key to someone's session.
    Hidden,
}

impl TextExpectation {
    /// Everything in which these values of one name differ; one of them must be as expected.
    pub(super) fn differences(
        &self,
        what: &str,
        none: &str,
        seen: &[&str],
        showing: Showing,
    ) -> Option<Difference> {
        let fits = |value: &&str| {
            self.contains
                .as_ref()
                .is_none_or(|part| value.contains(part.as_str()))
                && self.equals.as_ref().is_none_or(|all| value == all)
                && self
                    .regex
                    .as_ref()
                    .is_none_or(|regex| regex.is_match(value))
        };
        let is_met = if self.absent {
            seen.is_empty()
        } else {
            seen.iter().any(fits)
        };
        (!is_met).then(|| difference(what, self.to_string(), shown(seen, none, showing)))
    }
}

fn shown(seen: &[&str], none: &str, showing: Showing) -> String {
    let one = |value: &&str| match showing {
        Showing::AsItIs => (*value).to_owned(),
        Showing::Hidden => format!("a value of {} characters", value.chars().count()),
    };
    match seen {
        [] => none.to_owned(),
        values => values.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

impl std::fmt::Display for TextExpectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let equals = self.equals.iter().map(|text| format!("`{text}`"));
        let regex = self
            .regex
            .iter()
            .map(|regex| format!("/{}/", regex.as_str()));
        let all = self.contains.iter().cloned().chain(equals).chain(regex);
        let all: Vec<String> = all.collect();
        match (self.absent, all.is_empty()) {
            (true, _) => f.write_str("none"),
            (false, true) => f.write_str("any"),
            (false, false) => f.write_str(&all.join(" and ")),
        }
    }
}
