//! Ctrl-C and SIGTERM: both end a run early, with every report written.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use crate::report::Interruption;

/// Waits for the first signal that asks to stop. Handlers are in place when this returns.
///
/// # Errors
/// Where the system refuses a handler.
pub(super) fn stop() -> io::Result<impl Future<Output = Interruption>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Interruption::Interrupt,
            _ = terminate.recv() => Interruption::Terminate,
        }
    })
}
