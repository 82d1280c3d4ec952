//! Long texts, cut for whoever reads them.

use crate::contract::Line;

/// The most lines that are quoted of a text.
pub(crate) const MOST_LINES: usize = 8;
/// The most characters of a line that are quoted.
pub(crate) const WIDTH: usize = 400;

/// The beginning of a text, of at most so many characters; what is cut ends in `…`.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A line as it is quoted for evidence.
pub(crate) fn quoted(line: &str) -> Line {
    Line {
        at: None,
        origin: None,
        text: shortened(line, WIDTH),
        matched: None,
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn characters_are_counted_and_what_is_cut_is_marked() {
        assert_eq!(shortened("naïve", 5), "naïve");
        assert_eq!(shortened("naïve", 3), "naï…");
        assert_eq!(shortened("", 0), "");
    }
}
