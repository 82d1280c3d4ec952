//! Lengths of time as people write them in a suite: `2s`, `1m 30s`, `250ms`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A length of time, never negative, at most a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Period(Duration);

const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Period {
    /// A period of so many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The period as the standard library's duration.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Period {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

/// Writes the two largest units that matter: `1h30m`, `2m5s`, `2.5s`, `40ms`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let seconds = self.0.as_secs();
        match seconds {
            0 => write!(f, "{millis}ms"),
            1..=9 if millis % 1000 >= 100 => write!(f, "{}.{}s", seconds, millis % 1000 / 100),
            1..=59 => write!(f, "{seconds}s"),
            60..=3599 => units(f, seconds / 60, "m", seconds % 60, "s"),
            3600..=86399 => units(f, seconds / 3600, "h", seconds % 3600 / 60, "m"),
            _ => units(f, seconds / 86400, "d", seconds % 86400 / 3600, "h"),
        }
    }
}

fn units(f: &mut fmt::Formatter<'_>, large: u64, l: &str, small: u64, s: &str) -> fmt::Result {
    write!(f, "{large}{l}")?;
    if small > 0 {
        write!(f, "{small}{s}")?;
    }
    Ok(())
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shown = text.trim();
        if !shown.is_empty() && shown.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return Err(format!("a duration needs a unit: `{shown}s` or `{shown}m`"));
        }
        let signed = shown
            .parse::<Span>()
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
            .map_err(|_| {
                format!("`{shown}` is not a duration; write it like `90s`, `5m` or `1h 30m`")
            })?;
        let duration = Duration::try_from(signed)
            .map_err(|_| format!("a duration can't be negative: `{shown}`"))?;
        if duration > LONGEST {
            return Err(format!("`{shown}` is longer than a year"));
        }
        Ok(Self(duration))
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time with its unit.",
            "pattern": r"^\s*[0-9.]+\s*[A-Za-z]",
            "examples": ["250ms", "2s", "5m", "1h 30m"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        text.parse::<Period>().map(|period| period.to_string())
    }

    fn refused(text: &str) -> String {
        parsed(text).expect_err("no duration")
    }

    #[test]
    fn reads_what_people_write() {
        for (text, shown) in [
            ("2s", "2s"),
            ("90s", "1m30s"),
            ("5m", "5m"),
            ("1h 30m", "1h30m"),
            ("250ms", "250ms"),
            ("2.5s", "2.5s"),
            ("0s", "0ms"),
            ("2d", "2d"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(shown), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_a_way_out() {
        assert_eq!(refused("30"), "a duration needs a unit: `30s` or `30m`");
        assert!(refused("-5m").contains("negative"));
        assert!(refused("soon").contains("write it like"));
        assert!(refused("").contains("write it like"));
        assert!(refused("400d").contains("longer than a year"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_shown_is_read_as_no_more_than_it_was(millis in 0..=LONGEST.as_millis() as u64) {
            let period = Period::from(Duration::from_millis(millis));
            let shown = period.to_string();
            let read: Period = shown.parse().expect("what was shown");
            prop_assert!(read <= period, "{}", shown);
            prop_assert_eq!(read.to_string(), shown);
        }

        #[test]
        fn any_text_is_a_bounded_period_or_refused_on_one_line(text in "(-?[0-9.]{1,25} ?(ns|us|ms|s|m|h|d|w|mo|y)? ?|\\PC){0,5}") {
            match text.parse::<Period>() {
                Ok(period) => prop_assert!(period.get() <= LONGEST),
                Err(told) => prop_assert_eq!(told.lines().count(), 1),
            }
        }
    }
}
