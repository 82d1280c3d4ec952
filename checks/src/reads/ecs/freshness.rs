//! Answers that are older than one before: AWS's reads are eventually consistent, so whoever asks
//! twice may be answered by a replica that lags behind the first one.
//!
//! An answer that is provably older than what the run has read before is not judged: it would
//! make a task that runs a task that starts, and a deployment that is superseded the one that
//! is deployed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{Deployment, Scope, Service, Task};
use crate::contract::{Seen, Unobserved};

/// The newest answers of a run, as far as they tell older ones from newer ones.
#[derive(Debug, Default)]
pub(in crate::reads) struct Freshest {
    services: Mutex<HashMap<String, ServiceMark>>,
    tasks: Mutex<HashMap<(Scope, String), TaskMarks>>,
}

#[derive(Debug, Default)]
struct ServiceMark {
    /// The PRIMARY deployment as it was first seen, where each newer deployment takes its place at once.
    primary: Option<Seen<Deployment>>,
    /// When each deployment was last updated.
    updated: HashMap<String, Timestamp>,
    newest_event: Option<Timestamp>,
}

/// What was read of each task that had not stopped, by its ARN.
#[derive(Debug, Default)]
struct TaskMarks(HashMap<String, TaskMark>);

#[derive(Debug)]
struct TaskMark {
    version: i64,
    status: String,
    at: Timestamp,
}

impl Freshest {
    /// Takes in a service, unless an earlier answer was newer.
    pub fn service(&self, seen: &Seen<Service>) -> Result<(), Unobserved> {
        let mut marks = locked(&self.services);
        let mark = marks.entry(seen.value.arn.clone()).or_default();
        match mark.newer_than(&seen.value) {
            Some(why) => Err(older(
                &format!("ecs:DescribeServices on {}", seen.value.name),
                &why,
            )
            .origin(seen.source.clone())),
            None => {
                mark.take_in(seen);
                Ok(())
            }
        }
    }

    /// The PRIMARY deployment of the newest answer about a service, by its ARN, as it was first seen; none
    /// where it wasn't asked for, or where traffic is shifted between deployments.
    pub fn primary(&self, service: &str) -> Option<Seen<Deployment>> {
        locked(&self.services).get(service)?.primary.clone()
    }

    /// Whether a task of a service was there and had not stopped, so that AWS still has to tell of it.
    pub fn awaits(&self, key: &(Scope, String), arn: &str, at: Timestamp) -> bool {
        let marks = locked(&self.tasks);
        let mark = marks.get(key).and_then(|marks| marks.0.get(arn));
        mark.is_some_and(|mark| mark.is_told_at(at))
    }

    /// Takes in the tasks of a service, unless an earlier answer was newer.
    pub fn tasks(
        &self,
        scope: &Scope,
        service: &str,
        seen: &Seen<Vec<Task>>,
    ) -> Result<(), Unobserved> {
        let mut marks = locked(&self.tasks);
        let marks = marks
            .entry((scope.clone(), service.to_owned()))
            .or_default();
        match marks.newer_than(seen) {
            Some(why) => Err(older(
                &format!("ecs:ListTasks or ecs:DescribeTasks on {service}"),
                &why,
            )
            .origin(seen.source.clone())),
            None => {
                marks.take_in(seen);
                Ok(())
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn older(call: &str, why: &str) -> Unobserved {
    Unobserved::for_now(format!(
        "{call} was answered from an older state than before: {why}"
    ))
    .hint("AWS's reads are eventually consistent. touchdown doesn't judge what is older, and looks again.")
}

impl ServiceMark {
    /// Why what was read before is newer, where it is: nothing of this ever goes back.
    fn newer_than(&self, service: &Service) -> Option<String> {
        let primary = service.primary();
        if let (Some(known), Some(primary)) = (&self.primary, primary)
            && service.is_rolling()
            && primary.id != known.value.id
            && primary
                .created_at
                .is_some_and(|at| known.value.created_at > Some(at))
        {
            return Some(format!(
                "PRIMARY is {}, and was {} already",
                primary.id, known.value.id
            ));
        }
        let mut deployments = service.deployments.iter();
        let updated = deployments.find(|deployment| {
            let known = self.updated.get(&deployment.id);
            known.is_some_and(|known| deployment.updated_at.is_some_and(|at| at < *known))
        });
        if let Some(deployment) = updated {
            return Some(format!("{} was updated since then", deployment.id));
        }
        let newest = service.events.iter().filter_map(|event| event.at).max();
        let lacks = self.newest_event > newest && newest.is_some();
        lacks.then(|| "it lacks the newest event".to_owned())
    }

    fn take_in(&mut self, seen: &Seen<Service>) {
        let service = &seen.value;
        let known = self.primary.take();
        let primary = service.primary().filter(|_| service.is_rolling());
        self.primary = primary.map(|primary| {
            let known = known.filter(|known| known.value.id == primary.id);
            known.unwrap_or_else(|| seen.with(primary.clone()))
        });
        let deployments = service.deployments.iter();
        let updated = deployments.filter_map(|one| Some((one.id.clone(), one.updated_at?)));
        self.updated = updated.collect();
        self.newest_event = service.events.iter().filter_map(|event| event.at).max();
    }
}

/// ECS tells of a stopped task for at least an hour.
const TOLD: SignedDuration = SignedDuration::from_mins(50);

/// The life of a task, as ECS documents it: it never goes back.
const LIFE: [&str; 9] = [
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
    "DELETED",
];

fn age(status: &str) -> Option<usize> {
    LIFE.iter().position(|known| *known == status)
}

impl TaskMark {
    fn is_told_at(&self, at: Timestamp) -> bool {
        at.duration_since(self.at) < TOLD
    }
}

impl TaskMarks {
    fn newer_than(&self, seen: &Seen<Vec<Task>>) -> Option<String> {
        for (arn, mark) in &self.0 {
            let Some(task) = seen.value.iter().find(|task| task.arn == *arn) else {
                // What has not stopped can't be forgotten.
                if mark.is_told_at(seen.at) {
                    let id = super::short_task_id(crate::contract::last_segment(arn));
                    return Some(format!("task {id} was {} and is not listed", mark.status));
                }
                continue;
            };
            let older = age(&task.last_status) < age(&mark.status) || task.version < mark.version;
            if older {
                let (id, status) = (task.short_id(), &task.last_status);
                return Some(format!(
                    "task {id} is {status}, and was {} already",
                    mark.status
                ));
            }
        }
        None
    }

    fn take_in(&mut self, seen: &Seen<Vec<Task>>) {
        let lasting = seen.value.iter().filter(|task| !task.is_gone());
        let mark = |task: &Task| TaskMark {
            version: task.version,
            status: task.last_status.clone(),
            at: seen.at,
        };
        self.0 = lasting.map(|task| (task.arn.clone(), mark(task))).collect();
    }
}

#[cfg(test)]
mod tests;
