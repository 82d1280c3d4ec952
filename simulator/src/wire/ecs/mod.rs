//! ECS: which handler answers which operation.

mod clusters;
mod container_shape;
mod continue_deployment;
mod deployment_configuration;
mod deployment_shape;
mod deployments;
mod placement;
mod register;
mod revisions;
mod service_shape;
mod services;
mod task_definitions;
mod task_sets;
mod task_shape;
mod tasks;

use serde::Serialize;
use serde_json::Value;

use super::{ApiError, Asked};
use crate::world::World;

/// Answers an operation of ECS.
pub(super) fn answer(
    world: &mut World,
    operation: &str,
    asked: &Asked<'_>,
) -> Result<Value, ApiError> {
    match operation {
        "ListClusters" => clusters::list(world, &asked.input()?),
        "DescribeClusters" => clusters::describe(world, &asked.input()?),
        "ListServices" => services::list(world, &asked.input()?),
        "DescribeServices" => services::describe(world, &asked.input()?),
        "UpdateService" => services::update(world, &asked.input()?),
        "ListTasks" => tasks::list(world, &asked.input()?),
        "DescribeTasks" => tasks::describe(world, &asked.input()?),
        "StopTask" => tasks::stop(world, &asked.input()?),
        "DescribeTaskDefinition" => task_definitions::describe(world, &asked.input()?),
        "RegisterTaskDefinition" => register::register(world, asked.input()?),
        "ListServiceDeployments" => deployments::list(world, &asked.input()?),
        "DescribeServiceDeployments" => deployments::describe(world, &asked.input()?),
        "ContinueServiceDeployment" => continue_deployment::go_on(world, &asked.input()?),
        "DescribeServiceRevisions" => revisions::describe(world, &asked.input()?),
        _ => Err(ApiError::unknown_operation()),
    }
}

/// Something asked for by name that is not there: HTTP 200 all the same.
#[derive(Debug, Serialize)]
struct Failure {
    arn: String,
    reason: &'static str,
}

impl Failure {
    fn missing(arn: String) -> Self {
        Self {
            arn,
            reason: "MISSING",
        }
    }
}

/// Whether a name or ARN means the cluster; none means the cluster `default`.
fn is_cluster(world: &World, name: Option<&str>) -> bool {
    let name = name.unwrap_or("default");
    name == world.document.cluster || name == world.cluster_arn()
}

/// Every operation within a cluster begins with this.
fn need_cluster(world: &World, name: Option<&str>) -> Result<(), ApiError> {
    match is_cluster(world, name) {
        true => Ok(()),
        false => Err(ApiError::new(
            "ClusterNotFoundException",
            "Cluster not found.",
        )),
    }
}

/// The position of a service, by name or ARN.
fn service(world: &World, name: &str) -> Option<usize> {
    world
        .services
        .iter()
        .position(|service| service.name == name || world.service_arn(&service.name) == name)
}

/// The same, for operations that refuse.
fn need_service(world: &World, name: &str) -> Result<usize, ApiError> {
    service(world, name)
        .ok_or_else(|| ApiError::new("ServiceNotFoundException", "Service not found."))
}

/// How many to a page: ECS defaults to 100 or less, and never gives more.
fn page_size(asked: Option<i64>, default: usize) -> Result<usize, ApiError> {
    match asked {
        None => Ok(default),
        Some(size @ 1..=100) => Ok(usize::try_from(size).unwrap_or(default)),
        Some(_) => Err(ApiError::invalid_parameter(
            "maxResults must be between 1 and 100.",
        )),
    }
}
