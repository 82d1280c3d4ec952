//! Browsers on other machines: no process here ends with them, so that each is told to end, whatever becomes of the
//! look that opened it.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::PAUSE;
use super::wire::{Endpoint, Refused};

/// How long a driver is waited for that is told to end a browser.
const COURTESY: Duration = Duration::from_secs(10);

/// Held for as long as there may be a browser elsewhere.
pub(super) type Elsewhere = watch::Receiver<()>;

/// Tells the driver until it answers: a connection that it kept open may have been closed at this moment.
async fn ended(session: &Endpoint) {
    while let Err(Refused::Unreached(_)) = session.delete().await {
        sleep(PAUSE).await;
    }
}

/// A session on another machine, which is ended there when this is dropped.
pub(super) struct Lease {
    session: Endpoint,
    elsewhere: Option<Elsewhere>,
}

impl Lease {
    pub fn new(session: Endpoint, elsewhere: Option<Elsewhere>) -> Self {
        Self { session, elsewhere }
    }

    /// The session has ended.
    pub fn is_over(&mut self) {
        self.elsewhere = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(elsewhere) = self.elsewhere.take() else {
            return;
        };
        let session = self.session.clone();
        // Where the runtime is over already, there is nobody left who could tell the driver.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let _ = timeout(COURTESY, ended(&session)).await;
                drop(elsewhere);
            });
        }
    }
}
