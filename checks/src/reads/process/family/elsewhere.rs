//! What descends from a program where no process can be found by its mark: its group is all that is known.

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// The descendants of a program, as far as they stay in its group.
#[derive(Debug)]
pub(super) struct Kin(Option<Pid>);

impl Kin {
    pub fn marked(_: String) -> Self {
        Self(None)
    }

    pub fn descend_from(&mut self, leader: Pid) {
        self.0 = Some(leader);
    }

    pub fn look(&mut self) {}

    pub fn run_in_group(&mut self) -> bool {
        self.0
            .is_some_and(|group| test_kill_process_group(group).is_ok())
    }

    /// Kills the group, which can't be told from one that is empty.
    pub fn kill(&mut self) -> bool {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
        true
    }

    pub fn have_ended(&mut self) {
        self.0 = None;
    }
}

/// Ends nothing: whoever left its group can't be told from others.
pub fn end_programs() {}
