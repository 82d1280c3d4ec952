//! What the body of an answer should hold, and what it must not.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Pattern, Several};
use crate::difference::{Difference, difference};
use crate::reads::Page;

/// What a body must contain and what it must not; of each, all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyExpectation {
    /// A text that it contains, or several.
    #[serde(default)]
    pub(super) contains: Option<Several<String>>,
    /// A regular expression that matches somewhere in it, or several.
    #[serde(default)]
    pub(super) regex: Option<Several<Pattern>>,
    /// A text that it must not contain, or several.
    #[serde(default)]
    pub(super) not_contains: Option<Several<String>>,
    /// A regular expression that must match nowhere in it, or several.
    #[serde(default)]
    pub(super) not_regex: Option<Several<Pattern>>,
    /// All of it, but for white space around it.
    #[serde(default)]
    pub(super) equals: Option<String>,
}

/// Something that is looked for in a body.
#[derive(Clone, Copy)]
enum Sought<'e> {
    Text(&'e str),
    Pattern(&'e Pattern),
}

impl Sought<'_> {
    fn find<'b>(&self, body: &'b str) -> Option<(usize, &'b str)> {
        match self {
            Self::Text(text) => {
                let (start, found) = body.match_indices(*text).next()?;
                Some((start, found))
            }
            Self::Pattern(pattern) => {
                let found = pattern.find(body)?;
                Some((found.start(), found.as_str()))
            }
        }
    }
}

impl std::fmt::Display for Sought<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Pattern(pattern) => write!(f, "/{}/", pattern.as_str()),
        }
    }
}

fn sought<'e>(
    texts: &'e Option<Several<String>>,
    patterns: &'e Option<Several<Pattern>>,
) -> impl Iterator<Item = Sought<'e>> {
    let texts = texts.iter().flat_map(|several| &several.0);
    let patterns = patterns.iter().flat_map(|several| &several.0);
    texts
        .map(|text| Sought::Text(text))
        .chain(patterns.map(Sought::Pattern))
}

impl BodyExpectation {
    pub(super) fn is_empty(&self) -> bool {
        self.wanted().next().is_none() && self.unwanted().next().is_none() && self.equals.is_none()
    }

    fn wanted(&self) -> impl Iterator<Item = Sought<'_>> {
        sought(&self.contains, &self.regex)
    }

    fn unwanted(&self) -> impl Iterator<Item = Sought<'_>> {
        sought(&self.not_contains, &self.not_regex)
    }

    /// What a body holds that is as expected.
    pub(super) fn met(&self) -> impl Iterator<Item = String> {
        let whole = self
            .equals
            .iter()
            .map(|_| "the whole body as expected".to_owned());
        let without = self
            .unwanted()
            .map(|unwanted| format!("without {unwanted}"));
        self.wanted()
            .map(|wanted| wanted.to_string())
            .chain(without)
            .chain(whole)
    }

    /// Where in a body that stands which is looked for, wanted or not, with the text that was found.
    pub(super) fn places<'b>(&self, body: &'b str) -> Vec<(usize, &'b str)> {
        let all = self.unwanted().chain(self.wanted());
        all.filter_map(|sought| sought.find(body))
            .filter(|(_, found)| !found.is_empty())
            .collect()
    }

    pub(super) fn differences(&self, page: &Page) -> Vec<Difference> {
        let bytes = page.body.len();
        let missing = self
            .wanted()
            .filter(|wanted| wanted.find(&page.body).is_none());
        let missing = missing.map(|wanted| Difference {
            unread: page.truncated,
            ..difference(
                "body",
                wanted.to_string(),
                format!("not in its {bytes} bytes"),
            )
        });
        let there = self.unwanted().filter_map(|unwanted| {
            let expected = format!("no {unwanted}");
            match unwanted.find(&page.body) {
                Some((at, found)) => {
                    let seen = format!("`{}` at byte {at}", shortened(found));
                    Some(difference("body", expected, seen))
                }
                None if page.truncated => Some(Difference {
                    unread: true,
                    ..difference("body", expected, format!("none in its first {bytes} bytes"))
                }),
                None => None,
            }
        });
        let whole = self
            .equals
            .iter()
            .filter_map(|expected| self.other(expected, page));
        missing.chain(there).chain(whole).collect()
    }

    fn other(&self, expected: &str, page: &Page) -> Option<Difference> {
        let is_same = page.body.trim() == expected.trim() && !page.truncated;
        let seen = format!("`{}`", shortened(page.body.trim()));
        (!is_same).then(|| difference("body", format!("`{}`", shortened(expected.trim())), seen))
    }
}

/// The beginning of a text, where it is long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
