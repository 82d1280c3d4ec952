//! Lines of a width, counted in columns of a terminal.

use crate::report::Charset;

/// How many columns `text` takes.
pub(crate) fn width(text: &str) -> usize {
    console::measure_text_width(text)
}

/// `text` in at most `columns`, the end replaced by an ellipsis where it is longer.
pub(crate) fn clip(text: &str, columns: usize, charset: Charset) -> String {
    let ellipsis = charset.ellipsis();
    let tail = ellipsis.get(..columns).unwrap_or(ellipsis);
    console::truncate_str(text, columns, tail).into_owned()
}

/// One line of text as lines of at most `columns` each.
///
/// Lines break at spaces, and within a word only where it is longer than a line: an ARN, a
/// digest. The indentation of the first line is kept.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Lines {
        done: Vec::new(),
        current: String::new(),
        used: 0,
        columns: columns.max(2),
    };
    for piece in pieces(text) {
        if piece.starts_with(' ') {
            lines.blank(piece);
        } else {
            lines.word(piece);
        }
    }
    lines.finish()
}

struct Lines {
    done: Vec<String>,
    current: String,
    used: usize,
    columns: usize,
}

impl Lines {
    /// Spaces vanish where a line ends or a further one begins.
    fn blank(&mut self, spaces: &str) {
        let further = !self.done.is_empty() && self.current.is_empty();
        if !further && self.used + spaces.len() < self.columns {
            self.current.push_str(spaces);
            self.used += spaces.len();
        } else if !further {
            self.end_line();
        }
    }

    fn word(&mut self, word: &str) {
        let wide = cautious_width(word);
        if self.used + wide > self.columns && !self.current.trim().is_empty() {
            self.end_line();
        }
        if self.used + wide <= self.columns {
            self.current.push_str(word);
            self.used += wide;
            return;
        }
        for c in word.chars() {
            let wide = char_width(c);
            if self.used + wide > self.columns {
                self.end_line();
            }
            self.current.push(c);
            self.used += wide;
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.current);
        self.done.push(line.trim_end_matches(' ').to_owned());
        self.used = 0;
    }

    fn finish(mut self) -> Vec<String> {
        if !self.current.is_empty() || self.done.is_empty() {
            self.end_line();
        }
        self.done
    }
}

/// Runs of spaces and the words between them, in order.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = rest.starts_with(' ');
        let end = rest
            .find(|c: char| (c == ' ') != blank)
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn cautious_width(word: &str) -> usize {
    word.chars().map(char_width).sum()
}

/// A variation selector can widen the character before it, so it counts as one column: lines
/// may end a little early, but are never too wide.
fn char_width(c: char) -> usize {
    match c {
        '\u{fe0f}' => 1,
        _ => width(c.encode_utf8(&mut [0; 4])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_spaces_and_keeps_the_indentation() {
        assert_eq!(
            wrap("  tasks started before the push", 16),
            ["  tasks started", "before the push"]
        );
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("short", 10), ["short"]);
    }

    #[test]
    fn breaks_a_word_only_where_it_is_longer_than_a_line() {
        assert_eq!(wrap("of sha256:abcdef", 8), ["of", "sha256:a", "bcdef"]);
    }

    #[test]
    fn counts_wide_characters_twice() {
        assert_eq!(wrap("部署完了です", 6), ["部署完", "了です"]);
        assert_eq!(clip("部署完了です", 6, Charset::Utf8), "部署…");
        assert_eq!(clip("tasks started", 8, Charset::Ascii), "tasks...");
    }
}
