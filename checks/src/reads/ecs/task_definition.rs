//! Task definitions: what each container is meant to run, and where it logs.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use jiff::Timestamp;

use super::{Scope, timestamp};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// One revision of a task definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskDefinition {
    /// Its ARN.
    pub arn: String,
    /// The platform its images must offer, as image platforms name it: `linux/amd64`. ECS takes
    /// that one where the task definition has no `runtimePlatform`.
    pub platform: String,
    /// Its network mode: `awsvpc`, `bridge`, `host` or `none`.
    pub network_mode: Option<String>,
    /// The memory of the whole task, in MiB.
    pub memory: Option<u64>,
    /// When it was registered.
    pub registered_at: Option<Timestamp>,
    /// Its containers.
    pub containers: Vec<ContainerDefinition>,
}

/// A container as its task definition describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerDefinition {
    /// Its name.
    pub name: String,
    /// Its image, as written.
    pub image: String,
    /// Whether the task stops with it.
    pub essential: bool,
    /// Where its output goes.
    pub log: Option<LogConfiguration>,
    /// The memory that ends it where it takes more, in MiB; none where only the task's counts.
    pub memory: Option<u64>,
    /// The command that ECS runs inside it to see whether it is healthy.
    pub health_check: Option<HealthCheck>,
    /// The ports it listens on.
    pub ports: Vec<u16>,
    /// Whether it routes the logs of the others (FireLens).
    pub routes_logs: bool,
    /// Whether its digest is kept for the whole deployment: `enabled` (the default) or
    /// `disabled`.
    pub version_consistency: Option<String>,
}

/// A container's health check, with AWS's defaults filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// `CMD-SHELL` and a line, or `CMD` and its words.
    pub command: Vec<String>,
    /// The seconds between two runs.
    pub interval: u32,
    /// The seconds that one run may take.
    pub timeout: u32,
    /// How many runs in a row must fail.
    pub retries: u32,
    /// The seconds after the start in which failures don't count.
    pub start_period: u32,
}

impl HealthCheck {
    /// The seconds after its start when ECS gives up a container that never was healthy.
    #[must_use]
    pub fn window(&self) -> u64 {
        u64::from(self.start_period) + u64::from(self.interval) * u64::from(self.retries)
    }

    /// Its command as one writes it.
    #[must_use]
    pub fn line(&self) -> String {
        let words = self.command.iter().map(String::as_str);
        let words = words.skip_while(|word| ["CMD", "CMD-SHELL"].contains(word));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Where a container's output goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogConfiguration {
    /// The log driver: `awslogs`, `awsfirelens`, `splunk` …
    pub driver: String,
    /// The driver's options: `awslogs-group` …
    pub options: BTreeMap<String, String>,
}

impl TaskDefinition {
    /// `family:revision`.
    #[must_use]
    pub fn name(&self) -> &str {
        last_segment(&self.arn)
    }

    /// The container of that name.
    #[must_use]
    pub fn container(&self, name: &str) -> Option<&ContainerDefinition> {
        self.containers
            .iter()
            .find(|container| container.name == name)
    }
}

const CALL: &str = "ecs:DescribeTaskDefinition";

impl Reads {
    /// A revision of a task definition. A revision never changes, so it is asked for once
    /// in a run.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails.
    pub async fn task_definition(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Arc<TaskDefinition>>, Unobserved> {
        let kept = || {
            let kept = &self.connections.kept.task_definitions;
            kept.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = kept().get(arn) {
            return Ok(known.clone());
        }
        let described = self
            .round
            .task_definitions
            .once(arn.to_owned(), || Box::pin(self.describe(region, arn)))
            .await?;
        kept().insert(arn.to_owned(), described.clone());
        Ok(described)
    }

    /// Whether this round asks for more services of a cluster than the budget lets task definitions
    /// through at once.
    #[must_use]
    pub fn outnumber_task_definitions(&self, scope: &Scope) -> bool {
        let region = scope.region.as_deref().unwrap_or_default();
        let budget = &self.connections.budget;
        let at_once = budget.allowance(Bucket::EcsTaskDefinitions, region).burst;
        let services = u32::try_from(self.round.services.count(scope)).unwrap_or(u32::MAX);
        f64::from(services) > at_once
    }

    async fn describe(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Arc<TaskDefinition>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let call = clients.ecs.describe_task_definition().task_definition(arn);
        let output = self
            .once_within_budget(Bucket::EcsTaskDefinitions, region, || call.send())
            .await
            .map_err(|error| failed(error, CALL, last_segment(arn)))?;
        let Some(definition) = output.task_definition() else {
            return Err(Unobserved::for_now(format!(
                "{CALL} on {} brought no task definition",
                last_segment(arn)
            )));
        };
        let definition = Arc::new(TaskDefinition::from(definition));
        Ok(self.seen(CALL, arn, output.request_id(), definition))
    }
}

impl From<&sdk::TaskDefinition> for TaskDefinition {
    fn from(definition: &sdk::TaskDefinition) -> Self {
        Self {
            arn: definition
                .task_definition_arn()
                .unwrap_or_default()
                .to_owned(),
            platform: platform(definition.runtime_platform()),
            network_mode: definition
                .network_mode()
                .map(|mode| mode.as_str().to_owned()),
            memory: definition.memory().and_then(|memory| memory.parse().ok()),
            registered_at: timestamp(definition.registered_at()),
            containers: definition
                .container_definitions()
                .iter()
                .map(ContainerDefinition::from)
                .collect(),
        }
    }
}

/// The platform as an image index names it. Windows families have an OS version, which an
/// index tells apart elsewhere.
fn platform(runtime: Option<&sdk::RuntimePlatform>) -> String {
    let architecture = runtime.and_then(|runtime| runtime.cpu_architecture());
    let family = runtime.and_then(|runtime| runtime.operating_system_family());
    let architecture = match architecture.map(sdk::CpuArchitecture::as_str) {
        None | Some("X86_64") => "amd64".to_owned(),
        Some(other) => other.to_lowercase(),
    };
    let windows = family.is_some_and(|family| family.as_str().starts_with("WINDOWS"));
    let os = if windows { "windows" } else { "linux" };
    format!("{os}/{architecture}")
}

impl From<&sdk::HealthCheck> for HealthCheck {
    fn from(check: &sdk::HealthCheck) -> Self {
        let or = |value: Option<i32>, default: u32| {
            value
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(default)
        };
        Self {
            command: check.command().to_vec(),
            interval: or(check.interval(), 30),
            timeout: or(check.timeout(), 5),
            retries: or(check.retries(), 3),
            start_period: or(check.start_period(), 0),
        }
    }
}

impl From<&sdk::ContainerDefinition> for ContainerDefinition {
    fn from(container: &sdk::ContainerDefinition) -> Self {
        let log = container.log_configuration().map(|log| LogConfiguration {
            driver: log.log_driver().as_str().to_owned(),
            options: log
                .options()
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        });
        Self {
            name: container.name().unwrap_or_default().to_owned(),
            image: container.image().unwrap_or_default().to_owned(),
            // Where the parameter is omitted, the container counts as essential.
            essential: container.essential().unwrap_or(true),
            log,
            memory: container
                .memory()
                .and_then(|memory| u64::try_from(memory).ok()),
            health_check: container.health_check().map(HealthCheck::from),
            ports: container
                .port_mappings()
                .iter()
                .filter_map(|mapping| u16::try_from(mapping.container_port()?).ok())
                .collect(),
            routes_logs: container.firelens_configuration().is_some(),
            version_consistency: container
                .version_consistency()
                .map(|consistency| consistency.as_str().to_owned()),
        }
    }
}
