//! When each open check is to be looked at next.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::course::Due;

/// The open checks that aren't being looked at, by their places in the plan and by time.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    by_check: BTreeMap<usize, Due>,
    by_time: BTreeSet<(Instant, usize)>,
}

impl Agenda {
    pub fn insert(&mut self, check: usize, due: Due) {
        self.remove(check);
        self.by_check.insert(check, due);
        self.by_time.insert((due.at, check));
    }

    pub fn remove(&mut self, check: usize) {
        if let Some(due) = self.by_check.remove(&check) {
            self.by_time.remove(&(due.at, check));
        }
    }

    /// Looks at a check no sooner than then.
    pub fn put_off(&mut self, check: usize, at: Instant) {
        if let Some(due) = self.by_check.get(&check).copied() {
            self.insert(check, Due { at, ..due });
        }
    }

    /// When the first of them is due.
    pub fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// All of them, in the order of the plan.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Due)> {
        self.by_check.iter().map(|(check, due)| (*check, *due))
    }
}
