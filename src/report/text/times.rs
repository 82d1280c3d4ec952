//! How times are written for people.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use touchdown_checks::contract::rfc3339;

/// How times are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Times {
    /// `23:41:07 UTC` on the given day, with the date on any other.
    Short(Date),
    /// `2025-11-18 23:41:07 UTC`.
    Dated,
    /// RFC 3339 with milliseconds.
    Full,
}

impl Times {
    /// Short times for a run that began at `start`.
    pub(crate) fn short(start: Timestamp) -> Self {
        Self::Short(day(start))
    }

    /// `at`, written.
    pub(crate) fn text(self, at: Timestamp) -> String {
        match self {
            Self::Full => rfc3339::text(at),
            Self::Short(today) if day(at) == today => at.strftime("%H:%M:%S UTC").to_string(),
            Self::Short(_) | Self::Dated => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        }
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_when_the_day_is_another() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let times = Times::short(at("2025-11-18T23:46:00Z"));
        assert_eq!(times.text(at("2025-11-18T23:41:07.952Z")), "23:41:07 UTC");
        assert_eq!(
            times.text(at("2025-11-19T00:00:01Z")),
            "2025-11-19 00:00:01 UTC"
        );
        assert_eq!(
            Times::Dated.text(at("2025-11-18T23:41:07.952Z")),
            "2025-11-18 23:41:07 UTC"
        );
        assert_eq!(
            Times::Full.text(at("2025-11-18T23:41:07.952Z")),
            "2025-11-18T23:41:07.952Z"
        );
    }
}
