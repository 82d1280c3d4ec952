//! What a plug-in is given: its check's fields, and what is known of the target.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::contract::{Attempt, Target, Unobserved, rfc3339};
use crate::ecs::Picture;
use crate::reads::{Container, Reads, Task, TaskDefinition};

use super::PROTOCOL;

/// The document that a plug-in reads.
pub(super) fn document(kind: &str, fields: &Value, attempt: &Attempt, target: Value) -> Value {
    let times = &attempt.times;
    json!({
        "protocol": PROTOCOL,
        "kind": kind,
        "check": fields,
        "now": rfc3339::text(times.now),
        "run_started": rfc3339::text(times.run_started),
        "timeout_ms": u64::try_from(times.limit.as_millis()).unwrap_or(u64::MAX),
        "target": target,
    })
}

/// Looks at the target as far as a plug-in is told of it.
pub(super) async fn target(target: &Target, reads: &Reads) -> Result<Value, Unobserved> {
    let picture = Picture::observe(target, reads).await?;
    let revision = &target.deployment.task_definition;
    let definition = reads.task_definition(&target.region, revision).await?;
    Ok(told(target, &picture, &definition.value))
}

/// The target as one document.
fn told(target: &Target, picture: &Picture, definition: &Arc<TaskDefinition>) -> Value {
    let balancing = &picture.service.value.load_balancers;
    let of_deployment = picture
        .deployment(target)
        .map(|judged| &judged.load_balancers);
    let balancing = balancing.iter().chain(of_deployment.into_iter().flatten());
    let mut groups: Vec<&str> = balancing
        .filter_map(|balancing| balancing.target_group.as_deref())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    let judged = &target.deployment;
    let containers = definition.containers.iter().map(|container| {
        json!({ "name": container.name, "image": container.image, "essential": container.essential })
    });
    let tasks = picture.tasks.value.iter();
    json!({
        "name": target.spec.name,
        "region": target.region,
        "cluster": target.cluster,
        "service": target.service,
        "service_arn": target.service_arn,
        "deployment": {
            "id": judged.id,
            "task_definition": judged.task_definition,
            "created_at": judged.created_at.map(rfc3339::text),
        },
        "desired": picture.desired(target),
        "tasks": tasks.map(|task| of_task(task, &judged.id)).collect::<Vec<_>>(),
        "expected_image": target.spec.image.as_ref().map(ToString::to_string),
        "containers": containers.collect::<Vec<_>>(),
        "target_groups": groups,
    })
}

fn of_task(task: &Task, judged: &str) -> Value {
    json!({
        "id": task.id,
        "arn": task.arn,
        "of_judged_deployment": task.started_by == judged,
        "deployment": task.started_by,
        "task_definition": task.task_definition,
        "last_status": task.last_status,
        "desired_status": task.desired_status,
        "health": task.health,
        "address": task.address,
        "ipv6_address": task.ipv6_address,
        "created_at": task.created_at.map(rfc3339::text),
        "started_at": task.started_at.map(rfc3339::text),
        "containers": task.containers.iter().map(of_container).collect::<Vec<_>>(),
    })
}

fn of_container(container: &Container) -> Value {
    json!({
        "name": container.name,
        "image": container.image,
        "digest": container.digest,
        "last_status": container.last_status,
        "health": container.health,
    })
}
