//! Looking from a command: a runtime of its own, and an end by signal.

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
    to_the_end(async {
        let stop = signals::stop().map_err(CliError::Start)?;
        let connections = Arc::new(Connections::from_environment(Clock::system(), endpoint_url));
        tokio::select! {
            biased;
            interruption = stop => Err(CliError::Interrupted(interruption)),
            seen = Box::pin(looking(connections)) => Ok(seen),
        }
    })?
}

/// What a command's work comes to. Whatever still blocks a thread then, such as the system's look-up of
/// a name, is left to the end of the process: nobody waits for what it would tell.
///
/// # Errors
/// Where the system refuses a runtime.
pub(super) fn to_the_end<T>(work: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::Start)?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}
