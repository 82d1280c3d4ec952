//! Signatures of another time: AWS takes none that is more than five minutes off its clock.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::{ApiError, Asked};
use crate::time::after;

/// How far a client's clock may be off.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// As `X-Amz-Date` is written.
const FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// The error of a request whose signature is of another time; none if its time is right, or not told.
pub(super) fn refusal(asked: &Asked<'_>, now: Timestamp) -> Option<ApiError> {
    let signed = asked.headers.get("x-amz-date")?.to_str().ok()?;
    let at = DateTime::strptime(FORMAT, signed).ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let written = |at: Timestamp| at.strftime(FORMAT).to_string();
    let (bound, now) = (
        written(after(now, if at < now { -TOLERANCE } else { TOLERANCE })),
        now,
    );
    let off = at.duration_since(now);
    let message = if off < -TOLERANCE {
        format!(
            "Signature expired: {signed} is now earlier than {bound} ({} - 5 min.)",
            written(now)
        )
    } else if off > TOLERANCE {
        format!(
            "Signature not yet current: {signed} is still later than {bound} ({} + 5 min.)",
            written(now)
        )
    } else {
        return None;
    };
    Some(ApiError::new("InvalidSignatureException", message))
}
