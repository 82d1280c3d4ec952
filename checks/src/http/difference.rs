//! One thing in which an answer is not as expected.

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub what: String,
    pub expected: String,
    pub seen: String,
    /// Whether it may be as expected in the part of the body that was not read.
    pub unread: bool,
}

pub(super) fn difference(
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
