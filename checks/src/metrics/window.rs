//! Which periods of a metric count: those that are over, settled, and still kept by CloudWatch.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::contract::Period;

/// How late a point may arrive; metrics of AWS's services take one to three minutes.
pub(super) const LATE: Duration = Duration::from_secs(180);

/// Whole periods, one after the other; none where `to` is no later than `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Where the first one begins.
    pub from: Timestamp,
    /// Where the last one ends.
    pub to: Timestamp,
    /// Whether it should have begun earlier, of which CloudWatch has no points any more.
    pub cut: bool,
}

impl Window {
    /// The whole periods from `since` on that have been over for long enough by `now`. CloudWatch counts
    /// periods from the full hour of its clock.
    pub fn of(period: Period, since: Timestamp, now: Timestamp) -> Self {
        let period = i64::try_from(period.get().as_secs()).unwrap_or(60).max(1);
        let floor = |at: Timestamp| at.as_second().div_euclid(period) * period;
        let up = SignedDuration::from_secs(period) - SignedDuration::from_nanos(1);
        let ceiling = |at: Timestamp| floor(at.checked_add(up).unwrap_or(at));
        let moment = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        let before = |span: Duration| now.checked_sub(span).unwrap_or(Timestamp::MIN);
        // The oldest period that is kept may be dropped before the request arrives.
        let kept = ceiling(before(retention(period))).saturating_add(period);
        Self {
            from: moment(ceiling(since).max(kept)),
            to: moment(floor(before(LATE))),
            cut: ceiling(since) < kept,
        }
    }
}

/// How long CloudWatch keeps points of so many seconds, as the API reference of GetMetricData says: 15 days
/// by the minute, 63 days by five minutes, 455 days by the hour. For what is older it tells no points of
/// such a period.
fn retention(period: i64) -> Duration {
    let days = match period {
        hours if hours % 3600 == 0 => 455,
        fives if fives % 300 == 0 => 63,
        _ => 15,
    };
    Duration::from_secs(days * 24 * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(period: u64, since: &str, now: &str) -> (String, String, bool) {
        let at = |text: &str| format!("{text}Z").parse().expect("a time");
        let window = Window::of(Period::seconds(period), at(since), at(now));
        (window.from.to_string(), window.to.to_string(), window.cut)
    }

    #[test]
    fn only_whole_periods_that_are_settled_count() {
        let now = "2025-11-18T23:46:30";
        for (period, since, from, to) in [
            (60, "2025-11-18T23:24:01", "23:25:00", "23:43:00"),
            (60, "2025-11-18T23:24:00", "23:24:00", "23:43:00"),
            (300, "2025-11-18T23:24:00", "23:25:00", "23:40:00"),
            (3600, "2025-11-18T23:24:00", "00:00:00", "23:00:00"),
        ] {
            let (began, ended, cut) = window(period, since, now);
            assert!(
                began.contains(from) && ended.contains(to),
                "{began} {ended}"
            );
            assert!(!cut, "{since}");
        }
    }

    #[test]
    fn what_cloudwatch_has_dropped_is_not_asked_for() {
        let now = "2025-11-18T23:46:30";
        for (period, from) in [
            (60, "2025-11-03T23:48:00Z"),
            (120, "2025-11-03T23:50:00Z"),
            (300, "2025-09-16T23:55:00Z"),
            (3600, "2024-08-21T01:00:00Z"),
        ] {
            let (began, _, cut) = window(period, "2020-01-01T00:00:00", now);
            assert_eq!((&*began, cut), (from, true), "{period}");
        }
        let just = window(60, "2025-11-03T23:48:00", now);
        assert_eq!((&*just.0, just.2), ("2025-11-03T23:48:00Z", false));
    }
}
