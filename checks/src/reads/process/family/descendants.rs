//! What descends from a program, found below `/proc` (proc(5)).

use std::collections::{HashMap, HashSet};
use std::sync::Once;

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid,
};

/// Has the orphans among touchdown's descendants become its children. So they can be told from all other
/// processes, and none of their numbers is given to another before touchdown has waited for them.
pub(super) fn adopt_orphans() {
    static ADOPTING: Once = Once::new();
    // Every Linux since 3.4 can; without it orphans are no descendants, and survive.
    ADOPTING.call_once(|| {
        let _ = set_child_subreaper(Some(getpid()));
    });
}

/// One process, as its `stat` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    id: i32,
    parent: i32,
    group: i32,
    session: i32,
    /// It has ended, and waits for its parent to notice.
    ended: bool,
}

impl Process {
    /// Reads `pid (name) state ppid pgrp session …`; the name may hold anything.
    fn of(stat: &str) -> Option<Self> {
        let (id, _) = stat.split_once(' ')?;
        let (_, rest) = stat.rsplit_once(')')?;
        let mut words = rest.split_ascii_whitespace();
        let state = words.next()?;
        let mut number = || words.next()?.parse().ok();
        Some(Self {
            id: id.parse().ok()?,
            parent: number()?,
            group: number()?,
            session: number()?,
            ended: matches!(state, "Z" | "X"),
        })
    }

    fn belongs_to(&self, group: i32) -> bool {
        self.group == group || self.session == group
    }
}

/// Kills every descendant of the program that leads `group`, by its group, its session, its mark, or its
/// parents, and waits for those that have ended. `killed` are those of earlier calls, whose parents may have ended
/// since. Returns whether there was none.
pub(super) fn kill(group: Pid, marked: &str, killed: &mut HashSet<i32>) -> bool {
    let (us, leader) = (getpid().as_raw_pid(), group.as_raw_pid());
    let below = below(&everything(), us);
    let mut none_left = true;
    // Parents come before their children.
    for process in below.iter().filter(|process| process.id != leader) {
        let is_kin = process.belongs_to(leader)
            || process.parent == leader
            || killed.contains(&process.id)
            || killed.contains(&process.parent)
            || carries(process.id, marked);
        if !is_kin {
            continue;
        }
        killed.insert(process.id);
        let Some(id) = Pid::from_raw(process.id) else {
            continue;
        };
        if !process.ended {
            none_left = false;
            let _ = kill_process(id, Signal::KILL);
        }
        if process.parent == us {
            let _ = waitpid(Some(id), WaitOptions::NOHANG);
        }
    }
    none_left
}

/// Every process that can be seen.
fn everything() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let stat = |entry: std::fs::DirEntry| {
        let id: i32 = entry.file_name().to_str()?.parse().ok()?;
        // A name may be no UTF-8.
        let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
        Process::of(&String::from_utf8_lossy(&stat))
    };
    entries.flatten().filter_map(stat).collect()
}

/// The descendants of a process, parents before their children.
fn below(processes: &[Process], ancestor: i32) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<&Process>> = HashMap::new();
    for process in processes {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found: Vec<Process> = Vec::new();
    let mut next = vec![ancestor];
    while let Some(parent) = next.pop() {
        // Each has one parent, so that none is found twice.
        for child in children.remove(&parent).unwrap_or_default() {
            found.push(*child);
            next.push(child.id);
        }
    }
    found
}

/// Whether the environment that a process began with holds this `NAME=VALUE`.
fn carries(id: i32, variable: &str) -> bool {
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    let mut variables = environment.split(|byte| *byte == 0);
    variables.any(|known| known == variable.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(id: i32, parent: i32) -> Process {
        let stat = format!("{id} (a) b) S {parent} 7 8 0 -1");
        Process::of(&stat).expect("a process")
    }

    #[test]
    fn a_name_may_look_like_what_follows_it() {
        let read = Process::of("12 (x) Z 1 1 1) S 3 4 5 0 -1 4194304");
        let told = Process {
            id: 12,
            parent: 3,
            group: 4,
            session: 5,
            ended: false,
        };
        assert_eq!(read, Some(told));
        assert!(Process::of("13 (sh) Z 3 4 5 0").is_some_and(|process| process.ended));
        assert_eq!(Process::of("13 (sh"), None);
    }

    #[test]
    fn descendants_come_behind_their_parents_and_strangers_not_at_all() {
        let all = [
            process(9, 8),
            process(8, 5),
            process(5, 2),
            process(6, 1),
            process(2, 1),
        ];
        let ids: Vec<i32> = below(&all, 2).iter().map(|process| process.id).collect();
        assert_eq!(ids, [5, 8, 9]);
    }
}
