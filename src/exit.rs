//! The exit code: the only place where a verdict becomes a number.

use crate::report::{Interruption, Verdict};

/// A command did what it was asked, or a run passed.
pub const OK: u8 = 0;
/// Usage or suite error: nothing ran.
pub const USAGE: u8 = 2;

const FAILED: u8 = 1;
const INCONCLUSIVE: u8 = 3;

/// The exit code of a run: 0 passed, 1 failed, 3 inconclusive; 130 and 143 where it was
/// interrupted, as shells report processes that ended by SIGINT and SIGTERM.
#[must_use]
pub fn code(verdict: Verdict, interrupted: Option<Interruption>) -> u8 {
    match (interrupted, verdict) {
        (Some(Interruption::Interrupt), _) => 130,
        (Some(Interruption::Terminate), _) => 143,
        (None, Verdict::Passed) => OK,
        (None, Verdict::Failed) => FAILED,
        (None, Verdict::Inconclusive | Verdict::Skipped) => INCONCLUSIVE,
    }
}

/// The exit code once the reports are written: a gate must not open while the report that it
/// promised is missing.
#[must_use]
pub fn with_reports(code: u8, all_written: bool) -> u8 {
    if code == OK && !all_written {
        INCONCLUSIVE
    } else {
        code
    }
}
