//! What happens in a run, as it happens: the interface between the runner and whoever
//! shows its progress.

use std::time::Duration;

use serde::Serialize;
use touchdown_checks::contract::TaskCounts;

use crate::report::{AttemptReport, Verdict};

/// Something that happened in a run. Checks are named by their place in the plan.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins; these are its checks.
    Started {
        /// The suite's name.
        suite: String,
        /// Every check of the plan, in order.
        checks: Vec<Announced>,
    },
    /// A check's window opens: at the run's start, or when its needs have passed.
    Opened {
        /// Which check.
        check: usize,
        /// How long it may take until it first holds.
        within: Duration,
    },
    /// A look ended.
    Looked {
        /// Which check.
        check: usize,
        /// What it found.
        attempt: AttemptReport,
        /// How much of its hold is over, where it is holding.
        held: Option<Held>,
    },
    /// The tasks of a target have come further, or were seen for the first time.
    Tasks {
        /// The target's name.
        target: String,
        /// How far they are.
        counts: TaskCounts,
    },
    /// A check has its verdict.
    Settled {
        /// Which check.
        check: usize,
        /// Its verdict.
        verdict: Verdict,
        /// Why.
        headline: String,
        /// From the opening of its window until now.
        took: Duration,
    },
    /// The run stops before its time; reports are being written.
    Stopping {
        /// Why.
        reason: String,
    },
}

/// A check as the run announces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Announced {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// The target's name, where it looks at one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether it gates.
    pub required: bool,
}

/// How far a hold has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// How long it has held.
    pub since: Duration,
    /// How long it has to hold.
    pub of: Duration,
}

/// Someone who follows a run.
pub trait Observer {
    /// Called for each event, in order.
    fn event(&mut self, event: &Event);

    /// Called a few times a second while the run waits, with the time since its start. The
    /// observer has no clock of its own, so that it can be tested and follows a paused clock.
    fn tick(&mut self, elapsed: Duration) {
        let _ = elapsed;
    }
}

/// Nobody follows.
impl Observer for () {
    fn event(&mut self, _: &Event) {}
}
