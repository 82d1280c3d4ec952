//! The filter pattern: terms that must occur in a message, or must not.

use super::super::ApiError;

/// A filter pattern of terms: every plain or quoted term must occur, and none with a minus before it.
#[derive(Default)]
pub(super) struct Pattern {
    required: Vec<String>,
    forbidden: Vec<String>,
}

impl Pattern {
    pub(super) fn read(pattern: &str) -> Result<Self, ApiError> {
        if pattern.len() > 1024 {
            return Err(ApiError::invalid_parameter(
                "filterPattern must be at most 1024 characters.",
            ));
        }
        let mut read = Self::default();
        let mut rest = pattern.trim();
        if rest.starts_with(['{', '[', '%']) {
            return Err(ApiError::invalid_parameter(
                "This simulator knows filter patterns of terms only.",
            ));
        }
        while !rest.is_empty() {
            let negated = rest.strip_prefix('-');
            let (term, after) = term(negated.unwrap_or(rest))
                .ok_or_else(|| ApiError::invalid_parameter("Invalid filter pattern"))?;
            if negated.is_some() {
                read.forbidden.push(term)
            } else {
                read.required.push(term)
            }
            rest = after.trim_start();
        }
        Ok(read)
    }

    /// Case counts.
    pub(super) fn matches(&self, message: &str) -> bool {
        self.required.iter().all(|term| message.contains(term))
            && !self.forbidden.iter().any(|term| message.contains(term))
    }
}

/// The first term, unquoted, and what follows it. Within quotes, a backslash protects the next character.
fn term(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut term = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((term, &quoted[at + 1..])),
            '\\' => term.push(characters.next()?.1),
            other => term.push(other),
        }
    }
    None
}
