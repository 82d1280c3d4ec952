//! What was looked for, marked in a quoted line that is wrapped already.

use super::{Ink, Paint};

/// The pieces that `line` was wrapped into, with `found` marked where it first occurs in the
/// line, also where it runs from one piece into the next.
pub(super) fn marked(line: &str, pieces: Vec<String>, found: &str, paint: Paint) -> Vec<String> {
    let Some(start) = line.find(found).filter(|_| !found.is_empty()) else {
        return pieces;
    };
    let end = start + found.len();
    let mut cursor = 0;
    let mark = |piece: String| {
        // Wrapping drops spaces between pieces and changes nothing else.
        let Some(gap) = line[cursor..].find(&piece) else {
            return piece;
        };
        let at = cursor + gap;
        cursor = at + piece.len();
        let (from, to) = (start.clamp(at, cursor) - at, end.clamp(at, cursor) - at);
        let part = paint.ink(Ink::Found, &piece[from..to]);
        format!("{}{part}{}", &piece[..from], &piece[to..])
    };
    pieces.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::wrap;

    fn shown(line: &str, width: usize, found: &str) -> String {
        let pieces = marked(line, wrap(line, width), found, Paint { color: true });
        let plain = pieces.join("/").replace("\u{1b}[1m\u{1b}[4m", "«");
        plain.replace("\u{1b}[0m", "»")
    }

    #[test]
    fn the_part_is_marked_wherever_lines_break() {
        for (width, found, marks) in [
            (80, "two", "one «two» three"),
            (80, "one two three", "«one two three»"),
            (7, "two th", "one «two»/«th»ree"),
            (4, "two", "one/«two»/thre/e"),
            (4, "three", "one/two/«thre»/«e»"),
            (80, "four", "one two three"),
            (80, "", "one two three"),
        ] {
            assert_eq!(shown("one two three", width, found), marks);
        }
    }

    #[test]
    fn without_colour_the_line_stays_as_it_is() {
        let pieces = marked(
            "one two",
            vec!["one two".into()],
            "two",
            Paint { color: false },
        );
        assert_eq!(pieces, ["one two"]);
    }
}
