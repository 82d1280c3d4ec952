//! RegisterTaskDefinition: a new revision of a family, for those who deploy by tag.
//!
//! What the simulated world can act on is kept: images, ports, environment, logs, health checks,
//! platform. Other members of the input are accepted and forgotten.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, task_definitions::shape};
use crate::{
    scenario::{VersionConsistency, format::ReportedDigest},
    world::{
        World,
        log_configuration::Log,
        task_definition::{Container, HealthCheck, TaskDefinition},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Register {
    family: String,
    container_definitions: Vec<ContainerInput>,
    cpu: Option<String>,
    memory: Option<String>,
    runtime_platform: Option<Platform>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Platform {
    cpu_architecture: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerInput {
    name: String,
    image: String,
    essential: Option<bool>,
    #[serde(default)]
    port_mappings: Vec<Port>,
    #[serde(default)]
    environment: Vec<Variable>,
    #[serde(default)]
    secrets: Vec<SecretInput>,
    health_check: Option<CheckInput>,
    log_configuration: Option<LogInput>,
    firelens_configuration: Option<RouterInput>,
    version_consistency: Option<VersionConsistency>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Port {
    container_port: u16,
}

#[derive(Deserialize)]
struct Variable {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecretInput {
    name: String,
    value_from: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckInput {
    command: Vec<String>,
    interval: Option<i64>,
    timeout: Option<i64>,
    retries: Option<u32>,
    start_period: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogInput {
    log_driver: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RouterInput {
    #[serde(rename = "type")]
    kind: String,
}

pub(super) fn register(world: &mut World, asked: Register) -> Result<Value, ApiError> {
    if asked.container_definitions.is_empty() {
        return Err(ApiError::new(
            "ClientException",
            "Container list cannot be empty.",
        ));
    }
    let of_family = world
        .task_definitions
        .iter()
        .filter(|definition| definition.family == asked.family);
    let latest = of_family
        .map(|definition| definition.revision)
        .max()
        .unwrap_or(0);
    let architecture = asked
        .runtime_platform
        .and_then(|platform| platform.cpu_architecture);
    let definition = Arc::new(TaskDefinition {
        family: asked.family,
        revision: latest + 1,
        registered_at: world.now,
        cpu: asked.cpu.unwrap_or_else(|| "256".to_owned()),
        memory: asked.memory.unwrap_or_else(|| "512".to_owned()),
        architecture: architecture.unwrap_or_else(|| "X86_64".to_owned()),
        containers: asked
            .container_definitions
            .into_iter()
            .map(container)
            .collect(),
    });
    world.task_definitions.push(Arc::clone(&definition));
    Ok(json!({ "taskDefinition": shape(world, &definition) }))
}

fn container(asked: ContainerInput) -> Container {
    Container {
        name: asked.name,
        image: asked.image,
        essential: asked.essential.unwrap_or(true),
        port: asked.port_mappings.first().map(|port| port.container_port),
        environment: asked
            .environment
            .into_iter()
            .map(|variable| (variable.name, variable.value))
            .collect(),
        secrets: asked
            .secrets
            .into_iter()
            .map(|secret| (secret.name, secret.value_from))
            .collect(),
        health_check: asked.health_check.map(|check| HealthCheck {
            command: check.command,
            interval: check.interval.unwrap_or(30),
            timeout: check.timeout.unwrap_or(5),
            retries: check.retries.unwrap_or(3),
            start_period: check.start_period.unwrap_or(0),
        }),
        log: asked
            .log_configuration
            .and_then(|log| Log::read(&log.log_driver, |option| log.options.get(option).cloned())),
        firelens: asked.firelens_configuration.map(|router| router.kind),
        version_consistency: asked.version_consistency,
        reports_digest: ReportedDigest::default(),
    }
}
