//! The journal: every request that goes to AWS, counted, and what the answers say of AWS's
//! clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::skew::Skew;
use crate::contract::Clock;

/// How often one call was made, repeated requests included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent.
    pub count: u64,
    /// Of these, throttled.
    pub throttled: u64,
    /// Of these, failed in another way.
    pub failed: u64,
    /// How often each error code was the answer: `AccessDeniedException`. What failed without
    /// an answer, or with one that names no code, is not among them.
    pub codes: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn throttled_with(&mut self, code: String) {
        self.throttled += 1;
        *self.codes.entry(code).or_default() += 1;
    }

    pub(super) fn failed_with(&mut self, code: String) {
        self.failed += 1;
        if !code.is_empty() {
            *self.codes.entry(code).or_default() += 1;
        }
    }
}

/// Counts the requests of one run by call, as IAM names it: `ecs:DescribeTasks`.
#[derive(Debug)]
pub struct Journal {
    clock: Clock,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    calls: BTreeMap<String, Tally>,
    skew: Skew,
}

impl Journal {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            entries: Mutex::default(),
        })
    }

    /// Every call made so far.
    pub fn calls(&self) -> BTreeMap<String, Tally> {
        self.entries().calls.clone()
    }

    /// How many requests were throttled so far.
    pub fn throttled(&self) -> u64 {
        self.entries()
            .calls
            .values()
            .map(|tally| tally.throttled)
            .sum()
    }

    /// How far AWS's clock is ahead of the run's. Times that AWS stamps must be compared with
    /// AWS's clock only.
    pub(super) fn aws_ahead(&self) -> SignedDuration {
        self.entries().skew.ahead()
    }

    /// The present, by the run's clock.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn tally(&self, call: String, add: impl FnOnce(&mut Tally)) {
        add(self.entries().calls.entry(call).or_default());
    }

    /// Takes in that AWS dated an answer, which has just arrived, to a request of `sent`.
    pub(super) fn note_time(&self, date: Timestamp, sent: Timestamp) {
        let arrived = self.now();
        self.entries().skew.note(date, sent, arrived);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `at` moved from the run's clock to AWS's.
pub(super) fn moved(at: Timestamp, ahead: SignedDuration) -> Timestamp {
    at.checked_add(ahead).unwrap_or(at)
}
