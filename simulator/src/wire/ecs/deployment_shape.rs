//! The deployments of a service, and its revisions, as DescribeServices shows them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{super::seconds, placement::Placement, service_shape::network_configuration};
use crate::world::{World, service::Deployment, service::Service, task::Task};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentShape {
    id: String,
    status: &'static str,
    task_definition: String,
    desired_count: usize,
    pub(super) pending_count: usize,
    pub(super) running_count: usize,
    failed_tasks: u32,
    #[serde(serialize_with = "seconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "seconds")]
    updated_at: Timestamp,
    #[serde(flatten)]
    placement: Placement,
    network_configuration: Value,
    rollout_state: &'static str,
    rollout_state_reason: String,
}

/// How many tasks run and wait.
pub(super) struct Counts {
    wanted: usize,
    pub running: usize,
    pub pending: usize,
}

impl Counts {
    /// Of one deployment.
    pub(super) fn of(world: &World, service: usize, deployment: usize) -> Self {
        let count = |counts: &dyn Fn(&Task) -> bool| {
            world
                .tasks_of(service, deployment)
                .filter(|task| counts(task))
                .count()
        };
        Self {
            wanted: count(&Task::is_wanted),
            running: count(&|task| task.counts_as_running(world.now)),
            pending: count(&|task| task.counts_as_pending(world.now)),
        }
    }
}

/// The deployments that are still in the list, newest first.
pub(super) fn deployments(world: &World, position: usize) -> Vec<DeploymentShape> {
    let service = &world.services[position];
    let listed = service
        .deployments
        .iter()
        .enumerate()
        .filter(|(_, deployment)| deployment.retired_at.is_none());
    let mut shapes: Vec<DeploymentShape> = listed
        .map(|(number, deployment)| {
            let counts = Counts::of(world, position, number);
            let is_primary = number == service.primary();
            let (rollout_state, rollout_state_reason) = rollout(service, deployment);
            DeploymentShape {
                id: deployment.id(),
                status: if is_primary { "PRIMARY" } else { "ACTIVE" },
                task_definition: world.task_definition_arn(&deployment.definition),
                desired_count: if is_primary {
                    service.desired as usize
                } else {
                    counts.wanted
                },
                pending_count: counts.pending,
                running_count: counts.running,
                failed_tasks: deployment.failed_tasks,
                created_at: deployment.created_at,
                updated_at: deployment.updated_at,
                placement: Placement::of(world, service, "1.4.0"),
                network_configuration: network_configuration(world),
                rollout_state,
                rollout_state_reason,
            }
        })
        .collect();
    shapes.reverse();
    shapes
}

fn rollout(service: &Service, deployment: &Deployment) -> (&'static str, String) {
    let id = deployment.id();
    let breaker = "ECS deployment circuit breaker";
    match (
        deployment.completed_at,
        deployment.failed_at,
        deployment.rollback,
    ) {
        (Some(_), ..) => ("COMPLETED", format!("ECS deployment {id} completed.")),
        (None, Some(_), _) => ("FAILED", format!("{breaker}: tasks failed to start.")),
        (None, None, Some(rollback)) => {
            let to = service.deployments[rollback.to].id();
            let reason = format!("{breaker}: rolling back to deploymentId {to}.");
            ("IN_PROGRESS", reason)
        }
        (None, None, None) => ("IN_PROGRESS", format!("ECS deployment {id} in progress.")),
    }
}

/// `currentServiceRevisions`: what is deployed, and what it is replacing.
pub(super) fn revisions(world: &World, position: usize) -> Vec<Value> {
    let service = &world.services[position];
    let listed = (0..service.deployments.len())
        .rev()
        .filter(|number| service.deployments[*number].retired_at.is_none());
    let mut seen: Vec<&str> = Vec::new();
    let mut revisions = Vec::new();
    for number in listed {
        let revision_id = service.deployments[number].revision.as_str();
        // A rollback deploys a revision that may still be there from the deployment it goes back to.
        if !seen.contains(&revision_id) {
            seen.push(revision_id);
            revisions.push(revision(world, position, number));
        }
    }
    revisions
}

/// A service revision with its counts.
pub(super) fn revision(world: &World, position: usize, number: usize) -> Value {
    let service = &world.services[position];
    let revision = &service.deployments[number].revision;
    let of_revision = (0..service.deployments.len())
        .filter(|other| service.deployments[*other].revision == *revision)
        .map(|other| (other, Counts::of(world, position, other)));
    let (mut wanted, mut running, mut pending) = (0, 0, 0);
    for (other, counts) in of_revision {
        let is_primary = other == service.primary();
        wanted += if is_primary {
            service.wanted() as usize
        } else {
            counts.wanted
        };
        running += counts.running;
        pending += counts.pending;
    }
    json!({
        "arn": world.revision_arn(service, &service.deployments[number]),
        "requestedTaskCount": wanted,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    })
}

/// A revision in a service deployment, with its share of the traffic where that is moved.
pub(super) fn revision_with_traffic(world: &World, position: usize, number: usize) -> Value {
    let mut revision = revision(world, position, number);
    let shares = world.shares(position, world.now);
    if !shares.is_empty() {
        let own = shares.iter().find(|(serving, _)| *serving == number);
        revision["requestedProductionTrafficWeight"] = own.map_or(0.0, |(_, share)| *share).into();
    }
    revision
}
