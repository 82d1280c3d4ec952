//! A sheet to write on: how wide it is, how it colours, and how it makes outside text harmless.

use super::{Ink, Paint, Times, found, width, wrap};

/// The narrowest room for text behind a prefix. On a sheet narrower still, lines stand over.
const LEAST_ROOM: usize = 16;

/// How text is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sheet {
    /// How many columns there are.
    pub(crate) width: usize,
    /// Whether to colour.
    pub(crate) paint: Paint,
    /// How times are written.
    pub(crate) times: Times,
    /// Makes one line of outside text harmless for where the sheet goes.
    pub(crate) clean: fn(&str) -> String,
}

impl Sheet {
    /// The same sheet with a margin of `columns` on the left, which [`indented`] then adds.
    pub(crate) fn narrower(self, columns: usize) -> Self {
        Self {
            width: self.width.saturating_sub(columns).max(LEAST_ROOM),
            ..self
        }
    }

    /// Outside text of one line.
    pub(crate) fn line(&self, text: &str) -> String {
        (self.clean)(text)
    }

    /// Outside text of any number of lines, at least one.
    pub(crate) fn lines(&self, text: &str) -> Vec<String> {
        let lines: Vec<String> = text.lines().map(self.clean).collect();
        if lines.is_empty() {
            vec![String::new()]
        } else {
            lines
        }
    }

    /// Lines of text behind `first`, wrapped, with `further` before every line but the first.
    pub(crate) fn behind(
        &self,
        first: &str,
        further: &str,
        lines: &[String],
        ink: Ink,
    ) -> Vec<String> {
        let inked = |line: &String, room| {
            let pieces = wrap(line, room).into_iter();
            let pieces = pieces.map(|piece| self.paint.ink(ink, piece.trim_end()));
            pieces.collect::<Vec<_>>()
        };
        self.hung(first, further, lines, inked)
    }

    /// The same for quoted lines of which `found` is the part that was looked for.
    pub(crate) fn quoted(
        &self,
        first: &str,
        further: &str,
        lines: &[String],
        found: &str,
    ) -> Vec<String> {
        let found = self.line(found);
        let marked = |line: &String, room| {
            let pieces = wrap(line, room).into_iter();
            let pieces = pieces.map(|piece| piece.trim_end().to_owned()).collect();
            found::marked(line, pieces, &found, self.paint)
        };
        self.hung(first, further, lines, marked)
    }

    /// Lines, each cut to the room that is left, behind their prefixes.
    fn hung(
        &self,
        first: &str,
        further: &str,
        lines: &[String],
        cut: impl Fn(&String, usize) -> Vec<String>,
    ) -> Vec<String> {
        let used = width(first).max(width(further));
        let room = self.width.saturating_sub(used).max(LEAST_ROOM);
        let pieces = lines.iter().flat_map(|line| cut(line, room));
        let behind = |(number, piece): (usize, String)| {
            let prefix = if number == 0 { first } else { further };
            match piece.as_str() {
                "" => prefix.trim_end().to_owned(),
                piece => format!("{prefix}{piece}"),
            }
        };
        pieces.enumerate().map(behind).collect()
    }

    /// Outside text behind a label, hanging from it: `expected  sha256:…`. A label that would
    /// leave no room beside it stands above.
    pub(crate) fn labelled(&self, label: &str, text: &str, ink: Ink) -> Vec<String> {
        let lines = self.lines(text);
        if width(label) > self.width / 2 {
            let mut rows = self.behind("", "", &[label.to_owned()], Ink::Faint);
            rows.extend(self.behind("  ", "  ", &lines, ink));
            return rows;
        }
        let word = label.trim_end();
        let gap = &label[word.len()..];
        let first = format!("{}{gap}", self.paint.ink(Ink::Faint, word));
        self.behind(&first, &" ".repeat(width(label)), &lines, ink)
    }

    /// Outside text on lines of its own.
    pub(crate) fn paragraph(&self, text: &str, ink: Ink) -> Vec<String> {
        self.behind("", "", &self.lines(text), ink)
    }
}

/// Rows with a margin of `columns` on the left.
pub(crate) fn indented(columns: usize, rows: Vec<String>) -> Vec<String> {
    let margin = " ".repeat(columns);
    let shift = |row: String| match row.is_empty() {
        true => row,
        false => format!("{margin}{row}"),
    };
    rows.into_iter().map(shift).collect()
}
