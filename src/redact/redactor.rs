//! The redactor: it knows the secret values of a run and what secrets look like, and replaces
//! both in any text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::forms::forms;
use super::shapes;

/// What stands in a secret's stead.
pub const REDACTED: &str = "[redacted]";

/// The fewest characters that a value must have to be looked for. Anything shorter would
/// be found by chance all over a report, and thereby guessed from what is missing.
pub const SHORTEST: usize = 4;

/// What stands where a text was cut.
const CUT: &str = "…";

/// Replaces secret values, as they are and in the encodings they commonly travel in
/// (JSON, URL and Base64), and whatever has the shape of a secret. One that knows no value still
/// knows the shapes.
#[derive(Clone, Default)]
pub struct Redactor {
    /// What to look for, sorted.
    needles: Vec<String>,
}

/// Never shows what it hides.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// A redactor of these values. Those under [`SHORTEST`] characters are left alone.
    pub fn new<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::default().knowing(values)
    }

    /// The same redactor, which knows these values too.
    #[must_use]
    pub fn knowing<S: AsRef<str>>(&self, values: impl IntoIterator<Item = S>) -> Self {
        let more = values.into_iter().flat_map(|value| forms(value.as_ref()));
        self.with_needles(more)
    }

    pub(super) fn knows(&self, value: &str) -> bool {
        let value = value.trim();
        self.needles
            .binary_search_by(|needle| needle.as_str().cmp(value))
            .is_ok()
    }

    pub(super) fn with_needles(&self, more: impl IntoIterator<Item = String>) -> Self {
        let needles: BTreeSet<String> = self.needles.iter().cloned().chain(more).collect();
        Self {
            needles: needles.into_iter().collect(),
        }
    }

    /// The text with every secret replaced by [`REDACTED`].
    #[must_use]
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        replaced(text, &self.find(text))
    }

    /// Where the secrets are, in order and without overlaps. Secrets that overlap or touch
    /// become one range, so that of the longer one nothing is left standing.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for needle in &self.needles {
            let mut from = 0;
            while let Some(at) = text[from..].find(needle.as_str()) {
                let start = from + at;
                found.push(start..start + needle.len());
                let step = needle.chars().next().map_or(1, char::len_utf8);
                from = start + step;
            }
        }
        found.extend(self.cut_off(text));
        found.extend(shapes::find(text));
        merged(found)
    }

    /// Where a text was cut within a secret: its beginning stands before a `…`, or its end behind one.
    fn cut_off<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        text.match_indices(CUT).flat_map(|(cut, _)| {
            let rest = cut + CUT.len();
            let begun = self.begun(&text[..cut]).map(|length| cut - length..cut);
            let ended = self.ended(&text[rest..]).map(|length| rest..rest + length);
            begun.into_iter().chain(ended)
        })
    }

    /// The most bytes of a secret's beginning that the text ends with.
    fn begun(&self, text: &str) -> Option<usize> {
        let last = text.chars().next_back()?;
        let begun = self.needles.iter().filter_map(|needle| {
            let ends = needle
                .match_indices(last)
                .map(|(at, _)| at + last.len_utf8());
            let parts = ends.map(|end| &needle[..end]);
            told_of(parts.filter(|part| text.ends_with(part)))
        });
        begun.max()
    }

    /// The most bytes of a secret's end that the text begins with.
    fn ended(&self, text: &str) -> Option<usize> {
        let first = text.chars().next()?;
        let ended = self.needles.iter().filter_map(|needle| {
            let parts = needle.match_indices(first).map(|(at, _)| &needle[at..]);
            told_of(parts.filter(|part| text.starts_with(part)))
        });
        ended.max()
    }

    /// Cleans a text in place.
    pub(super) fn scrub(&self, text: &mut String) {
        if let Cow::Owned(cleaned) = self.clean(text) {
            *text = cleaned;
        }
    }
}

/// The length of the longest of these parts that no chance explains.
fn told_of<'p>(parts: impl Iterator<Item = &'p str>) -> Option<usize> {
    let longest = parts.max_by_key(|part| part.len())?;
    (longest.chars().count() >= SHORTEST).then_some(longest.len())
}

/// The text with these ranges replaced by [`REDACTED`]. They are in order, without overlaps.
pub(super) fn replaced<'t>(text: &'t str, found: &[Range<usize>]) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = 0;
    for secret in found {
        cleaned.push_str(&text[rest..secret.start]);
        cleaned.push_str(REDACTED);
        rest = secret.end;
    }
    cleaned.push_str(&text[rest..]);
    Cow::Owned(cleaned)
}

