//! What a check is given when it looks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::Check;
use crate::reads::Reads;

/// Everything that one look of a check may use.
pub struct Look<'a, C: Check> {
    /// What is looked at.
    pub subject: &'a C::Subject,
    /// The reads of this round, shared with all checks that look now.
    pub reads: &'a Reads,
    pub(super) before: Option<&'a C::Facts>,
    /// The times that a window may be counted from.
    pub times: &'a Times,
    /// Where the check's paths count from: the folder of the file that it is written in. Empty for
    /// touchdown's own working directory.
    pub folder: &'a Path,
}

impl<'a, C: Check> Look<'a, C> {
    /// The facts of this check's latest look that could be made, for a statement that needs memory
    /// across attempts. Its kind says so in [`Check::REMEMBERS`], or this doesn't compile.
    #[must_use]
    pub fn before(&self) -> Option<&'a C::Facts> {
        const {
            assert!(
                C::REMEMBERS,
                "a kind that asks for the look before is one that REMEMBERS"
            )
        };
        self.before
    }

    /// A path that the check names, as touchdown finds it.
    #[must_use]
    pub fn path(&self, named: &Path) -> PathBuf {
        self.folder.join(named)
    }
}

/// The times that a check's window may be counted from, all by the run's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// When this look began.
    pub now: Timestamp,
    /// When the run began.
    pub run_started: Timestamp,
    /// When this check's own window opened: the run's start, or when its needs had passed.
    pub opened: Timestamp,
    /// How long this look may take; the runner gives it up a moment later.
    pub limit: Duration,
    /// For each check that has passed, by id: when the look began that made it hold.
    pub held_since: BTreeMap<String, Timestamp>,
}
