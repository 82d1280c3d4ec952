//! Who is left behind when no program runs any more. Touchdown is the reaper of its descendants (prctl(2),
//! PR_SET_CHILD_SUBREAPER), so that whoever gave up group, session, mark and parents is still its own.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{getpgrp, getpid, set_child_subreaper};

use super::descendants::{Process, descendants};
use super::{PAUSE, SWEEPS};

/// How long the end of touchdown may wait for processes that were killed, and don't end.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of the programs of this process.
struct Household {
    /// How many run, or are about to.
    running: usize,
    /// Those that tokio waits for, which nobody else may wait for.
    leaders: BTreeSet<i32>,
    /// Who descended from touchdown before its first program, and when each began: none is a program's.
    strangers: Option<BTreeSet<(i32, u64)>>,
}

static HOUSEHOLD: Mutex<Household> = Mutex::new(Household {
    running: 0,
    leaders: BTreeSet::new(),
    strangers: None,
});

fn household() -> MutexGuard<'static, Household> {
    HOUSEHOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of the programs that run, or are about to. As long as there is one, an orphan may be its own; after the
/// last, orphans are ended.
#[derive(Debug)]
pub(super) struct Running {
    leader: Option<i32>,
}

impl Running {
    pub fn begin() -> Self {
        let mut all = household();
        if all.strangers.is_none() {
            // Every Linux since 3.4 can; without it orphans are no descendants, and survive.
            let _ = set_child_subreaper(Some(getpid()));
            let before = descendants().into_iter();
            all.strangers = Some(before.map(|one| (one.id, one.began)).collect());
        }
        all.running += 1;
        Self { leader: None }
    }

    pub fn is_led_by(&mut self, leader: i32) {
        household().leaders.insert(leader);
        self.leader = Some(leader);
    }

    /// Tokio has waited for the program.
    pub fn over(mut self) {
        if let Some(leader) = self.leader.take() {
            household().leaders.remove(&leader);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut all = household();
        all.running -= 1;
        if all.running > 0 {
            return;
        }
        // What else touchdown starts, as the SDK does for a `credential_process`, stays in its own group.
        let ours = getpgrp().as_raw_pid();
        let _ = (0..SWEEPS).find(|_| all.sweep(|process| process.group == ours));
    }
}

impl Household {
    /// Kills every descendant but strangers, those that are spared, and who descends from either; tells whether
    /// none ran any more.
    fn sweep(&self, is_spared: impl Fn(&Process) -> bool) -> bool {
        let Some(strangers) = &self.strangers else {
            return true;
        };
        let mut none_left = true;
        let mut spared = BTreeSet::new();
        // Parents come before their children.
        for process in descendants() {
            let is_stranger = strangers.contains(&(process.id, process.began));
            if is_stranger || is_spared(&process) || spared.contains(&process.parent) {
                spared.insert(process.id);
                continue;
            }
            none_left &= !process.kill();
            if !self.leaders.contains(&process.id) {
                process.bury();
            }
        }
        none_left
    }
}

/// Ends every process that descends from this one, but for those that it had before it ran its first program. It is
/// for the end of touchdown, when nobody waits for a program any more, and it blocks until they are gone.
pub fn end_programs() {
    let all = household();
    let began = Instant::now();
    while !all.sweep(|_| false) && began.elapsed() < PATIENCE {
        std::thread::sleep(PAUSE);
    }
}
