//! The source line that a mistake is in, made fit to be shown: secrets masked, and very long
//! lines clipped around the mistake.

use std::ops::Range;

use touchdown_checks::contract::Place;

use crate::redact::{REDACTED, Redactor, merged};

/// The longest line shown whole, in bytes.
const LONGEST: usize = 400;
/// How many characters of a longer line are shown before the mistake, and from it on.
const AROUND: (usize, usize) = (40, 80);

/// A source line with the part that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters of the line as it was written.
    pub column: usize,
    pub text: String,
    /// The part that is wrong, in bytes of `text`.
    pub span: Range<usize>,
    /// Whether `text` starts as the line does, so that columns can be counted in it.
    pub faithful: bool,
}

/// The lines of one of several files whose texts stand behind each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'t> {
    /// The texts of all files.
    pub text: &'t str,
    /// Where the file begins.
    pub start: usize,
}

impl Excerpt {
    /// The first line of a place.
    pub fn of(lines: Lines<'_>, place: Place, masked: &[Place], redactor: &Redactor) -> Self {
        let source = lines.text;
        let at = source.floor_char_boundary(place.start);
        let before = &source[lines.start..at];
        let first = lines.start + before.rfind('\n').map_or(0, |end| end + 1);
        let length = source[at..].find('\n').unwrap_or(source.len() - at);
        let line = source[first..at + length].trim_end_matches('\r');
        let start = (at - first).min(line.len());
        let end = line.floor_char_boundary(place.end.saturating_sub(first).max(start));
        let end = start + line[start..end].trim_end().len();
        let hidden = hidden(line, first, masked, redactor);
        let (text, span, moved) = mask(line, start..end, &hidden);
        let (text, span, clipped) = clip(text, span);
        Self {
            line: before.matches('\n').count() + 1,
            column: line[..start].chars().count() + 1,
            text: text.replace('\r', " "),
            span,
            faithful: !moved && !clipped,
        }
    }
}

/// What of a line must not be shown.
fn hidden(line: &str, first: usize, masked: &[Place], redactor: &Redactor) -> Vec<Range<usize>> {
    let masked = masked.iter().filter_map(|place| {
        let start = place.start.max(first) - first;
        let end = place.end.saturating_sub(first).min(line.len());
        (start < end).then_some(start..end)
    });
    merged(masked.chain(redactor.find(line)).collect())
}

/// Replaces the hidden parts, and carries the span along.
fn mask(line: &str, span: Range<usize>, hidden: &[Range<usize>]) -> (String, Range<usize>, bool) {
    let mut text = String::with_capacity(line.len());
    let (mut start, mut end) = (None, None);
    let mut rest = 0;
    for part in hidden {
        text.push_str(&line[rest..part.start]);
        let here = text.len();
        text.push_str(REDACTED);
        // What begins or ends within a secret begins or ends with the word in its stead.
        let shift = |at: usize| (at < part.start).then(|| here - (part.start - at));
        let from = |at: usize| (at < part.end).then_some(here);
        let to = |at: usize| (at <= part.end).then_some(text.len());
        start = start
            .or_else(|| shift(span.start))
            .or_else(|| from(span.start));
        end = end
            .or_else(|| (span.end <= part.start).then(|| here - (part.start - span.end)))
            .or_else(|| to(span.end));
        rest = part.end;
    }
    let left = text.len();
    text.push_str(&line[rest..]);
    let start = start.unwrap_or_else(|| left + span.start.saturating_sub(rest));
    let end = end.unwrap_or_else(|| left + span.end.saturating_sub(rest));
    let moved = hidden.iter().any(|part| part.start < span.start);
    (text, start..end.max(start), moved)
}

fn clip(text: String, span: Range<usize>) -> (String, Range<usize>, bool) {
    if text.len() <= LONGEST {
        return (text, span, false);
    }
    let before = text[..span.start].char_indices().rev();
    let from = before
        .take(AROUND.0)
        .last()
        .map_or(span.start, |(at, _)| at);
    let mut after = text[span.start..].char_indices();
    let to = after
        .nth(AROUND.1)
        .map_or(text.len(), |(at, _)| span.start + at);
    let lead = if from > 0 { "…" } else { "" };
    let trail = if to < text.len() { "…" } else { "" };
    let clipped = format!("{lead}{}{trail}", &text[from..to]);
    let shift = |at: usize| at.min(to) - from + lead.len();
    (clipped, shift(span.start)..shift(span.end), from > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, wrong: &str, secrets: &[&str]) -> (usize, usize, String, String) {
        let start = source.find(wrong).expect("the part is in the source");
        let place = Place {
            start,
            end: start + wrong.len(),
        };
        let lines = Lines {
            text: source,
            start: 0,
        };
        let shown = Excerpt::of(lines, place, &[], &Redactor::new(secrets));
        let part = shown.text[shown.span.clone()].to_owned();
        (shown.line, shown.column, shown.text, part)
    }

    #[test]
    fn columns_count_characters() {
        let (line, column, text, part) = excerpt("a: 1\r\n漢: \twrong\r\nb: 2", "wrong", &[]);
        assert_eq!((line, column), (2, 5));
        assert_eq!((text.as_str(), part.as_str()), ("漢: \twrong", "wrong"));
    }

    #[test]
    fn a_place_of_many_lines_shows_its_first() {
        let (line, _, text, part) = excerpt("a: 1\nb:  \n  c: 2\n", "b:  \n  c: 2", &[]);
        assert_eq!((line, text.as_str(), part.as_str()), (2, "b:  ", "b:"));
    }

    #[test]
    fn secrets_are_masked_and_the_part_is_still_found() {
        let source = "x: hunter2, wrong: swordfish";
        let secrets = &["hunter2", "swordfish"];
        let (_, column, text, part) = excerpt(source, "wrong", secrets);
        assert_eq!((column, part.as_str()), (13, "wrong"));
        assert_eq!(text, "x: [redacted], wrong: [redacted]");
        assert_eq!(excerpt(source, "hunter2", secrets).3, REDACTED);
        assert_eq!(excerpt(source, "x: hunter2", secrets).3, "x: [redacted]");
        assert_eq!(excerpt(source, "sword", secrets).3, REDACTED);
        assert_eq!(excerpt(source, "fish", secrets).3, REDACTED);
    }

    #[test]
    fn long_lines_are_clipped_around_the_part() {
        let source = format!("{}wrong{}", "ü".repeat(9000), "é".repeat(9000));
        let (_, column, text, part) = excerpt(&source, "wrong", &[]);
        assert_eq!((column, part.as_str()), (9001, "wrong"));
        assert!(text.starts_with("…ü") && text.ends_with("é…"), "{text}");
        assert_eq!(text.chars().count(), 40 + 80 + 2);
    }
}
