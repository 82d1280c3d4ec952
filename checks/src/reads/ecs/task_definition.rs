//! Task definitions: what each container is meant to run, and where it logs.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;

use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// One revision of a task definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskDefinition {
    /// Its ARN.
    pub arn: String,
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
            .once(arn.to_owned(), Box::pin(self.describe(region, arn)))
            .await?;
        kept().insert(arn.to_owned(), described.clone());
        Ok(described)
    }

    async fn describe(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Arc<TaskDefinition>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        self.connections
            .afford(Bucket::EcsTaskDefinitions, region)
            .await;
        let output = clients
            .ecs
            .describe_task_definition()
            .task_definition(arn)
            .send()
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
            containers: definition
                .container_definitions()
                .iter()
                .map(ContainerDefinition::from)
                .collect(),
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
        }
    }
}
