//! Where the containers of a task log: group, region and stream, from the task definition.

use std::collections::BTreeMap;

use crate::contract::Unobserved;
use crate::reads::{ContainerDefinition, Task};

/// The log stream of one container of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    pub region: String,
    pub group: String,
    pub name: String,
    pub task: String,
    pub container: String,
}

/// How a container's stream is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub region: String,
    pub group: String,
    naming: Naming,
    /// Whether the driver drops lines under pressure, so that absence is weak evidence.
    pub may_drop: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Naming {
    /// `prefix/container/task-id`.
    Prefix(String),
    /// The container runtime's id, on EC2 without a prefix.
    RuntimeId,
    /// `<prefix><container>-firelens-<task-id>`.
    FireLens(String),
    /// One name for all.
    Fixed(String),
}

impl Destination {
    /// Reads where a container logs.
    ///
    /// # Errors
    /// Lasting where its lines don't go to CloudWatch Logs.
    pub fn of(container: &ContainerDefinition, region: &str) -> Result<Self, Unobserved> {
        let name = &container.name;
        let Some(log) = &container.log else {
            return Err(Unobserved::lasting(format!(
                "container `{name}` has no logConfiguration, so its lines can't be read"
            ))
            .hint("Give it the awslogs driver, or name another container with `container:`."));
        };
        let option = |key: &str| {
            log.options
                .get(key)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        match log.driver.as_str() {
            "awslogs" => Self::awslogs(name, region, option),
            "awsfirelens" => Self::firelens(name, region, &log.options),
            driver => Err(Unobserved::lasting(format!(
                "container `{name}` logs with the driver `{driver}`, which CloudWatch Logs can't be asked about"
            ))
            .hint("Name a container that logs with awslogs with `container:`.")),
        }
    }

    fn awslogs(
        name: &str,
        region: &str,
        option: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Unobserved> {
        let group = option("awslogs-group").ok_or_else(|| {
            Unobserved::lasting(format!(
                "the awslogs driver of container `{name}` names no `awslogs-group`"
            ))
        })?;
        Ok(Self {
            region: option("awslogs-region").unwrap_or_else(|| region.to_owned()),
            group,
            naming: option("awslogs-stream-prefix").map_or(Naming::RuntimeId, Naming::Prefix),
            may_drop: option("mode").as_deref() != Some("blocking"),
        })
    }

    /// The options of Fluent Bit's `cloudwatch_logs` and `cloudwatch` outputs.
    fn firelens(
        name: &str,
        region: &str,
        options: &BTreeMap<String, String>,
    ) -> Result<Self, Unobserved> {
        let option = |wanted: &str| {
            let found = options
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(wanted));
            found
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_empty())
        };
        let output = option("name").unwrap_or_default();
        let naming = option("log_stream_prefix")
            .map(Naming::FireLens)
            .or_else(|| option("log_stream_name").map(Naming::Fixed));
        let (true, Some(group), Some(naming)) = (
            output.starts_with("cloudwatch"),
            option("log_group_name"),
            naming,
        ) else {
            return Err(Unobserved::lasting(format!(
                "container `{name}` logs through FireLens to `{output}`, which can't be read here"
            ))
            .hint("Its lines can be read where FireLens writes to CloudWatch Logs with a log_stream_prefix."));
        };
        Ok(Self {
            region: option("region").unwrap_or_else(|| region.to_owned()),
            group,
            naming,
            may_drop: true,
        })
    }

    /// The stream of one task's container; none while it can't be known yet.
    pub fn stream(&self, task: &Task, container: &str) -> Option<Stream> {
        let name = match &self.naming {
            Naming::Prefix(prefix) => format!("{prefix}/{container}/{}", task.id),
            Naming::RuntimeId => task.container(container)?.runtime_id.clone()?,
            Naming::FireLens(prefix) => format!("{prefix}{container}-firelens-{}", task.id),
            Naming::Fixed(name) => name.clone(),
        };
        Some(Stream {
            region: self.region.clone(),
            group: self.group.clone(),
            name,
            task: task.id.clone(),
            container: container.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::{Container, LogConfiguration};

    fn container(driver: &str, options: &[(&str, &str)]) -> ContainerDefinition {
        let options = options
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        ContainerDefinition {
            name: "app".into(),
            log: Some(LogConfiguration {
                driver: driver.into(),
                options,
            }),
            ..ContainerDefinition::default()
        }
    }

    fn stream(driver: &str, options: &[(&str, &str)]) -> (String, String, String) {
        let task = Task {
            id: "0123".into(),
            containers: vec![Container {
                name: "app".into(),
                runtime_id: Some("docker-id".into()),
                ..Container::default()
            }],
            ..Task::default()
        };
        let found =
            Destination::of(&container(driver, options), "us-east-1").expect("a destination");
        let stream = found.stream(&task, "app").expect("a stream");
        (stream.region, stream.group, stream.name)
    }

    #[test]
    fn awslogs_names_region_group_and_stream() {
        let group = ("awslogs-group", "/ecs/app");
        let elsewhere = ("awslogs-region", "eu-west-1");
        assert_eq!(
            stream(
                "awslogs",
                &[group, elsewhere, ("awslogs-stream-prefix", "ecs")]
            ),
            ("eu-west-1".into(), "/ecs/app".into(), "ecs/app/0123".into())
        );
        assert_eq!(
            stream("awslogs", &[group]),
            ("us-east-1".into(), "/ecs/app".into(), "docker-id".into())
        );
    }

    #[test]
    fn firelens_puts_the_prefix_straight_before_the_container() {
        let options = [
            ("Name", "cloudwatch"),
            ("log_group_name", "/fl"),
            ("log_stream_prefix", "web-"),
        ];
        assert_eq!(stream("awsfirelens", &options).2, "web-app-firelens-0123");
    }

    #[test]
    fn what_goes_elsewhere_cannot_be_read() {
        for unread in [
            container("splunk", &[]),
            container("awsfirelens", &[("Name", "s3")]),
            container("awslogs", &[]),
        ] {
            assert!(
                Destination::of(&unread, "us-east-1")
                    .expect_err("unreadable")
                    .lasting
            );
        }
    }
}
