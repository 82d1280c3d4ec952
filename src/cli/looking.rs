//! Looking at AWS from a command: a runtime of its own, and an end by signal.

use std::sync::Arc;

use touchdown_checks::contract::Clock;
use touchdown_checks::reads::Connections;

use super::error::CliError;
use super::signals;

/// Looks, until it has looked or a signal comes.
///
/// # Errors
/// Where the system refuses a runtime or a signal handler, or a signal came.
pub(super) fn look<T>(
    endpoint_url: Option<&str>,
    looking: impl AsyncFnOnce(Arc<Connections>) -> T,
) -> Result<T, CliError> {
    let endpoint_url = endpoint_url.map(str::to_owned);
    runtime()?.block_on(async {
        let stop = signals::stop().map_err(CliError::Start)?;
        let connections = Arc::new(Connections::from_environment(Clock::system(), endpoint_url));
        tokio::select! {
            biased;
            interruption = stop => Err(CliError::Interrupted(interruption)),
            seen = Box::pin(looking(connections)) => Ok(seen),
        }
    })
}

/// The runtime of a command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::Start)
}
