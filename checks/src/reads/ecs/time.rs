//! Times as AWS's client library tells them.

use aws_smithy_types::DateTime;
use jiff::{Timestamp, Unit};

/// AWS's time as ours; none where it can't be represented.
///
/// AWS tells milliseconds as fractions of a second, of which the nearest binary one arrives:
/// `.734999895` is `.735`.
pub(in crate::reads) fn timestamp(at: Option<&DateTime>) -> Option<Timestamp> {
    let at = at?;
    let told = Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()?;
    told.round(Unit::Millisecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_the_millisecond_that_aws_means() {
        for (seconds, expected) in [
            (1_763_631_003.735, "2025-11-20T09:30:03.735Z"),
            (1_763_631_003.999_9, "2025-11-20T09:30:04Z"),
            (-0.25, "1969-12-31T23:59:59.75Z"),
        ] {
            let at = timestamp(Some(&DateTime::from_secs_f64(seconds)));
            assert_eq!(at.map(|at| at.to_string()).as_deref(), Some(expected));
        }
    }
}
