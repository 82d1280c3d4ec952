//! Reading single words and lists of words off located values, and naming what was found.

use touchdown_checks::contract::{Content, Fault, Located, Place};

/// A word and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub place: Place,
}

/// What a value is, as an error names it.
pub(super) fn noun(value: &Located) -> &'static str {
    match &value.content {
        Content::List(_) => "a list",
        Content::Map(_) => "a mapping",
        Content::Scalar { .. } if value.is_nothing() => "nothing",
        Content::Scalar { .. } => "a text",
    }
}

/// The text of a value.
pub(super) fn word(value: &Located, what: &str) -> Result<Word, Fault> {
    match value.as_text().filter(|_| !value.is_nothing()) {
        Some(text) => Ok(Word {
            text: text.to_owned(),
            place: value.place,
        }),
        None => Err(Fault::new(
            value.place,
            format!("`{what}` is a text, not {}", noun(value)),
        )),
    }
}

/// One word, or a list of them.
pub(super) fn words(value: &Located, what: &str, faults: &mut Vec<Fault>) -> Vec<Word> {
    match &value.content {
        Content::List(items) => {
            let mut words = Vec::new();
            for item in items {
                match word(item, what) {
                    Ok(word) => words.push(word),
                    Err(_) => faults.push(Fault::new(
                        item.place,
                        format!("`{what}` is a list of texts, not of {}s", plural_of(item)),
                    )),
                }
            }
            words
        }
        Content::Scalar { .. } if !value.is_nothing() => word(value, what).into_iter().collect(),
        _ => {
            let fault = format!("`{what}` is a text or a list of texts, not {}", noun(value));
            faults.push(Fault::new(value.place, fault));
            Vec::new()
        }
    }
}

fn plural_of(value: &Located) -> &'static str {
    match noun(value) {
        "a list" => "list",
        "a mapping" => "mapping",
        _ => "empty value",
    }
}

/// Why a text can't name a check or target, where it can't.
pub(super) fn unfit_name(text: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if text.is_empty() {
        Some("it is empty")
    } else if text.contains('@') {
        Some("`@` is kept for naming the target, as in `fresh@web`")
    } else if text.len() > 100 {
        Some("it is longer than 100 characters")
    } else if !text.chars().all(allowed) {
        Some("only letters, digits, `.`, `_` and `-` are allowed")
    } else {
        None
    }
}
