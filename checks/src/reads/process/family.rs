//! A program and all that it starts, which end together.

#[cfg(target_os = "linux")]
mod descendants;

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The variable that a program's descendants are known by.
const MARK: &str = "TOUCHDOWN_CHECK";

/// How long whoever is asked to end may take to tidy up.
const COURTESY: Duration = Duration::from_millis(100);

/// How often it is looked for descendants that began meanwhile, and the pause between.
const SWEEPS: usize = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// The process group of a program, and what descends from it. Dropped before it has ended, as an interrupted run
/// does, it is killed.
#[derive(Debug)]
pub(super) struct Family {
    group: Option<Pid>,
    mark: String,
    /// The processes that were killed, and may take a moment to end.
    killed: HashSet<i32>,
}

impl Family {
    /// Starts a program in a group of its own.
    ///
    /// # Errors
    /// What the system says where it can't be started.
    pub fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        #[cfg(target_os = "linux")]
        descendants::adopt_orphans();
        let mark = mark();
        let child = command
            .env(MARK, &mark)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let group = id.and_then(Pid::from_raw);
        let family = Self {
            group,
            mark,
            killed: HashSet::new(),
        };
        Ok((child, family))
    }

    /// Ends whatever is left of it, and waits until it is gone.
    pub async fn end(&mut self, child: &mut Child) {
        if child.id().is_some() {
            // As long as it runs, its descendants are known by it, whatever they did to hide.
            self.sweep();
            self.signal(Signal::TERM);
            if timeout(COURTESY, child.wait()).await.is_err() {
                self.signal(Signal::KILL);
                let _ = child.wait().await;
            }
        }
        for _ in 0..SWEEPS {
            if self.sweep() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.group = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // Where nobody is left in it, there is no such group any more.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Kills what descends from the program, and tells whether nothing did.
    #[cfg(target_os = "linux")]
    fn sweep(&mut self) -> bool {
        let marked = format!("{MARK}={}", self.mark);
        let kill = |group| descendants::kill(group, &marked, &mut self.killed);
        self.group.is_none_or(kill)
    }

    /// Elsewhere no process can be found by its mark, and the group is all that is known.
    #[cfg(not(target_os = "linux"))]
    fn sweep(&mut self) -> bool {
        self.signal(Signal::KILL);
        true
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.sweep();
        self.signal(Signal::KILL);
        // What began between two looks is found by the next; nobody can wait for the rest.
        let _ = (0..SWEEPS).find(|_| self.sweep());
    }
}

/// A text that no other process has in its environment.
pub(super) fn mark() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
