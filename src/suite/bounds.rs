//! The bounds of the times that a suite may set, and their defaults.

use std::time::Duration;

use touchdown_checks::contract::{Fault, Located, Period};

use super::words::noun;

/// How long a check may take until it first holds, unless the suite says otherwise.
pub(crate) const WITHIN: Duration = Duration::from_secs(5 * 60);
/// The pause between two looks, unless the suite says otherwise.
pub(crate) const EVERY: Duration = Duration::from_secs(2);
/// The bound on one look, unless the suite says otherwise.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);

const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
const LONGEST_WINDOW: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The time that `field` sets within `fields`, where it is set, and one, and within bounds.
pub(super) fn time(field: &str, fields: &Located, faults: &mut Vec<Fault>) -> Option<Duration> {
    let (key, value) = fields.entry(field)?;
    match duration(key, value) {
        Ok(duration) => Some(duration),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

fn duration(key: &Located, value: &Located) -> Result<Duration, Fault> {
    if value.is_nothing() {
        return Err(Fault::empty(key, value));
    }
    let field = key.as_text().unwrap_or_default();
    let fault = |told: String| Fault::new(value.place, told);
    let Some(text) = value.as_text() else {
        return Err(
            fault(format!("`{field}` is a duration, not {}", noun(value)))
                .help("write it like `90s`, `5m` or `1h 30m`"),
        );
    };
    let duration = text.parse::<Period>().map_err(fault)?.get();
    match out_of_bounds(field, duration) {
        Some((what, way_out)) => Err(fault(format!("`{field}` {what}")).help(way_out)),
        None => Ok(duration),
    }
}

fn out_of_bounds(field: &str, duration: Duration) -> Option<(&'static str, &'static str)> {
    match field {
        "every" if duration < SHORTEST_PAUSE => Some((
            "is shorter than 100ms",
            "AWS throttles who asks that often; the default is 2s",
        )),
        "every" if duration > LONGEST_PAUSE => {
            Some(("is longer than an hour", "the default is 2s"))
        }
        "timeout" if duration.is_zero() => Some((
            "is zero, so that no look could ever end",
            "the default is 15s",
        )),
        "timeout" if duration > LONGEST_PAUSE => {
            Some(("is longer than an hour", "the default is 15s"))
        }
        "hold" if duration.is_zero() => Some((
            "is zero, which holds nothing",
            "leave it out, or say for how long it must hold, such as 10m",
        )),
        "within" | "hold" if duration > LONGEST_WINDOW => {
            Some(("is longer than a week", "a run ends; say at most 7d"))
        }
        _ => None,
    }
}
