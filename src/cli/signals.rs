//! Ctrl-C, SIGTERM and SIGHUP: all end a run early, with every report written.

use std::io;

use touchdown_checks::reads::{self, Stop};

use super::error::CliError;
use crate::report::Interruption;

impl From<Stop> for Interruption {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Interrupt => Self::Interrupt,
            Stop::Terminate => Self::Terminate,
        }
    }
}

/// Waits for the first signal that asks to stop. Handlers are in place when this returns.
///
/// # Errors
/// Where the system refuses a handler.
pub(super) fn stop() -> io::Result<impl Future<Output = Interruption>> {
    let stop = reads::stop()?;
    Ok(async move { stop.await.into() })
}

/// What was done, unless a signal came while a plug-in was asked what it is. What was not told then is no mistake
/// of whoever asked.
///
/// # Errors
/// [`CliError::Interrupted`] where one came.
pub(super) fn unless_stopped<T>(done: T) -> Result<T, CliError> {
    match reads::stopped() {
        Some(by) => Err(CliError::Interrupted(by.into())),
        None => Ok(done),
    }
}
