//! Task sets: what CodeDeploy and external controllers deploy, in the place of deployments.

use serde_json::{Value, json};

use super::{
    super::{ApiError, output},
    deployment_shape::Counts,
    placement::Placement,
    service_shape::network_configuration,
};
use crate::{
    identity,
    scenario::format::Controller,
    time::epoch_seconds,
    world::{World, service::Deployment, task::Task},
};

/// The task sets of a service that are still there, newest first.
pub(super) fn task_sets(world: &World, position: usize) -> Vec<Value> {
    let deployments = &world.services[position].deployments;
    let listed = deployments.iter().enumerate().rev();
    listed
        .filter(|(_, deployment)| deployment.retired_at.is_none())
        .map(|(number, deployment)| task_set(world, (position, number), deployment))
        .collect()
}

fn task_set(world: &World, (position, number): (usize, usize), deployment: &Deployment) -> Value {
    let service = &world.services[position];
    let controller = world.controller(service);
    let counts = Counts::of(world, position, number);
    let status = status(world, position, number);
    let scale = if status == "DRAINING" { 0 } else { 100 };
    let desired = if status == "DRAINING" {
        0
    } else {
        service.desired as usize
    };
    let is_steady = |task: &&Task| task.is_steady(world.now);
    let steady = world.tasks_of(position, number).filter(is_steady).count();
    let is_stable = counts.running == desired && counts.pending == 0 && steady == desired;
    let id = deployment.id();
    let rest = format!("{}/{}/{id}", world.document.cluster, service.name);
    let mut shape = json!({
        "id": id,
        "taskSetArn": world.ecs_arn("task-set", &rest),
        "serviceArn": world.service_arn(&service.name),
        "clusterArn": world.cluster_arn(),
        "status": status,
        "taskDefinition": world.task_definition_arn(&deployment.definition),
        "computedDesiredCount": desired,
        "pendingCount": counts.pending,
        "runningCount": counts.running,
        "createdAt": epoch_seconds(deployment.created_at),
        "updatedAt": epoch_seconds(deployment.updated_at),
        "networkConfiguration": network_configuration(world),
        "loadBalancers": [],
        "serviceRegistries": [],
        "scale": { "value": f64::from(scale), "unit": "PERCENT" },
        "stabilityStatus": if is_stable { "STEADY_STATE" } else { "STABILIZING" },
        "stabilityStatusAt": epoch_seconds(stable_since(world, (position, number), deployment)),
        "tags": [],
    });
    if controller == Controller::CodeDeploy {
        let deployment_id = identity::base62(&[&deployment.number, "codedeploy"], 9);
        shape["startedBy"] = controller.text().into();
        shape["externalId"] = format!("d-{}", deployment_id.to_uppercase()).into();
    }
    let group = world.group_of_deployment(position, number);
    if let (Some(balancer), Some(group)) = (world.load_balancer(service), group) {
        shape["loadBalancers"] = json!([{
            "targetGroupArn": world.target_group_arn(group),
            "containerName": balancer.container,
            "containerPort": balancer.port,
        }]);
    }
    let placement = output(&Placement::of(world, service, "1.4.0"));
    if let (Some(fields), Ok(Value::Object(placement))) = (shape.as_object_mut(), placement) {
        fields.extend(placement);
    }
    shape
}

/// PRIMARY serves production traffic; DRAINING is being stopped.
fn status(world: &World, position: usize, number: usize) -> &'static str {
    let mut tasks = world.tasks_of(position, number);
    if number == world.serving(position) {
        "PRIMARY"
    } else if number < world.serving(position) && tasks.all(|task| !task.is_wanted()) {
        "DRAINING"
    } else {
        "ACTIVE"
    }
}

/// When the last of its tasks came to be steady, or it was last changed.
fn stable_since(
    world: &World,
    (position, number): (usize, usize),
    deployment: &Deployment,
) -> jiff::Timestamp {
    let tasks = world.tasks_of(position, number);
    let steady = tasks.map(|task| task.life.steady);
    let past = steady.filter(|at| *at <= world.now);
    past.max().unwrap_or(deployment.created_at)
}

/// What UpdateService may not change where another controller deploys.
pub(super) fn refuse_deployment(
    controller: Controller,
    with_task_definition: bool,
    forced: bool,
) -> Result<(), ApiError> {
    let what = match controller {
        Controller::Ecs => return Ok(()),
        _ if with_task_definition => "update task definition",
        _ if forced => "force a new deployment",
        _ => return Ok(()),
    };
    let name = controller.text();
    let instead = match controller {
        Controller::CodeDeploy => " Use AWS CodeDeploy to trigger a new deployment.",
        _ => "",
    };
    Err(ApiError::invalid_parameter(format!(
        "Unable to {what} on services with a {name} deployment controller.{instead}"
    )))
}
