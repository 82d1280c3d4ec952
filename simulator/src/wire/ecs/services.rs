//! ListServices, DescribeServices and UpdateService.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, output, paged},
    Failure, need_cluster, need_service, page_size, service,
    service_shape::ServiceShape,
    task_sets::refuse_deployment,
};
use crate::world::{Change, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    cluster: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
    launch_type: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    cluster: Option<String>,
    service: String,
    task_definition: Option<String>,
    desired_count: Option<i64>,
    #[serde(default)]
    force_new_deployment: bool,
}

pub(super) fn list(world: &World, asked: &List) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    let fargate = asked
        .launch_type
        .as_deref()
        .is_none_or(|launch_type| launch_type == "FARGATE");
    let services = world.services.iter().filter(|_| fargate);
    let arns: Vec<String> = services
        .map(|service| world.service_arn(&service.name))
        .collect();
    let (arns, token) = paged(
        arns,
        asked.next_token.as_deref(),
        page_size(asked.max_results, 10)?,
    )?;
    let mut listed = json!({ "serviceArns": arns });
    if let Some(token) = token {
        listed["nextToken"] = token.into();
    }
    Ok(listed)
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    if asked.services.is_empty() {
        return Err(ApiError::invalid_parameter("Services cannot be empty."));
    }
    if asked.services.len() > 10 {
        return Err(ApiError::invalid_parameter(
            "Only 10 services can be described at a time.",
        ));
    }
    need_cluster(world, asked.cluster.as_deref())?;
    let with_tags = asked.include.iter().any(|include| include == "TAGS");
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for name in &asked.services {
        match service(world, name) {
            Some(found) => services.push(output(&ServiceShape::of(world, found, with_tags))?),
            None if name.starts_with("arn:") => failures.push(Failure::missing(name.clone())),
            None => failures.push(Failure::missing(world.service_arn(name))),
        }
    }
    Ok(json!({ "services": services, "failures": failures }))
}

pub(super) fn update(world: &mut World, asked: &Update) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    let service = need_service(world, &asked.service)?;
    let task_definition = match &asked.task_definition {
        None => None,
        Some(name) => Some(super::task_definitions::need(world, name)?),
    };
    let controller = world.controller(&world.services[service]);
    refuse_deployment(
        controller,
        task_definition.is_some(),
        asked.force_new_deployment,
    )?;
    let desired = match asked.desired_count.map(u32::try_from) {
        None => None,
        Some(Ok(desired)) => Some(desired),
        Some(Err(_)) => {
            return Err(ApiError::invalid_parameter(
                "Desired count can not be negative.",
            ));
        }
    };
    let force_new_deployment = asked.force_new_deployment;
    world.update_service(
        service,
        Change {
            task_definition,
            force_new_deployment,
            desired,
            facts: Vec::new(),
        },
    );
    Ok(json!({ "service": output(&ServiceShape::of(world, service, false))? }))
}
