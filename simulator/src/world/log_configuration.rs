//! Where a container's lines go: the options of its log driver, and what the driver makes of them.

use serde_json::json;

use super::{World, task::Task, task_definition::Container};
use crate::scenario::format::{Document, LogConfiguration, LogDriver};

/// A log configuration whose lines end in CloudWatch Logs.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub driver: LogDriver,
    pub group: String,
    pub region: String,
    /// Without one, awslogs names the stream after the container's runtime id, as it does on EC2.
    pub prefix: Option<String>,
}

/// A log group is in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogGroup {
    pub region: String,
    pub name: String,
}

impl Log {
    pub(super) fn declared(described: &LogConfiguration, document: &Document) -> Self {
        let region = described.region.as_ref().unwrap_or(&document.region);
        Self {
            driver: described.driver,
            group: described.group.clone(),
            region: region.clone(),
            prefix: described.prefix.clone(),
        }
    }

    /// Reads a task definition's `logConfiguration`. Lines of other drivers, and those that FireLens sends
    /// elsewhere, can be read by nobody here.
    pub(crate) fn read(driver: &str, option: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let (driver, group, region, prefix) = match driver {
            "awslogs" => (
                LogDriver::Awslogs,
                "awslogs-group",
                "awslogs-region",
                "awslogs-stream-prefix",
            ),
            "awsfirelens" if option("Name")?.starts_with("cloudwatch") => (
                LogDriver::Awsfirelens,
                "log_group_name",
                "region",
                "log_stream_prefix",
            ),
            _ => return None,
        };
        Some(Self {
            driver,
            group: option(group)?,
            region: option(region)?,
            prefix: option(prefix),
        })
    }

    /// `logDriver`.
    pub(crate) fn driver_name(&self) -> &'static str {
        match self.driver {
            LogDriver::Awslogs => "awslogs",
            LogDriver::Awsfirelens => "awsfirelens",
        }
    }

    /// `options`, for [`Log::read`] to read again.
    pub(crate) fn options(&self) -> Vec<(&'static str, &str)> {
        let (group, region, prefix) = (&self.group, &self.region, self.prefix.as_deref());
        let (mut options, prefix_option) = match self.driver {
            LogDriver::Awslogs => (
                vec![
                    ("awslogs-group", group.as_str()),
                    ("awslogs-region", region.as_str()),
                ],
                "awslogs-stream-prefix",
            ),
            LogDriver::Awsfirelens => (
                vec![
                    ("Name", "cloudwatch_logs"),
                    ("log_group_name", group.as_str()),
                    ("region", region.as_str()),
                    ("auto_create_group", "true"),
                ],
                "log_stream_prefix",
            ),
        };
        options.extend(prefix.map(|prefix| (prefix_option, prefix)));
        options
    }

    /// Whether the lines go to a group.
    pub(super) fn goes_to(&self, group: &LogGroup) -> bool {
        self.group == group.name && self.region == group.region
    }

    /// The stream of a container of a task.
    pub(super) fn stream(&self, world: &World, task: &Task, container: &Container) -> String {
        let (name, prefix) = (&container.name, self.prefix.as_deref());
        match (self.driver, prefix) {
            (LogDriver::Awslogs, Some(prefix)) => format!("{prefix}/{name}/{}", task.id),
            (LogDriver::Awslogs, None) => world.runtime_id(task, container),
            (LogDriver::Awsfirelens, prefix) => {
                format!("{}{name}-firelens-{}", prefix.unwrap_or_default(), task.id)
            }
        }
    }

    /// A line as it arrives. FireLens wraps it, and tells where it comes from.
    pub(super) fn message(
        &self,
        world: &World,
        task: &Task,
        container: &Container,
        line: String,
    ) -> String {
        match self.driver {
            LogDriver::Awslogs => line,
            LogDriver::Awsfirelens => json!({
                "container_id": world.runtime_id(task, container),
                "container_name": container.name,
                "source": "stdout",
                "log": line,
                "ecs_cluster": world.document.cluster,
                "ecs_task_arn": world.task_arn(&task.id),
                "ecs_task_definition": task.definition.name(),
            })
            .to_string(),
        }
    }
}
