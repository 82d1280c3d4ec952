//! Timestamps in reports: RFC 3339 in UTC, always with milliseconds.
//!
//! For `#[serde(with)]`; [`optional`] is the same for times that may be missing, [`map`] for
//! times by what happened then.

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

/// The same for times by what happened then.
pub mod map {
    use std::collections::BTreeMap;

    use super::{Deserialize, Deserializer, Serializer, Timestamp, text};

    /// Writes the times as an object.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<K: serde::Serialize, S: Serializer>(
        times: &BTreeMap<K, Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(times.iter().map(|(what, at)| (what, text(*at))))
    }

    /// Reads an object of times.
    ///
    /// # Errors
    /// Where a key is unknown, or a text is no RFC 3339 time.
    pub fn deserialize<'de, K: Deserialize<'de> + Ord, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<K, Timestamp>, D::Error> {
        BTreeMap::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_time_comes_back_to_the_millisecond(millis in -377_705_023_201_000_i64..=253_402_207_200_000) {
            let at = Timestamp::from_millisecond(millis).expect("a time");
            let read: Timestamp = text(at).parse().expect("a time");
            prop_assert_eq!(read, at);
        }

        #[test]
        fn a_time_is_never_shown_as_a_later_one(nanos in -2_000_000_000_i64..2_000_000_000) {
            let at = Timestamp::from_nanosecond(i128::from(nanos)).expect("a time");
            let shown: Timestamp = text(at).parse().expect("a time");
            let again: Timestamp = text(shown).parse().expect("a time");
            prop_assert_eq!(shown, again);
            prop_assert!(shown.duration_since(at).abs().as_nanos() < 1_000_000);
        }
    }
}
