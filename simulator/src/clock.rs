//! The virtual clock: the scenario's start, plus the time gone by, sped up, plus the jumps made.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::time::after;

/// How fast virtual time runs.
///
/// It counts tokio's instants: under tokio's paused clock, virtual time moves only as the test moves it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    speed: f64,
    origin: Instant,
}

impl Clock {
    /// A clock on which `speed` virtual seconds pass in a second. Zero stands still; a speed that is no
    /// number, or below zero, counts as zero.
    pub fn at_speed(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 {
            speed
        } else {
            0.0
        };
        Self {
            speed,
            origin: Instant::now(),
        }
    }

    /// A clock that moves only when it is told to ([`Simulator::advance`](crate::Simulator::advance)).
    pub fn standing_still() -> Self {
        Self::at_speed(0.0)
    }

    /// How many virtual seconds pass in a second.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// The virtual time, on a clock that began at `start` and has jumped ahead by `advanced`.
    pub(crate) fn now(&self, start: Timestamp, advanced: SignedDuration) -> Timestamp {
        let gone = self.origin.elapsed().as_secs_f64() * self.speed;
        let gone = Duration::try_from_secs_f64(gone).unwrap_or(Duration::MAX);
        let gone = SignedDuration::try_from(gone).unwrap_or(SignedDuration::MAX);
        after(start, gone.saturating_add(advanced))
    }
}

impl Default for Clock {
    /// Virtual time as fast as time itself.
    fn default() -> Self {
        Self::at_speed(1.0)
    }
}
