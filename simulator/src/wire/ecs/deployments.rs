//! ListServiceDeployments and DescribeServiceDeployments.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, paged},
    Failure,
    continue_deployment::hook_id,
    deployment_configuration::deployment_configuration,
    deployment_shape::revision_with_traffic,
    need_cluster, need_service, page_size,
};
use crate::{
    identity,
    scenario::format::Controller,
    time::{after_ms, epoch_seconds},
    world::{
        World,
        breaker::threshold,
        service::{Deployment, Service},
    },
};

const ROLLED_BACK: &str =
    "Service deployment rolled back because the circuit breaker threshold was exceeded.";
/// That the reasons of deployments that are not rolled back read so is inferred.
const BROKEN: &str =
    "Service deployment stopped because the circuit breaker threshold was exceeded.";
const REPLACED: &str = "Service deployment was replaced by a newer service deployment.";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    cluster: Option<String>,
    service: String,
    #[serde(default)]
    status: Vec<String>,
    created_at: Option<Window>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

#[derive(Deserialize)]
struct Window {
    before: Option<f64>,
    after: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Describe {
    #[serde(default)]
    service_deployment_arns: Vec<String>,
}

pub(super) fn list(world: &World, asked: &List) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    let service = &world.services[need_service(world, &asked.service)?];
    let matches = |deployment: &&Deployment| {
        let created = epoch_seconds(deployment.created_at);
        let window = asked.created_at.as_ref();
        (asked.status.is_empty()
            || asked
                .status
                .iter()
                .any(|status| status == state(service, deployment).0))
            && window
                .and_then(|window| window.before)
                .is_none_or(|before| created < before)
            && window
                .and_then(|window| window.after)
                .is_none_or(|after| created > after)
    };
    let deployments = service.deployments.iter().rev();
    // What other controllers deploy is no service deployment.
    let own = world.controller(service) == Controller::Ecs;
    let newest_first = deployments
        .filter(|deployment| own && deployment.rollback.is_none())
        .filter(matches);
    let briefs = newest_first
        .map(|deployment| brief(world, service, deployment))
        .collect();
    let (briefs, token) = paged(
        briefs,
        asked.next_token.as_deref(),
        page_size(asked.max_results, 20)?,
    )?;
    let mut listed = json!({ "serviceDeployments": briefs });
    if let Some(token) = token {
        listed["nextToken"] = token.into();
    }
    Ok(listed)
}

/// The deployment that a rollback undoes, whose service deployment goes on through the rollback; any other
/// deployment itself.
pub(super) fn undone_or_self<'a>(
    service: &'a Service,
    deployment: &'a Deployment,
) -> &'a Deployment {
    let rollback = deployment.rollback;
    rollback.map_or(deployment, |rollback| &service.deployments[rollback.of])
}

/// The rollback that a service deployment ended in.
fn rollback<'a>(service: &'a Service, deployment: &Deployment) -> Option<&'a Deployment> {
    let position = service
        .deployments
        .iter()
        .position(|other| other.number == deployment.number)?;
    service.rollback_of(position)
}

/// The status of a service deployment, and why it has it.
fn state(service: &Service, deployment: &Deployment) -> (&'static str, Option<&'static str>) {
    if let Some(rollback) = rollback(service, deployment) {
        return match (rollback.completed_at, rollback.superseded_at) {
            (Some(_), _) => ("ROLLBACK_SUCCESSFUL", Some(ROLLED_BACK)),
            (None, Some(_)) => ("ROLLBACK_FAILED", Some(REPLACED)),
            (None, None) => ("ROLLBACK_IN_PROGRESS", Some(ROLLED_BACK)),
        };
    }
    if deployment.failed_at.is_some() {
        return ("STOPPED", Some(BROKEN));
    }
    match (deployment.completed_at, deployment.superseded_at) {
        (Some(_), _) => ("SUCCESSFUL", None),
        (None, Some(_)) => ("STOPPED", Some(REPLACED)),
        (None, None) => ("IN_PROGRESS", None),
    }
}

/// When the scheduler took it up.
fn started_at(world: &World, deployment: &Deployment) -> Option<Timestamp> {
    let started = after_ms(
        deployment.created_at,
        identity::between(&[&deployment.number, "start"], 900, 2_400),
    );
    (started <= world.now).then_some(started)
}

