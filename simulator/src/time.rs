//! Instants and spans of virtual time, and how each AWS service writes them.

use jiff::{SignedDuration, Timestamp};

/// The instant `milliseconds` after `instant`; the far end of time when there is none.
pub(crate) fn after_ms(instant: Timestamp, milliseconds: u64) -> Timestamp {
    after(
        instant,
        SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX)),
    )
}

/// The instant `span` after `instant`; the far end of time when there is none.
pub(crate) fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    let end = if span.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    instant.checked_add(span).unwrap_or(end)
}

/// The time from `earlier` to `later` in milliseconds; negative when they are the other way round.
pub(crate) fn ms_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later
        .as_millisecond()
        .saturating_sub(earlier.as_millisecond())
}

/// ECS and ECR write seconds since the epoch with three decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of this era are far below 2^53"
)]
pub(crate) fn epoch_seconds(instant: Timestamp) -> f64 {
    instant.as_millisecond() as f64 / 1000.0
}

/// The `Date` header of an HTTP answer.
pub(crate) fn http_date(instant: Timestamp) -> String {
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
