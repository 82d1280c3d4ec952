//! What descends from a program, found below `/proc` (proc(5)).

use std::collections::{HashMap, HashSet};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};

use super::orphans::Running;

/// One process, as its `stat` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub id: i32,
    pub parent: i32,
    pub group: i32,
    session: i32,
    /// It has ended, and waits for its parent to notice.
    ended: bool,
    /// When it began, in clock ticks since the system did: numbers are given again.
    pub began: u64,
}

impl Process {
    /// Reads `pid (name) state ppid pgrp session …`, of which the 22nd is the start; the name may hold anything.
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
            began: words.nth(15)?.parse().ok()?,
        })
    }

    fn belongs_to(&self, group: i32) -> bool {
        self.group == group || self.session == group
    }

    /// Kills it, and tells whether it ran and could be.
    pub fn kill(&self) -> bool {
        let id = Pid::from_raw(self.id).filter(|_| !self.ended);
        id.is_some_and(|id| kill_process(id, Signal::KILL).is_ok())
    }

    /// Waits for it, if it was left to us and has ended, so that its number becomes free.
    pub fn bury(&self) {
        if self.parent == getpid().as_raw_pid()
            && let Some(id) = Pid::from_raw(self.id)
        {
            let _ = waitpid(Some(id), WaitOptions::NOHANG);
        }
    }
}

/// The descendants of one program: known by its group, its session, its mark, or their parents.
#[derive(Debug)]
pub(super) struct Kin {
    leader: Option<i32>,
    /// `NAME=VALUE`, in the environment that they begin with.
    mark: String,
    /// Those that have been seen, whose parents may have ended since.
    known: HashSet<i32>,
    running: Option<Running>,
}

impl Kin {
    /// Of a program that is about to be started.
    pub fn marked(mark: String) -> Self {
        Self {
            leader: None,
            mark,
            known: HashSet::new(),
            running: Some(Running::begin()),
        }
    }

    pub fn descend_from(&mut self, leader: Pid) {
        let leader = leader.as_raw_pid();
        self.leader = Some(leader);
        if let Some(running) = &mut self.running {
            running.is_led_by(leader);
        }
    }

    /// Learns who they are.
    pub fn look(&mut self) {
        self.seen();
    }

    /// Whether one of them runs that is still in the program's group.
    pub fn run_in_group(&mut self) -> bool {
        let leader = self.leader;
        let mut seen = self.seen().into_iter();
        seen.any(|process| Some(process.group) == leader && !process.ended)
    }

    /// Kills them, and tells whether none ran any more.
    pub fn kill(&mut self) -> bool {
        let mut none_left = true;
        for process in self.seen() {
            none_left &= !process.kill();
            process.bury();
        }
        none_left
    }

    /// The program has ended, and was waited for. Where no other runs, whoever is left is nobody's, and ended.
    pub fn have_ended(&mut self) {
        if let Some(running) = self.running.take() {
            running.over();
        }
    }

    fn seen(&mut self) -> Vec<Process> {
        let Some(leader) = self.leader else {
            return Vec::new();
        };
        let mut seen = descendants();
        // Parents come before their children.
        seen.retain(|process| {
            let is_kin = process.id != leader
                && (process.belongs_to(leader)
                    || process.parent == leader
                    || self.known.contains(&process.id)
                    || self.known.contains(&process.parent)
                    || carries(process.id, &self.mark));
            if is_kin {
                self.known.insert(process.id);
            }
            is_kin
        });
        seen
    }
}

/// Every process that descends from this one, parents before their children.
pub(super) fn descendants() -> Vec<Process> {
    below(&everything(), getpid().as_raw_pid())
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
        let stat = format!("{id} (a) b) S {parent} 7 8 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0");
        Process::of(&stat).expect("a process")
    }

    #[test]
    fn a_name_may_look_like_what_follows_it() {
        let rest = "0 -1 4194304 91 0 0 0 0 0 0 0 20 0 1 0 886 2826240 239";
        let read = Process::of(&format!("12 (x) Z 1 1 1) S 3 4 5 {rest}"));
        let told = Process {
            id: 12,
            parent: 3,
            group: 4,
            session: 5,
            ended: false,
            began: 886,
        };
        assert_eq!(read, Some(told));
        assert!(
            Process::of(&format!("13 (sh) Z 3 4 5 {rest}")).is_some_and(|process| process.ended)
        );
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
