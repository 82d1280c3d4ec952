//! Times as AWS's client library tells them.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// AWS's time as ours; none where it can't be represented.
pub(in crate::reads) fn timestamp(at: Option<&DateTime>) -> Option<Timestamp> {
    at.and_then(|at| Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok())
}
