//! Timestamps in reports: RFC 3339 in UTC, always with milliseconds.
//!
//! For `#[serde(with)]`; [`optional`] is the same for times that may be missing.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

/// `2025-11-26T11:15:55.952Z`.
#[must_use]
pub fn text(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Writes a time.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*at))
}

/// Reads a time.
///
/// # Errors
/// Where the text is no RFC 3339 time.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

/// The same for times that may be missing.
pub mod optional {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, text};

    /// Writes a time, or nothing.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_some(&text(*at)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a time, or nothing.
    ///
    /// # Errors
    /// Where the text is no RFC 3339 time.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}
