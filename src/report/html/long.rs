//! Texts so long that a browser would stand still over them, shown in part.

use maud::{Markup, Render, html};

/// The most characters of one text that are shown. Nobody reads more of a line, and the JSON
/// report has all of it.
const MOST: usize = 10_000;

/// What is shown of a text, and how many characters of it are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    /// The text from its start.
    Start(&'a str, usize),
    /// The text up to its end.
    End(usize, &'a str),
}

/// What is shown of a text that is read from its start.
pub(super) fn start(text: &str) -> Shown<'_> {
    let cut = text
        .char_indices()
        .nth(MOST)
        .map_or(text.len(), |(at, _)| at);
    let (shown, rest) = text.split_at(cut);
    Shown::Start(shown, rest.chars().count())
}

/// What is shown of a text whose end matters most.
pub(super) fn end(text: &str) -> Shown<'_> {
    let last = text.char_indices().rev().nth(MOST - 1);
    let (rest, shown) = text.split_at(last.map_or(0, |(at, _)| at));
    Shown::End(rest.chars().count(), shown)
}

impl<'a> Shown<'a> {
    /// The part that is shown.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Start(text, _) | Self::End(_, text) => text,
        }
    }

    /// Says how much is not shown, where that is so.
    pub(super) fn note(self) -> Markup {
        let (Self::Start(_, left_out) | Self::End(left_out, _)) = self;
        html! {
            @if left_out > 0 {
                span.left-out { " [" (left_out) " more characters are in the JSON report] " }
            }
        }
    }
}

impl Render for Shown<'_> {
    fn render(&self) -> Markup {
        match self {
            Self::Start(text, _) => html! { (text) (self.note()) },
            Self::End(_, text) => html! { (self.note()) (text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        let long = "é".repeat(MOST + 3);
        let Shown::Start(text, left_out) = start(&long) else {
            panic!("the start");
        };
        assert_eq!((text.chars().count(), left_out), (MOST, 3));
        let Shown::End(left_out, text) = end(&long) else {
            panic!("the end");
        };
        assert_eq!((left_out, text.chars().count()), (3, MOST));
        let page = start(&long).render().into_string();
        assert!(page.ends_with("[3 more characters are in the JSON report] </span>"));
    }

    #[test]
    fn a_text_that_can_be_read_is_shown_whole() {
        for text in ["", "a", &"é".repeat(MOST)] {
            assert_eq!(start(text), Shown::Start(text, 0));
            assert_eq!(end(text), Shown::End(0, text));
            assert_eq!(start(text).render().into_string(), text);
        }
    }
}
