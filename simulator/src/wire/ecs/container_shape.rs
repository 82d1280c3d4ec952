//! A container as DescribeTasks shows it, and its health.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    identity,
    scenario::format::ReportedDigest,
    world::{
        World,
        task::{Pulled, Status, Task},
        task_definition::Container,
    },
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainerShape {
    container_arn: String,
    task_arn: String,
    name: String,
    image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime_id: Option<String>,
    last_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    network_bindings: Vec<Value>,
    network_interfaces: Vec<Value>,
    health_status: &'static str,
    cpu: &'static str,
}

impl ContainerShape {
    pub(super) fn of(world: &World, task: &Task, position: usize, container: &Container) -> Self {
        let now = world.now;
        let pulled = task
            .pulled
            .get(position)
            .filter(|_| task.life.pull_stopped <= now);
        let started = task.has_started(now);
        let ended = task.container_end(position).is_some_and(|end| end <= now);
        let last_status = match (started, ended) {
            (_, true) => "STOPPED",
            (true, false) => "RUNNING",
            (false, false) => "PENDING",
        };
        let interface = json!({
            "attachmentId": identity::uuid(&[&task.id, "attachment"]),
            "privateIpv4Address": task.address.to_string(),
        });
        let provisioned = task.status(now) != Status::Provisioning;
        Self {
            container_arn: world.container_arn(task, &container.name),
            task_arn: world.task_arn(&task.id),
            name: container.name.clone(),
            image: container.image.clone(),
            image_digest: pulled.and_then(|pulled| reported(container, pulled)),
            runtime_id: started.then(|| world.runtime_id(task, container)),
            last_status,
            exit_code: (started && ended).then(|| exit_code(task, position)),
            reason: reason(world, task, position),
            network_bindings: Vec::new(),
            network_interfaces: if provisioned {
                vec![interface]
            } else {
                Vec::new()
            },
            health_status: health(world, task, position, container),
            cpu: "0",
        }
    }
}

fn reported(container: &Container, pulled: &Pulled) -> Option<String> {
    match container.reports_digest {
        ReportedDigest::Index => Some(pulled.digest.clone()),
        ReportedDigest::Platform => Some(pulled.platform_digest.clone()),
        ReportedDigest::None => None,
    }
}

/// Its own exit code if it ended by itself; what is told to stop ends with 0.
fn exit_code(task: &Task, position: usize) -> i32 {
    task.own_end(position).map_or(0, |end| end.code)
}

/// Why it could not be started, or what ended it.
fn reason(world: &World, task: &Task, position: usize) -> Option<String> {
    let failed = task.stop.as_ref().and_then(|stop| {
        let (of, reason) = stop.container_reason.as_ref()?;
        (*of == position).then(|| reason.clone())
    });
    let end = task
        .own_end(position)
        .filter(|end| end.at <= world.now)
        .and_then(|end| end.reason.map(str::to_owned));
    failed.or(end)
}

/// UNKNOWN until its health check has passed, or failed too often. A failed one stays UNHEALTHY.
fn health(world: &World, task: &Task, position: usize, container: &Container) -> &'static str {
    let runs = matches!(
        task.status(world.now),
        Status::Running | Status::Deactivating
    );
    let vitals = task
        .vitals
        .get(position)
        .filter(|_| container.health_check.is_some());
    let Some(vitals) = vitals else {
        return "UNKNOWN";
    };
    // Only what happened before the container ended has happened.
    let end = task.container_end(position);
    let happened = |at: &jiff::Timestamp| *at <= world.now && end.is_none_or(|end| *at < end);
    if vitals.unhealthy.as_ref().is_some_and(happened) {
        "UNHEALTHY"
    } else if runs && vitals.healthy.as_ref().is_some_and(happened) {
        "HEALTHY"
    } else {
        "UNKNOWN"
    }
}

/// The task's health: UNHEALTHY if an essential container is, HEALTHY if all of those are that have a check.
pub(super) fn task_health(world: &World, task: &Task) -> &'static str {
    let containers = task.definition.containers.iter().enumerate();
    let examined: Vec<&str> = containers
        .filter(|(_, container)| container.essential && container.health_check.is_some())
        .map(|(position, container)| health(world, task, position, container))
        .collect();
    if examined.contains(&"UNHEALTHY") {
        "UNHEALTHY"
    } else if !examined.is_empty() && examined.iter().all(|health| *health == "HEALTHY") {
        "HEALTHY"
    } else {
        "UNKNOWN"
    }
}