/// What the list and the description share.
fn brief(world: &World, service: &Service, deployment: &Deployment) -> Value {
    let (status, reason) = state(service, deployment);
    let rollback = rollback(service, deployment);
    let mut brief = json!({
        "serviceDeploymentArn": world.service_deployment_arn(service, deployment),
        "serviceArn": world.service_arn(&service.name),
        "clusterArn": world.cluster_arn(),
        "createdAt": epoch_seconds(deployment.created_at),
        "targetServiceRevisionArn": world.revision_arn(service, deployment),
        "status": status,
    });
    let started = started_at(world, deployment);
    for (name, at) in [
        ("startedAt", started),
        (
            "finishedAt",
            match rollback {
                Some(rollback) => rollback.completed_at.or(rollback.superseded_at),
                None => deployment
                    .completed_at
                    .or(deployment.failed_at)
                    .or(deployment.superseded_at),
            },
        ),
    ] {
        if let Some(at) = at {
            brief[name] = epoch_seconds(at).into();
        }
    }
    if let Some(reason) = reason {
        brief["statusReason"] = reason.into();
    }
    brief
}

/// Every deployment in the account, with its positions.
pub(super) fn all(world: &World) -> impl Iterator<Item = (usize, usize)> {
    let services = world.services.iter().enumerate();
    let own = services.filter(|(_, state)| world.controller(state) == Controller::Ecs);
    own.flat_map(|(service, state)| {
        (0..state.deployments.len())
            .filter(|deployment| state.deployments[*deployment].rollback.is_none())
            .map(move |deployment| (service, deployment))
    })
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    let arn = |(service, deployment): (usize, usize)| {
        let service = &world.services[service];
        world.service_deployment_arn(service, &service.deployments[deployment])
    };
    let (found, failures) = sort_out(world, &asked.service_deployment_arns, arn)?;
    let described: Vec<Value> = found
        .into_iter()
        .map(|(service, number)| service_deployment(world, service, number))
        .collect();
    Ok(json!({ "serviceDeployments": described, "failures": failures }))
}

fn service_deployment(world: &World, position: usize, number: usize) -> Value {
    let service = &world.services[position];
    let deployment = &service.deployments[number];
    let mut described = brief(world, service, deployment);
    if let Some(fields) = described.as_object_mut() {
        fields.remove("targetServiceRevisionArn");
    }
    // What it replaced; once that is gone, it is still named, with no tasks.
    let sources: Vec<Value> = number
        .checked_sub(1)
        .map(|old| revision_with_traffic(world, position, old))
        .into_iter()
        .collect();
    described["updatedAt"] = epoch_seconds(deployment.updated_at).into();
    described["sourceServiceRevisions"] = sources.into();
    described["targetServiceRevision"] = revision_with_traffic(world, position, number);
    described["deploymentConfiguration"] = deployment_configuration(world, service);
    described["deploymentCircuitBreaker"] = circuit_breaker(world, service, deployment);
    if let Some(shift) = &deployment.shift {
        described["lifecycleStage"] = shift.stage.text().into();
    }
    if number == service.primary()
        && let Some(stage) = world.waits_at(position)
    {
        described["lifecycleHookDetails"] = json!([{
            "hookId": hook_id(deployment, stage),
            "targetType": "PAUSE",
            "status": "AWAITING_ACTION",
        }]);
    }
    if let Some(rollback) = rollback(service, deployment) {
        described["rollback"] = json!({
            "reason": ROLLED_BACK,
            "startedAt": epoch_seconds(rollback.created_at),
            "serviceRevisionArn": world.revision_arn(service, rollback),
        });
    }
    described["alarms"] = json!({ "status": "DISABLED" });
    described
}

fn circuit_breaker(world: &World, service: &Service, deployment: &Deployment) -> Value {
    let enabled = world
        .declared(service)
        .is_some_and(|declared| declared.circuit_breaker.is_some());
    let status = match (deployment.failed_at, deployment.completed_at) {
        _ if !enabled => "DISABLED",
        (Some(_), _) => "TRIGGERED",
        (None, Some(_)) => "MONITORING_COMPLETE",
        (None, None) => "MONITORING",
    };
    let threshold = if enabled {
        threshold(service.desired)
    } else {
        0
    };
    let failures = if enabled { deployment.failed_tasks } else { 0 };
    json!({ "status": status, "failureCount": failures, "threshold": threshold })
}

/// Positions of service and deployment, and what was missing.
pub(super) type Sorted = (Vec<(usize, usize)>, Vec<Failure>);

/// Those of the ARNs that name a deployment, and a failure for each that does not.
pub(super) fn sort_out(
    world: &World,
    arns: &[String],
    arn: impl Fn((usize, usize)) -> String,
) -> Result<Sorted, ApiError> {
    if arns.is_empty() || arns.len() > 20 {
        return Err(ApiError::invalid_parameter(
            "Between 1 and 20 ARNs can be described at a time.",
        ));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for asked in arns {
        match all(world).find(|place| arn(*place) == *asked) {
            Some(place) => found.push(place),
            None => failures.push(Failure::missing(asked.clone())),
        }
    }
    Ok((found, failures))
}