/// The same ranges, sorted, with those that overlap or touch made one.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::Url;

    use super::*;

    #[test]
    fn replaces_every_occurrence_and_the_longest_whole() {
        let redactor = Redactor::new(["hunter", "hunter2-hunter"]);
        assert_eq!(
            redactor.clean("a hunter2-hunter, a hunter and hunterhunter."),
            "a [redacted], a [redacted] and [redacted]."
        );
        assert!(matches!(redactor.clean("nothing"), Cow::Borrowed(_)));
    }

    #[test]
    fn overlapping_secrets_leave_no_end_standing() {
        let redactor = Redactor::new(["abcdef", "defghi", "xyxy"]);
        assert_eq!(redactor.clean("<abcdefghi>"), "<[redacted]>");
        assert_eq!(redactor.clean("xyxyxy"), "[redacted]");
    }

    #[test]
    fn short_values_are_let_alone() {
        let redactor = Redactor::new(["", "1", "abc", "  \n"]);
        assert_eq!(redactor.clean("abc 1"), "abc 1");
    }

    #[test]
    fn finds_the_usual_encodings() {
        let secret = "p@ss \"w/rd\"+é";
        let redactor = Redactor::new([secret]);
        for encoded in [
            "p@ss \\\"w/rd\\\"+é",
            "p@ss \\\"w\\/rd\\\"+é",
            "p%40ss%20%22w%2Frd%22%2B%C3%A9",
            "p%40ss%20%22w%2frd%22%2b%c3%a9",
            "p%40ss+%22w%2Frd%22%2B%C3%A9",
            "cEBzcyAidy9yZCIrw6k=",
        ] {
            assert_eq!(redactor.clean(encoded), REDACTED, "{encoded}");
        }
    }

    #[test]
    fn finds_base64_of_a_longer_text() {
        let redactor = Redactor::new(["hunter2-hunter2"]);
        // `user:hunter2-hunter2`, as the Authorization header of basic authentication, and
        // the two other alignments.
        for (encoded, left) in [
            ("dXNlcjpodW50ZXIyLWh1bnRlcjI=", "dXNlcjp[redacted]I="),
            ("dXNlcjE6aHVudGVyMi1odW50ZXIy", "dXNlcjE6[redacted]"),
            ("dTpodW50ZXIyLWh1bnRlcjI6eA==", "dTp[redacted]I6eA=="),
        ] {
            assert_eq!(redactor.clean(encoded), left);
        }
    }

    #[test]
    fn each_line_of_a_secret_is_secret() {
        let redactor = Redactor::new(["-----BEGIN KEY-----\nMIIEvQIBADAN\n"]);
        assert_eq!(redactor.clean("line: MIIEvQIBADAN"), "line: [redacted]");
    }

    #[test]
    fn the_beginning_of_a_secret_is_secret_where_a_text_was_cut() {
        let redactor = Redactor::new(["hunter2-hunter2"]);
        assert_eq!(redactor.clean("a hunter2-hu…"), "a [redacted]…");
        assert_eq!(redactor.clean("a hunt…"), "a [redacted]…");
        assert_eq!(
            redactor.clean("a hun…"),
            "a hun…",
            "three letters are chance"
        );
        assert_eq!(redactor.clean("a hunter2-hu"), "a hunter2-hu");
    }

    #[test]
    fn a_cut_may_be_anywhere_in_a_text_and_on_either_side_of_a_secret() {
        let redactor = Redactor::new(["hunter2-sesame"]);
        for (cut, cleaned) in [
            ("run `x hunter2-se…` by hand", "run `x [redacted]…` by hand"),
            ("hunt… and hunter…", "[redacted]… and [redacted]…"),
            ("…2-sesame is", "…[redacted] is"),
            ("…hunter2-sesame", "…[redacted]"),
            ("…ame is", "…ame is"),
            ("…", "…"),
        ] {
            assert_eq!(redactor.clean(cut), cleaned);
        }
    }

    #[test]
    fn finds_what_is_quoted_for_a_regular_expression_and_for_a_shell() {
        let redactor = Redactor::new(["abc-d.e+f's"]);
        for quoted in [
            r"/xabc\-d\.e\+f's/",
            r"echo 'xabc-d.e+f'\''s'",
            r"no file 'abc-d.e+f\'s'",
        ] {
            let cleaned = redactor.clean(quoted).into_owned();
            assert!(
                cleaned.contains(REDACTED) && !cleaned.contains("abc"),
                "{cleaned}"
            );
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", Redactor::new(["hunter2"])).contains("hunter"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Of letters that are no part of what stands in a secret's stead.
        #[test]
        fn nothing_of_a_known_secret_is_left_and_what_is_clean_stays_as_it_is(
            secret in "[f-qs-z0-9é\"/+@ ]{4,12}(\n[f-qs-z0-9]{4,12})?",
            between in prop::collection::vec("[a-z0-9:=/… \n]{0,6}", 1..5),
            form in any::<prop::sample::Index>(),
        ) {
            let redactor = Redactor::new([&secret]);
            let mut forms = forms(&secret);
            forms.push(secret.clone());
            let form = form.get(&forms);
            let cleaned = redactor.clean(&between.join(form)).into_owned();
            let known = secret.trim();
            prop_assert!(known.chars().count() < SHORTEST || between.len() < 2 || !cleaned.contains(known), "{}", cleaned);
            prop_assert_eq!(redactor.clean(&cleaned), cleaned.as_str());
        }

        /// Whatever an address makes of it: a path, a query and a fragment each encode other characters.
        #[test]
        fn a_secret_in_an_address_is_found(secret in "[f-qs-z0-9é'; &<>|]{4,12}") {
            let secret = secret.trim();
            prop_assume!(secret.chars().count() >= SHORTEST);
            let redactor = Redactor::new([secret]);
            let mut url = Url::parse("http://host/").expect("an address");
            url.set_path(&format!("a/{secret}/b"));
            url.set_query(Some(&format!("p={secret}")));
            let shown = redactor.clean(url.as_str()).into_owned();
            prop_assert_eq!(shown, format!("http://host/a/{REDACTED}/b?p={REDACTED}"));
            url.set_path("");
            url.set_query(None);
            url.query_pairs_mut().append_pair("p", secret);
            url.set_fragment(Some(secret));
            let shown = redactor.clean(url.as_str()).into_owned();
            prop_assert_eq!(shown, format!("http://host/?p={REDACTED}#{REDACTED}"));
        }
    }
}
