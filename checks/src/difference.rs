//! One thing in which an answer, a message or an output is not as expected.

use serde_json::Value;

use crate::json::{self, JsonExpectation};

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub what: String,
    pub expected: String,
    pub seen: String,
    /// Whether it may be as expected in the part that was not read.
    pub unread: bool,
}

pub(crate) fn difference(
    what: &str,
    expected: impl Into<String>,
    seen: impl Into<String>,
) -> Difference {
    Difference {
        what: what.to_owned(),
        expected: expected.into(),
        seen: seen.into(),
        unread: false,
    }
}

/// What differs in a text, `what`, that should be JSON of which that is true; `truncated` where only its
/// beginning was read.
pub(crate) fn json_differences(
    what: &str,
    text: &str,
    truncated: bool,
    expected: &JsonExpectation,
) -> Vec<Difference> {
    if expected.is_empty() {
        return Vec::new();
    }
    match serde_json::from_str::<Value>(text) {
        Ok(document) => json::mismatches(&document, expected)
            .into_iter()
            .map(|mismatch| difference(&mismatch.path, mismatch.expected, mismatch.seen))
            .collect(),
        Err(_) if truncated => vec![Difference {
            unread: true,
            ..difference(what, "JSON", "JSON that is too long to be read")
        }],
        Err(error) => vec![difference(what, "JSON", format!("no JSON: {error}"))],
    }
}
