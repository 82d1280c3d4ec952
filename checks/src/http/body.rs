//! What a text should hold, and what it must not: the body of an answer, or the output of a program.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Fault, Located, Pattern, Several};
use crate::difference::{Difference, difference};
use crate::reads::Page;
use crate::shortened::shortened;

/// What a text must contain and what it must not; of each, all.
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

impl BodyExpectation {
    /// The expressions of one that is `written` which match every text, so that nothing would be looked at, or
    /// nothing be right.
    pub(crate) fn vacuous(written: &Located) -> Vec<Fault> {
        let expressions = ["regex", "not_regex"].into_iter();
        let expressions = expressions
            .filter_map(|name| written.get(name))
            .flat_map(Located::each);
        let vacuous = expressions.filter(|one| {
            let pattern = one.as_text().map(Pattern::new);
            pattern.is_some_and(|read| read.is_ok_and(|pattern| pattern.matches_every_text()))
        });
        let told = |one: &Located| {
            let text = one.as_text().unwrap_or_default();
            Fault::new(one.place, format!("`{text}` matches every text"))
                .help("write what it is known by, at least one character of it")
        };
        vacuous.map(told).collect()
    }
}

/// By what a body is compressed, which nobody asks for unless a check's `headers` do: what it says can't be
/// read then.
pub(super) fn compression(page: &Page) -> Option<&str> {
    let encoding = page.header("content-encoding")?.trim();
    let is_compressed = !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity");
    is_compressed.then_some(encoding)
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

    /// What a text holds that is as expected; `what` it is called.
    pub(crate) fn met(&self, what: &str) -> impl Iterator<Item = String> {
        let whole = format!("the whole {what} as expected");
        let whole = self.equals.iter().map(move |_| whole.clone());
        let unwanted = self.unwanted().map(|unwanted| format!("no {unwanted}"));
        self.wanted()
            .map(|wanted| wanted.to_string())
            .chain(unwanted)
            .chain(whole)
    }

    /// Where in a body that stands which is looked for, wanted or not, with the text that was found.
    pub(super) fn places<'b>(&self, body: &'b str) -> Vec<(usize, &'b str)> {
        let all = self.unwanted().chain(self.wanted());
        all.filter_map(|sought| sought.find(body))
            .filter(|(_, found)| !found.is_empty())
            .collect()
    }

    /// Everything in which a text, called `what`, differs; `is_cut` where only a part of it was read.
    pub(crate) fn differences(&self, what: &str, text: &str, is_cut: bool) -> Vec<Difference> {
        let bytes = text.len();
        let nowhere = match bytes {
            0 => "empty".to_owned(),
            bytes => format!("not in its {bytes} bytes"),
        };
        let missing = self.wanted().filter(|wanted| wanted.find(text).is_none());
        let missing = missing.map(|wanted| Difference {
            unread: is_cut,
            ..difference(what, wanted.to_string(), nowhere.clone())
        });
        let there = self.unwanted().filter_map(|unwanted| {
            let expected = format!("no {unwanted}");
            match unwanted.find(text) {
                Some((at, found)) => {
                    let seen = format!("`{}` at byte {at}", beginning(found));
                    Some(difference(what, expected, seen))
                }
                None if is_cut => Some(Difference {
                    unread: true,
                    ..difference(
                        what,
                        expected,
                        format!("none in the {bytes} bytes that were read"),
                    )
                }),
                None => None,
            }
        });
        let whole = self.equals.iter().filter_map(|expected| {
            let (text, expected) = (text.trim(), expected.trim());
            let [seen, told] = [text, expected].map(|text| match text {
                "" => "nothing".to_owned(),
                text => format!("`{}`", beginning(text)),
            });
            (text != expected || is_cut).then(|| difference(what, told, seen))
        });
        missing.chain(there).chain(whole).collect()
    }
}

/// As much of a text as is told of a difference.
fn beginning(text: &str) -> String {
    const WIDTH: usize = 200;
    shortened(text, WIDTH)
}
