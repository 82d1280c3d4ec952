//! A program and all that it starts, which end together.

#[cfg(target_os = "linux")]
mod descendants;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod orphans;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

#[cfg(target_os = "linux")]
use descendants::Kin;
#[cfg(not(target_os = "linux"))]
use elsewhere::Kin;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::end_programs;
#[cfg(target_os = "linux")]
pub use orphans::end_programs;

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
    /// None where all of it has ended.
    group: Option<Pid>,
    kin: Kin,
}

impl Family {
    /// Starts a program in a group of its own.
    ///
    /// # Errors
    /// What the system says where it can't be started.
    pub fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        let mark = mark();
        let mut kin = Kin::marked(format!("{MARK}={mark}"));
        let child = command
            .env(MARK, mark)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let group = id.and_then(Pid::from_raw);
        if let Some(leader) = group {
            kin.descend_from(leader);
        }
        Ok((child, Self { group, kin }))
    }

    /// Ends whatever is left of it, and waits until it is gone.
    pub async fn end(&mut self, child: &mut Child) {
        self.end_within(COURTESY, child).await;
    }

    async fn end_within(&mut self, courtesy: Duration, child: &mut Child) {
        if child.id().is_some() {
            // As long as it runs, its descendants are known by it, whatever they did to hide.
            self.kin.look();
            self.signal(Signal::TERM);
            if timeout(courtesy, self.gone(child)).await.is_err() {
                self.signal(Signal::KILL);
                let _ = child.wait().await;
            }
        }
        for _ in 0..SWEEPS {
            if self.kin.kill() {
                break;
            }
            sleep(PAUSE).await;
        }
        self.group = None;
        self.kin.have_ended();
    }

    /// Waits until the program has ended, and all that is left of its group.
    async fn gone(&mut self, child: &mut Child) {
        let _ = child.wait().await;
        while self.kin.run_in_group() {
            sleep(PAUSE).await;
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // Where nobody is left in it, there is no such group any more.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        if self.group.is_none() {
            return;
        }
        self.kin.look();
        self.signal(Signal::KILL);
        // What began between two looks is found by the next; nobody can wait for the rest.
        let _ = (0..SWEEPS).find(|_| self.kin.kill());
    }
}

/// A text that no other process has in its environment.
pub(super) fn mark() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_asked_to_end_may_tidy_up_and_so_may_its_children() {
        let folder = tempfile::tempdir().expect("a folder");
        let child =
            "trap 'echo tidied > told; exit' TERM; echo > begun; while :; do sleep 0.02; done";
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("sh -c \"{child}\"; true")])
            .current_dir(folder.path());
        let (mut program, mut family) = Family::start(&mut command).expect("a shell");
        while !folder.path().join("begun").exists() {
            sleep(PAUSE).await;
        }
        let long = Duration::from_secs(60);
        family.end_within(long, &mut program).await;
        let told = std::fs::read_to_string(folder.path().join("told"));
        assert_eq!(told.ok().as_deref(), Some("tidied\n"));
    }
}
