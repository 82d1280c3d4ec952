//! What a page should show.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::selector;
use crate::contract::{Fault, Located, Pattern};
use crate::reads::browser::Region;

/// What a page shows; of each, all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Showing {
    /// A text; blanks count as one space.
    #[serde(default)]
    pub(super) text: Option<String>,
    /// A regular expression that matches somewhere in what is shown.
    #[serde(default)]
    pub(super) regex: Option<Pattern>,
    /// A CSS selector of which an element can be seen; text and expression are looked for in those.
    #[serde(default)]
    pub(super) selector: Option<String>,
}

impl Showing {
    /// Whether a region, which is the selector's, shows it.
    pub(super) fn is_in(&self, region: &Region) -> bool {
        let text = self.sought();
        let regex = self.regex.as_ref();
        region.seen > 0
            && text.is_none_or(|text| region.text.contains(&text))
            && regex.is_none_or(|regex| regex.is_match(&region.text))
    }

    /// The text that is looked for; blanks are as in a region, each one space and none at the ends.
    fn sought(&self) -> Option<String> {
        let text = self.text.as_deref()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// What of a text is looked for.
    pub(super) fn matched<'t>(&self, text: &'t str) -> Option<&'t str> {
        let contained = self.sought().and_then(|sought| {
            let start = text.find(&sought)?;
            Some(&text[start..start + sought.len()])
        });
        let found = self.regex.as_ref().and_then(|regex| regex.find(text));
        contained.or(found.map(|found| found.as_str()))
    }

    /// The mistakes of one that says nothing, told at `key`, or what no page can have.
    pub(super) fn mistakes(key: &Located, written: &Located) -> Vec<Fault> {
        let said = ["text", "regex", "selector"].map(|name| written.entry(name));
        if said.iter().all(Option::is_none) {
            let told = "nothing is said of the page: give `text`, `regex` or `selector`";
            return vec![Fault::new(key.place, told)];
        }
        let selector = written.get("selector").and_then(|value| {
            let wrong = selector::mistake(value.as_text()?)?;
            Some(Fault::new(value.place, wrong))
        });
        let said = said.into_iter().flatten();
        let is_blank = |value: &Located| value.as_text().is_some_and(|text| text.trim().is_empty());
        said.filter(|(_, value)| is_blank(value))
            .map(|(key, value)| Fault::empty(key, value))
            .chain(selector)
            .collect()
    }
}

/// In words for a headline: `` `5,421` in `#entities` ``.
impl fmt::Display for Showing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.sought().into_iter().map(|text| format!("`{text}`"));
        let regex = self
            .regex
            .iter()
            .map(|regex| format!("/{}/", regex.as_str()));
        let sought: Vec<String> = text.chain(regex).collect();
        match (sought.is_empty(), &self.selector) {
            (false, Some(selector)) => write!(f, "{} in `{selector}`", sought.join(" and ")),
            (false, None) => f.write_str(&sought.join(" and ")),
            (true, Some(selector)) => write!(f, "`{selector}`"),
            (true, None) => f.write_str("anything"),
        }
    }
}
