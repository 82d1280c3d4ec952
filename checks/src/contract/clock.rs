//! The one clock of a run: wall time that follows tokio's time, so that tests can pause it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Wall time that is read off tokio's monotonic clock.
///
/// It shows whole milliseconds, as reports tell time, so that a report which was saved and read
/// again is the same. Deadlines and time stamps never disagree: a stepped system clock can't stretch a
/// hold, and under tokio's paused clock ten minutes pass in no time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Timestamp,
    started: Instant,
}

impl Clock {
    /// A clock that shows the system's time.
    #[must_use]
    pub fn system() -> Self {
        Self::starting_at(Timestamp::now())
    }

    /// A clock that shows `epoch` now.
    #[must_use]
    pub fn starting_at(epoch: Timestamp) -> Self {
        Self {
            epoch,
            started: Instant::now(),
        }
    }

    /// The present wall time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(Instant::now())
    }

    /// The wall time at `instant`. An instant before the clock was made shows its start.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Timestamp {
        later(self.epoch, instant.saturating_duration_since(self.started))
    }
}

/// `from` plus `by` in whole milliseconds, at most the last representable time.
fn later(from: Timestamp, by: Duration) -> Timestamp {
    let exact = from.checked_add(by).unwrap_or(Timestamp::MAX);
    Timestamp::from_millisecond(exact.as_millisecond()).unwrap_or(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn follows_tokio_time() {
        let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(clock.now().to_string(), "2025-11-18T23:56:00Z");
        let soon = Instant::now() + Duration::from_micros(1900);
        assert_eq!(clock.at(soon).to_string(), "2025-11-18T23:56:00.001Z");
    }
}
