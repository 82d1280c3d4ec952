//! What a monitoring system hears where there is no report: it reads standard output, and
//! takes exit code 2, which is ours for a wrong usage, for a service that is down.

use std::ffi::OsString;

use super::stdout;
use crate::exit;
use crate::redact;
use crate::report::nagios::{self, State};

/// Whether the arguments ask for `--format nagios`. They are looked at as they were given,
/// because the answer matters most where they can't be understood.
pub(super) fn asked_for(given: &[OsString]) -> bool {
    let apart = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "nagios";
    given.windows(2).any(apart) || given.iter().any(|argument| argument == "--format=nagios")
}

/// Tells in one line why nothing ran, and gives the exit code.
pub(super) fn tell_nothing_ran(error: &str) -> u8 {
    let error = error.strip_prefix("error: ").unwrap_or(error);
    let first = error.lines().next().unwrap_or_default();
    let first = redact::of_process().clean(first);
    if let Err(error) = stdout::print(&nagios::unknown(&first)) {
        stdout::complain(&error.to_string());
    }
    exit::of_state(State::Unknown)
}
