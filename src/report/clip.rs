//! Texts cut to a length that a page can hold many of.

use std::borrow::Cow;

/// How many characters of a text are shown that is too long: more than any sentence or line of
/// a log that somebody reads, and little enough for hundreds of them on a page.
const SHOWN: usize = 2_000;

/// A text that is longer by less than this is shown whole: the note would not be shorter.
const SLACK: usize = 100;

/// The beginning of a text that is too long, with a note of how much of it is left out.
pub(crate) fn clip(text: &str) -> Cow<'_, str> {
    if text.chars().nth(SHOWN + SLACK).is_none() {
        return Cow::Borrowed(text);
    }
    let end = text
        .char_indices()
        .nth(SHOWN)
        .map_or(text.len(), |(at, _)| at);
    let more = text[end..].chars().count();
    Cow::Owned(format!("{} … and {more} more characters", &text[..end]))
}

/// The end of a text that is too long, with a note of how much of it is left out.
pub(crate) fn clip_start(text: &str) -> Cow<'_, str> {
    if text.chars().nth(SHOWN + SLACK).is_none() {
        return Cow::Borrowed(text);
    }
    let start = text
        .char_indices()
        .rev()
        .nth(SHOWN - 1)
        .map_or(0, |(at, _)| at);
    let before = text[..start].chars().count();
    Cow::Owned(format!("{before} characters … {}", &text[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_and_a_long_one_says_how_long_it_was() {
        let fits = "部".repeat(SHOWN + SLACK);
        assert_eq!((&*clip(&fits), &*clip_start(&fits)), (&*fits, &*fits));
        let long = format!("a{fits}b");
        assert!(clip(&long).ends_with("部部 … and 102 more characters"));
        assert!(clip_start(&long).starts_with("102 characters … 部部"));
        assert!(clip_start(&long).ends_with("部b"));
    }

    #[test]
    fn what_was_cut_once_is_not_cut_again() {
        let cut = clip(&"x".repeat(5_000_000)).into_owned();
        assert_eq!(clip(&cut), cut);
        assert_eq!(clip_start(&cut), cut);
    }
}
