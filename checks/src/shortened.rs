//! Long texts, cut for whoever reads them.

/// The beginning of a text, of at most so many characters; what is cut ends in `…`.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
