//! Text within a line of Markdown.

use maud::{Markup, html};

use super::plain::{bare, is_plain};
use crate::report::clip::clip;
use crate::report::escape;

/// Text within a line: of a paragraph, of a cell, of a summary in HTML. It holds no line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inline {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Words that mean themselves.
    Plain(String),
    /// Any text, in a code span.
    Code(String),
    /// More of it, in bold.
    Strong(Inline),
}

impl Inline {
    /// Words of the program's own.
    pub(super) fn ours(text: &'static str) -> Self {
        Self {
            pieces: vec![Piece::Plain(text.to_owned())],
        }
    }

    /// A sentence of which parts come from outside. Words that a renderer could act on become
    /// code, and so does what the sentence itself has in backticks. What consists of such words
    /// for the most part, such as a shell command, is no sentence, and is code as a whole.
    pub(super) fn prose(text: &str) -> Self {
        let text = escape::line(&clip(text));
        if is_mostly_code(&text) {
            return Self {
                pieces: vec![Piece::Code(text)],
            };
        }
        let mut inline = Self::default();
        let (mut rest, mut before) = (text.as_str(), None);
        while let Some(first) = rest.chars().next() {
            let length = match quoted(rest, before) {
                Some(quoted) => {
                    inline.push_code(quoted);
                    quoted.len() + 2
                }
                None => {
                    let length = word_length(rest);
                    inline.push_word(&rest[..length]);
                    length.max(first.len_utf8())
                }
            };
            before = rest[..length].chars().last();
            rest = &rest[length..];
        }
        inline
    }

    /// A text from outside as a whole: a name, an address.
    pub(super) fn code(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Code(escape::line(&clip(text)))],
        }
    }

    /// The same in bold.
    pub(super) fn strong(self) -> Self {
        Self {
            pieces: vec![Piece::Strong(self)],
        }
    }

    /// This and then that.
    pub(super) fn then(mut self, next: Self) -> Self {
        let touching = (self.pieces.last(), next.pieces.first());
        if matches!(touching, (Some(Piece::Code(_)), Some(Piece::Code(_)))) {
            self.pieces.push(Piece::Plain(" ".to_owned()));
        }
        self.pieces.extend(next.pieces);
        self
    }

    /// As Markdown on a line.
    pub(super) fn markdown(&self) -> String {
        self.written(code_span)
    }

    /// As Markdown in a cell of a table, where a bar must be escaped, even within code.
    pub(super) fn cell(&self) -> String {
        self.written(|text| code_span(text).replace('|', "\\|"))
    }

    /// As HTML, for where Markdown is not read.
    pub(super) fn html(&self) -> Markup {
        html! {
            @for piece in &self.pieces {
                @match piece {
                    Piece::Plain(text) => (text),
                    Piece::Code(text) => code { (text) },
                    Piece::Strong(inline) => b { (inline.html()) },
                }
            }
        }
    }

    fn written(&self, code: fn(&str) -> String) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Plain(text) => text.clone(),
            Piece::Code(text) => code(text),
            Piece::Strong(inline) => match inline.written(code) {
                nothing if nothing.is_empty() => nothing,
                text => format!("**{text}**"),
            },
        });
        pieces.collect::<String>().trim().to_owned()
    }

    fn push_word(&mut self, word: &str) {
        if word.starts_with(' ') || is_plain(word) {
            self.push_plain(word);
        } else {
            let (before, core, after) = bare(word);
            self.push_plain(before);
            self.push_code(core);
            self.push_plain(after);
        }
    }

    fn push_plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Plain(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Plain(text.to_owned())),
        }
    }

    /// What stands beside code, with nothing but blanks between, joins it.
    fn push_code(&mut self, text: &str) {
        match self.pieces.as_mut_slice() {
            [.., Piece::Code(before)] => before.push_str(text),
            [.., Piece::Code(before), Piece::Plain(gap)] if gap.trim().is_empty() => {
                before.push_str(gap);
                before.push_str(text);
                self.pieces.pop();
            }
            _ => self.pieces.push(Piece::Code(text.to_owned())),
        }
    }
}

fn is_mostly_code(text: &str) -> bool {
    let words = text.split(' ').filter(|word| !word.is_empty());
    let (plain, code): (Vec<&str>, Vec<&str>) = words.partition(|word| is_plain(word));
    !text.contains('`') && plain.len() + code.len() > 2 && code.len() >= plain.len()
}

/// What stands between two backticks, where the first begins a word.
fn quoted(rest: &str, before: Option<char>) -> Option<&str> {
    if before.is_some_and(|c| !matches!(c, ' ' | '(')) {
        return None;
    }
    let (quoted, after) = rest.strip_prefix('`')?.split_once('`')?;
    (!quoted.is_empty() && !after.starts_with('`')).then_some(quoted)
}

/// How far a run of blanks or a word reaches. A bracket before a backtick is a word by itself.
fn word_length(rest: &str) -> usize {
    if rest.starts_with("(`") {
        return 1;
    }
    let blank = rest.starts_with(' ');
    rest.find(|c| (c == ' ') != blank).unwrap_or(rest.len())
}

/// A code span: more backticks around it than within, and blanks that a renderer takes away.
fn code_span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let touches = text.starts_with('`') || text.ends_with('`');
    let loses_blanks =
        text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    match touches || loses_blanks {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(text: &str) -> String {
        Inline::prose(text).markdown()
    }

    #[test]
    fn sentences_stay_sentences() {
        for (text, markdown) in [
            (
                "2 of 3 tasks started before the push at 23:41:07 UTC",
                "2 of 3 tasks started before the push at 23:41:07 UTC",
            ),
            (
                "needs `answers` (`http.responds`), which failed",
                "needs `answers` (`http.responds`), which failed",
            ),
            (
                "200 in 84ms; $.entities is 5421",
                "200 in 84ms; `$.entities` is 5421",
            ),
            (
                "ask @team about issue #12, see https://x.example/?a=b",
                "ask `@team` about issue `#12`, see `https://x.example/?a=b`",
            ),
            ("see {a} [b], or both.", "see `{a} [b]`, or both."),
            ("curl -f x_y | sh", "`curl -f x_y | sh`"),
            ("(task 8e21b7aa).", "(task `8e21b7aa`)."),
            ("an odd ` here", "an odd `` ` `` here"),
            ("a`b`c", "``a`b`c``"),
            ("\u{1b}[31mred", "`␛[31mred`"),
        ] {
            assert_eq!(prose(text), markdown);
        }
    }

    #[test]
    fn code_spans_hold_any_text() {
        for (text, span) in [
            ("a", "`a`"),
            ("", ""),
            ("`", "`` ` ``"),
            ("a``b", "```a``b```"),
            (" a ", "`  a  `"),
            ("a|b", "`a|b`"),
        ] {
            assert_eq!(Inline::code(text).markdown(), span);
        }
        assert_eq!(Inline::code("a\\|b").cell(), "`a\\\\|b`");
    }

    #[test]
    fn html_is_escaped() {
        let inline = Inline::code("</details>").then(Inline::prose("<b> & so on then").strong());
        let html = inline.html().into_string();
        assert_eq!(
            html,
            "<code>&lt;/details&gt;</code><b><code>&lt;b&gt; &amp;</code> so on then</b>"
        );
    }
}
