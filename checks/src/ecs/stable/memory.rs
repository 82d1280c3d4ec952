//! What `ecs.stable` remembers from look to look: ECS forgets stopped tasks after about an hour,
//! and a task that stops between two looks may be replaced by the second.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::picture::Picture;
use crate::contract::{Period, Target};
use crate::diagnosis::{given_up, has_failed, is_its_own_doing};
use crate::reads::{Service, Task};

/// What was seen of the judged deployment since the first look, and at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// Its tasks that stopped, but not because it got smaller, by their short ids.
    pub stops: BTreeMap<String, Stop>,
    /// The containers that started anew within their task, in the order in which that was seen.
    pub restarts: Vec<Restart>,
    /// The runtime's id of each container of a task that runs.
    processes: BTreeMap<(String, String), String>,
}

/// A task that stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// When ECS gave it up, or it ended by itself; none as long as nothing tells.
    pub at: Option<Timestamp>,
    /// From its start to then; none where it never ran, or its end is not told.
    pub lived: Option<Period>,
    /// Why, in the words of ECS.
    pub why: String,
    /// Whether it was the task's own doing, and not taken from outside.
    pub own: bool,
    /// When the check saw it first.
    pub seen: When,
}

/// When a check saw something first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It was so at the first look.
    BeforeFirstLook,
    /// An earlier look has seen it.
    Earlier,
    /// No look before this one has.
    SinceLastLook,
}

/// A container that started anew within its task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restart {
    /// The short id of its task.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// Whether no look before this one has seen it.
    pub now: bool,
}

impl Memory {
    /// What is remembered after a look that showed `picture`; `before` it, this was.
    pub fn after(before: Option<&Self>, target: &Target, picture: &Picture) -> Self {
        let mut memory = before.cloned().unwrap_or_default();
        for stop in memory.stops.values_mut() {
            if stop.seen == When::SinceLastLook {
                stop.seen = When::Earlier;
            }
        }
        let seen = match before {
            None => When::BeforeFirstLook,
            Some(_) => When::SinceLastLook,
        };
        for task in picture.judged(target).filter(|task| has_failed(task)) {
            let stop = Stop::of(task, &picture.service.value, seen);
            let known = memory.stops.entry(task.short_id().to_owned());
            let known = known.or_insert_with(|| stop.clone());
            // One that drains has no end yet when it is first seen to stop.
            if known.at.is_none() {
                (known.at, known.lived) = (stop.at, stop.lived);
            }
        }
        memory.follow_processes(target, picture);
        memory
    }

    /// The stops of the tasks' own doing, earliest first.
    pub fn own(&self) -> impl Iterator<Item = &Stop> {
        let mut own: Vec<&Stop> = self.stops.values().filter(|stop| stop.own).collect();
        own.sort_by_key(|stop| stop.at);
        own.into_iter()
    }

    /// A container whose runtime id is another one than before has started anew.
    fn follow_processes(&mut self, target: &Target, picture: &Picture) {
        for restart in &mut self.restarts {
            restart.now = false;
        }
        let mut processes = BTreeMap::new();
        for task in picture.staying(target) {
            for container in &task.containers {
                let Some(id) = &container.runtime_id else {
                    continue;
                };
                let key = (task.short_id().to_owned(), container.name.clone());
                if self.processes.get(&key).is_some_and(|before| before != id) {
                    self.restarts.push(Restart {
                        task: key.0.clone(),
                        container: key.1.clone(),
                        now: true,
                    });
                }
                processes.insert(key, id.clone());
            }
        }
        self.processes = processes;
    }
}

impl Stop {
    fn of(task: &Task, service: &Service, seen: When) -> Self {
        let at = given_up(task, &service.events[..]);
        let lived = at
            .zip(task.started_at)
            .and_then(|(end, start)| std::time::Duration::try_from(end.duration_since(start)).ok());
        Self {
            at,
            lived: lived.map(Period::from),
            why: why(task),
            own: is_its_own_doing(task),
            seen,
        }
    }
}

/// The reason of the task and of its first container that has one, on one line.
fn why(task: &Task) -> String {
    let mut containers = task.containers.iter();
    let of_container = containers.find_map(|container| {
        let reason = container.reason.as_deref()?;
        Some(format!("`{}`: {reason}", container.name))
    });
    let of_task = task.stopped_reason.clone().or(task.stop_code.clone());
    let told: Vec<String> = of_task.into_iter().chain(of_container).collect();
    if told.is_empty() {
        return "no reason told".into();
    }
    let words: Vec<&str> = told
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    words.join(" ")
}
