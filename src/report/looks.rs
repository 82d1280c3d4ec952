//! The looks of a check, as reports tell them.

use super::text::Times;
use super::{AttemptReport, CheckReport};

/// Looks in a row that said the same, and that are told as one.
pub(crate) fn runs(attempts: &[AttemptReport]) -> impl Iterator<Item = &[AttemptReport]> {
    attempts.chunk_by(|a, b| a.state == b.state && a.headline == b.headline && !b.flap)
}

/// `#3`, or `#3 ×12` for twelve looks from the third on.
pub(crate) fn numbers(run: &[AttemptReport]) -> String {
    match run {
        [] => String::new(),
        [only] => format!("#{}", only.number),
        [first, ..] => format!("#{} ×{}", first.number, run.len()),
    }
}

/// `it held and was lost again 2 times, first at 23:42:10 UTC`, where that happened.
pub(crate) fn flaps(check: &CheckReport, times: Times) -> Option<String> {
    let mut flaps = check.attempts.iter().filter(|attempt| attempt.flap);
    let at = times.text(flaps.next()?.at);
    Some(match flaps.count() {
        0 => format!("it held and was lost again at {at}"),
        more => format!(
            "it held and was lost again {} times, first at {at}",
            more + 1
        ),
    })
}
