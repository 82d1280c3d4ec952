//! DescribeTaskDefinition, and the shape of a task definition.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::ApiError;
use crate::{
    time::epoch_seconds,
    world::{
        World,
        task_definition::{Container, TaskDefinition},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Describe {
    task_definition: String,
    #[serde(default)]
    include: Vec<String>,
}

/// A task definition that must be there.
pub(super) fn need(world: &World, name: &str) -> Result<Arc<TaskDefinition>, ApiError> {
    let missing = || ApiError::new("ClientException", "Unable to describe task definition.");
    world.task_definition(name).cloned().ok_or_else(missing)
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    let definition = need(world, &asked.task_definition)?;
    let mut described = json!({ "taskDefinition": shape(world, &definition) });
    if asked.include.iter().any(|include| include == "TAGS") {
        described["tags"] = json!([]);
    }
    Ok(described)
}

pub(super) fn shape(world: &World, definition: &TaskDefinition) -> Value {
    let account = &world.document.account;
    json!({
        "taskDefinitionArn": world.task_definition_arn(definition),
        "containerDefinitions": definition.containers.iter().map(container).collect::<Vec<_>>(),
        "family": definition.family,
        "taskRoleArn": format!("arn:aws:iam::{account}:role/{}-task", definition.family),
        "executionRoleArn": format!("arn:aws:iam::{account}:role/ecsTaskExecutionRole"),
        "networkMode": "awsvpc",
        "revision": definition.revision,
        "volumes": [],
        "status": "ACTIVE",
        "requiresAttributes": [
            { "name": "com.amazonaws.ecs.capability.ecr-auth" },
            { "name": "com.amazonaws.ecs.capability.docker-remote-api.1.18" },
            { "name": "ecs.capability.task-eni" },
        ],
        "placementConstraints": [],
        "compatibilities": ["EC2", "FARGATE"],
        "runtimePlatform": { "cpuArchitecture": definition.architecture, "operatingSystemFamily": "LINUX" },
        "requiresCompatibilities": ["FARGATE"],
        "cpu": definition.cpu,
        "memory": definition.memory,
        "registeredAt": epoch_seconds(definition.registered_at),
        "registeredBy": format!("arn:aws:sts::{account}:assumed-role/deploy/ci"),
    })
}

fn container(container: &Container) -> Value {
    let environment: Vec<Value> = container
        .environment
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let ports: Vec<Value> = container
        .port
        .iter()
        .map(|port| json!({ "containerPort": port, "hostPort": port, "protocol": "tcp" }))
        .collect();
    let mut shape = json!({
        "name": container.name,
        "image": container.image,
        "cpu": 0,
        "portMappings": ports,
        "essential": container.essential,
        "environment": environment,
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
    });
    if !container.secrets.is_empty() {
        let secrets: Vec<Value> = container
            .secrets
            .iter()
            .map(|(name, arn)| json!({ "name": name, "valueFrom": arn }))
            .collect();
        shape["secrets"] = secrets.into();
    }
    if let Some(log) = &container.log {
        let options: Map<String, Value> = log
            .options()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        shape["logConfiguration"] = json!({ "logDriver": log.driver_name(), "options": options });
    }
    if let Some(router) = &container.firelens {
        let options = json!({ "enable-ecs-log-metadata": "true" });
        shape["firelensConfiguration"] = json!({ "type": router, "options": options });
    }
    if let Some(check) = &container.health_check {
        shape["healthCheck"] = json!({
            "command": check.command,
            "interval": check.interval,
            "timeout": check.timeout,
            "retries": check.retries,
        });
        if check.start_period > 0 {
            shape["healthCheck"]["startPeriod"] = check.start_period.into();
        }
    }
    if let Some(consistency) = container.version_consistency {
        let text = if consistency == crate::scenario::VersionConsistency::Disabled {
            "disabled"
        } else {
            "enabled"
        };
        shape["versionConsistency"] = text.into();
    }
    shape
}
