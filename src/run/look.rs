//! One look of one check: bounded in time, on the picture that its round shares.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use touchdown_checks::contract::{Attempt, Configured, Finding, Memory, Period, Times, Unobserved};
use touchdown_checks::reads::Reads;

use super::outcome::Ended;
use super::targets::Sought;

/// Whoever bounds itself within the time-out gets this much longer to say so.
const GRACE: Duration = Duration::from_millis(250);

/// One look of one check, as a task of its own.
pub(super) struct Look {
    pub index: usize,
    pub check: Arc<dyn Configured>,
    /// The IAM actions that it may need.
    pub actions: &'static [&'static str],
    pub target: Option<Arc<Sought>>,
    pub round: Round,
    pub times: Times,
    pub memory: Memory,
    pub folder: Arc<Path>,
    pub began: Instant,
    /// When the last look of its check begins, if that is known.
    pub last_look: Option<Instant>,
    /// When the run's end gives it up, whatever it waits for.
    pub latest: Option<Instant>,
}

/// What the looks of a round share.
#[derive(Clone)]
pub(super) struct Round {
    /// 1 for the first round.
    pub number: u64,
    pub reads: Reads,
    /// Their factor for the pause until the next look.
    pub jitter: f64,
}

/// A look that was made: of which check, in which round, and how it ended.
pub(super) struct Made {
    pub index: usize,
    pub round: Round,
    pub ended: Ended,
}

impl Look {
    /// Makes the look, bounded in time, and tells how it ended.
    pub async fn make(self) -> Made {
        let (index, began) = (self.index, self.began);
        let (limit, patience) = self.patience();
        let round = self.round.clone();
        let reads = &round.reads;
        let throttled_before = reads.journal().throttled();
        let (actions, latest) = (self.actions, self.latest);
        let waits = || match actions {
            [] => Duration::ZERO,
            _ => reads.waits(),
        };
        // What our own budget makes the round's requests wait for says nothing of AWS.
        let until = || {
            let until = began + patience + waits();
            latest.map_or(until, |latest| until.min(latest + GRACE))
        };
        let found = match within(until, self.observe()).await {
            Some(found) => found,
            None => Err(no_answer(limit, waits())),
        };
        let ended = Instant::now();
        let at = reads.clock().at(ended);
        let slowed = reads.journal().throttled() > throttled_before;
        let asked_to_slow_down = matches!(&found, Err(unobserved) if unobserved.throttled);
        let ended = Ended {
            began,
            ended,
            finding: found.unwrap_or_else(|unobserved| unobserved.into_finding(at)),
            throttled: slowed || asked_to_slow_down,
            least_pause: reads.least_pause(actions),
            jitter: round.jitter,
        };
        Made {
            index,
            round,
            ended,
        }
    }

    /// How long it may take as a look may tell it, and until it is given up: at the deadline, too,
    /// where the last look begins. What it asks for is bounded by the time-out only, so that checks
    /// with different deadlines still ask the same.
    fn patience(&self) -> (Duration, Duration) {
        let limit = self.times.limit;
        let until_last = self
            .last_look
            .and_then(|last| last.checked_duration_since(self.began));
        match until_last.filter(|left| !left.is_zero() && *left < limit + GRACE) {
            Some(left) => (left.min(limit), left),
            None => (limit, limit + GRACE),
        }
    }

    async fn observe(self) -> Result<Finding, Unobserved> {
        let target = match &self.target {
            Some(sought) => Some(sought.find(&self.round.reads).await?),
            None => None,
        };
        let attempt = Attempt {
            target,
            reads: self.round.reads,
            times: self.times,
            memory: self.memory,
            folder: self.folder,
        };
        self.check.attempt(attempt).await
    }
}

/// What comes of `looking` until then, which may be put off meanwhile.
async fn within<T>(until: impl Fn() -> Instant, looking: impl Future<Output = T>) -> Option<T> {
    tokio::pin!(looking);
    loop {
        let bound = until();
        if let Ok(found) = tokio::time::timeout_at(bound, &mut looking).await {
            return Some(found);
        }
        if until() <= bound {
            return None;
        }
    }
}

fn no_answer(limit: Duration, waits: Duration) -> Unobserved {
    let limit = Period::from(limit);
    let told = match waits {
        Duration::ZERO => format!("there was no answer within {limit}"),
        waits => format!(
            "there was no answer within {limit}, nor in the {} of waiting for touchdown's own budget of requests",
            Period::from(Duration::from_secs(waits.as_secs()))
        ),
    };
    Unobserved::for_now(told).hint("The look was given up; a longer `timeout` gives it more time.")
}

/// A factor between 0.9 and 1.1, by the number of the round: the checks of a round stay
/// together, and runs that began at different times don't stay in step with each other.
pub(super) fn jitter(run_began: Timestamp, round: u64) -> f64 {
    let seed = run_began.as_millisecond().unsigned_abs() ^ round.rotate_left(40);
    let mixed = (seed ^ (seed >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    #[expect(clippy::cast_precision_loss, reason = "sixteen bits fit into a float")]
    let share = (mixed >> 48) as f64 / f64::from(u16::MAX);
    0.9 + 0.2 * share
}
