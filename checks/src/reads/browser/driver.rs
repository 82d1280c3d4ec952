//! A driver that is started for a look: on a port of its own, which it tells.

use std::path::Path;
use std::time::Duration;

use reqwest::Url;

use super::facts::WatchError;
use super::flags;
use crate::reads::process::{CommandError, CommandRequest, Served, serve};

/// Starts a driver on a free port, and waits until it says which.
///
/// # Errors
/// Why there is none.
pub(super) async fn start(
    program: &str,
    folder: &Path,
    within: Duration,
) -> Result<(Served, Url), WatchError> {
    let request = CommandRequest {
        program: program.to_owned(),
        arguments: vec!["--port=0".into()],
        input: None,
        pass_env: flags::PASSED.map(str::to_owned).to_vec(),
        env: Vec::new(),
        folder: folder.to_owned(),
        within,
    };
    let (served, port) = serve(request, port).await.map_err(unstarted)?;
    let address = format!("http://127.0.0.1:{port}/");
    let address = address.parse().map_err(|_| WatchError::NoDriver(address))?;
    Ok((served, address))
}

/// `ChromeDriver was started successfully on port 43567.`
fn port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

/// A program that is there and doesn't start may do so another time: memory or processes are short.
fn unstarted(why: CommandError) -> WatchError {
    match why {
        CommandError::Unstartable(_) | CommandError::Interrupted => {
            WatchError::Lost(why.to_string())
        }
        why => WatchError::NoDriver(why.to_string()),
    }
}
