//! The course of a rollout, from what a round has read of a service for its checks anyway.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::picture::Picture;
use crate::contract::{
    DeploymentCourse, Push, Rollout, Step, Target, TaskCounts, TaskCourse, last_segment,
};
use crate::diagnosis::{Troubles, reasons};
use crate::reads::{Reads, Task};

/// What a round shows of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// What has happened by then.
    pub course: Rollout,
    /// How far the judged deployment's tasks are.
    pub counts: TaskCounts,
}

impl Glimpse {
    /// What this round has read of the target already; none where no check of it has read its
    /// tasks. It costs no call.
    #[must_use]
    pub fn of_round(target: &Target, reads: &Reads) -> Option<Self> {
        let scope = target.scope();
        let picture = Picture {
            service: reads.known_service(scope, &target.service)?,
            tasks: reads.known_tasks(scope, &target.service)?,
            troubles: Troubles::default(),
        };
        Some(Self {
            course: course(target, &picture),
            counts: counts(target, &picture),
        })
    }
}

/// The pushes of the images that should run in the judged containers, as far as they are known
/// by now.
#[must_use]
pub fn pushes(target: &Target) -> Vec<Push> {
    let expected = target.known_expected();
    let pushed = expected.filter_map(|(_, one)| Some((one.pushed_at()?, one.image.to_string())));
    let pushed: BTreeSet<_> = pushed.collect();
    pushed
        .into_iter()
        .map(|(at, image)| Push { image, at })
        .collect()
}

fn course(target: &Target, picture: &Picture) -> Rollout {
    let tasks = &picture.tasks;
    let of_task = |task| of_task(target, task, tasks.at);
    let mut rollout = Rollout::default();
    rollout.advance(Rollout {
        pushes: pushes(target),
        deployments: deployments(target, picture),
        tasks: tasks.value.iter().map(of_task).collect(),
        omitted_tasks: 0,
    });
    rollout
}

/// The deployments that the service lists, the judged one in any case, and those that only
/// their tasks tell of any more.
fn deployments(target: &Target, picture: &Picture) -> Vec<DeploymentCourse> {
    let judged = &target.deployment;
    let listed = picture.service.value.deployments.iter();
    let listed = listed.map(|one| (&one.id, &one.task_definition, one.created_at));
    let itself = (&judged.id, &judged.task_definition, judged.created_at);
    let started = picture.tasks.value.iter();
    let started = started.filter(|task| !task.started_by.is_empty());
    let started = started.map(|task| (&task.started_by, &task.task_definition, None));
    let mut by_id = BTreeMap::new();
    for (id, task_definition, created_at) in listed.chain([itself]).chain(started) {
        by_id.entry(id).or_insert_with(|| DeploymentCourse {
            id: id.clone(),
            task_definition: last_segment(task_definition).to_owned(),
            judged: *id == judged.id,
            created_at,
        });
    }
    by_id.into_values().collect()
}

/// A task as it was seen at `at`.
fn of_task(target: &Target, task: &Task, at: Timestamp) -> TaskCourse {
    let healthy = is_healthy(task).then_some(at);
    let steps = [
        (Step::Created, task.created_at),
        (Step::PullStarted, task.pull_started_at),
        (Step::Pulled, task.pulled_at),
        (Step::Started, task.started_at),
        (Step::Healthy, healthy),
        (Step::Stopping, task.stopping_at),
        (Step::Ended, task.execution_stopped_at),
        (Step::Stopped, task.stopped_at),
    ];
    TaskCourse {
        id: task.id.clone(),
        deployment: task.started_by.clone(),
        judged: task.started_by == target.deployment.id,
        last_status: task.last_status.clone(),
        steps: steps
            .into_iter()
            .filter_map(|(step, at)| Some((step, at?)))
            .collect(),
        stopped_reason: reasons(task),
    }
}

fn is_healthy(task: &Task) -> bool {
    task.health.as_deref() == Some("HEALTHY")
}

fn counts(target: &Target, picture: &Picture) -> TaskCounts {
    let staying = || picture.staying(target);
    // UNKNOWN is what a task without a health check is, too.
    let tells = |task: &Task| is_healthy(task) || task.health.as_deref() == Some("UNHEALTHY");
    let healthy = staying().filter(|task| is_healthy(task));
    TaskCounts {
        desired: picture.desired(target),
        started: staying().count(),
        healthy: picture.judged(target).any(tells).then(|| healthy.count()),
        old: picture.lingering(target).count(),
    }
}

#[cfg(test)]
mod tests;
