//! How many requests one web server gets at once. A thousand at the same instant overflow its queue
//! of new connections, and what overflows is asked anew after a second or more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most requests in flight to one host and port; the smallest queue of new connections in
/// common use holds 128.
pub(super) const AT_ONCE: usize = 32;

/// Who has waited so long, or a quarter of its time-out, asks all the same: that a server is slow
/// to answer some is no reason to say that it did not answer the others.
const PATIENCE: Duration = Duration::from_secs(1);

/// Those who ask, by host and port.
#[derive(Debug, Default)]
pub(super) struct Crowd(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Crowd {
    /// Waits for a turn at the server of `url`, which lasts until what this returns is dropped.
    /// `within` is how long the whole exchange may take.
    pub async fn turn(&self, url: &Url, within: Duration) -> Option<OwnedSemaphorePermit> {
        let turns = self.at(url)?;
        let turn = tokio::time::timeout(PATIENCE.min(within / 4), turns.acquire_owned());
        turn.await.ok()?.ok()
    }

    fn at(&self, url: &Url) -> Option<Arc<Semaphore>> {
        let server = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = servers
            .entry(server)
            .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
        Some(Arc::clone(turns))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("an address")
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_until_another_is_done_or_its_patience_ends() {
        let crowd = Crowd::default();
        let (server, within) = (url("http://web/health"), Duration::from_secs(2));
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(crowd.turn(&server, within).await.expect("a turn at once"));
        }
        let began = Instant::now();
        assert!(crowd.turn(&server, within).await.is_none(), "all are taken");
        assert_eq!(began.elapsed(), within / 4);
        turns.pop();
        let began = Instant::now();
        assert!(crowd.turn(&server, within).await.is_some());
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_at_one_server_keeps_nobody_from_another() {
        let crowd = Crowd::default();
        let (busy, within) = (url("https://web/"), Duration::from_secs(15));
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(crowd.turn(&busy, within).await.expect("a turn at once"));
        }
        for other in ["https://web:8443/", "http://web/", "https://api/"] {
            assert!(crowd.turn(&url(other), within).await.is_some(), "{other}");
        }
        assert!(crowd.turn(&url("https://web:443/"), within).await.is_none());
    }
}
