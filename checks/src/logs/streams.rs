//! Where the containers of a task log: group, region and stream, from the task definition.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::contract::{Target, Unobserved};
use crate::ecs::judged_containers;
use crate::reads::{ContainerDefinition, Task, TaskDefinition};

/// The log stream of one container of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    pub region: String,
    pub group: String,
    pub name: String,
    pub task: String,
    pub container: String,
    /// From when on its lines count.
    pub from: Timestamp,
    /// When its task had stopped.
    pub stopped: Option<Timestamp>,
}

/// How a container's stream is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub container: String,
    region: String,
    group: String,
    naming: Naming,
    /// Whether the driver drops lines under pressure, so that absence is weak evidence.
    pub may_drop: bool,
}

/// How a stream's name is made. Each way has the task in it: of a stream that all tasks
/// share nobody can say which deployment wrote a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Naming {
    /// `prefix/container/task-id`.
    Prefix(String),
    /// The container runtime's id, on EC2 without a prefix.
    RuntimeId,
    /// `<prefix><container>-firelens-<task-id>`.
    FireLens(String),
}

/// Where the containers log that a check is about.
#[derive(Debug)]
pub(super) struct Destinations {
    /// At least one.
    pub readable: Vec<Destination>,
    /// Why another one can't be read.
    pub unreadable: Option<Unobserved>,
}

impl Destinations {
    /// Those of the container that a check names, or of every judged one.
    ///
    /// # Errors
    /// Lasting where there is no such container, or none of them can be read.
    pub fn of(
        named: Option<&str>,
        target: &Target,
        definition: &TaskDefinition,
    ) -> Result<Self, Unobserved> {
        let containers = match named {
            Some(name) => vec![
                definition
                    .container(name)
                    .ok_or_else(|| no_container(name, definition))?,
            ],
            None => judged_containers(target, definition)?,
        };
        let mut found = Self {
            readable: Vec::new(),
            unreadable: None,
        };
        for container in containers {
            match Destination::of(container, &target.region) {
                Ok(destination) => found.readable.push(destination),
                Err(unobserved) => found.unreadable = Some(unobserved),
            }
        }
        match found.unreadable {
            Some(unobserved) if found.readable.is_empty() => Err(unobserved),
            _ => Ok(found),
        }
    }
}

fn no_container(name: &str, definition: &TaskDefinition) -> Unobserved {
    let names: Vec<&str> = definition
        .containers
        .iter()
        .map(|container| container.name.as_str())
        .collect();
    Unobserved::lasting(format!("{} has no container `{name}`", definition.name()))
        .hint(format!("Its containers: {}.", names.join(", ")))
}

impl Destination {
    /// Reads where a container logs.
    ///
    /// # Errors
    /// Lasting where its lines don't go to CloudWatch Logs, or not to a stream a task.
    pub fn of(container: &ContainerDefinition, region: &str) -> Result<Self, Unobserved> {
        let name = &container.name;
        let Some(log) = &container.log else {
            return Err(Unobserved::lasting(format!(
                "container `{name}` has no logConfiguration, so its lines can't be read"
            ))
            .hint("Give it the awslogs driver, or name another container with `container:`."));
        };
        match log.driver.as_str() {
            "awslogs" => Self::awslogs(name, region, &log.options),
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
        options: &BTreeMap<String, String>,
    ) -> Result<Self, Unobserved> {
        let option = |key: &str| options.get(key).filter(|value| !value.is_empty()).cloned();
        let group = option("awslogs-group").ok_or_else(|| {
            Unobserved::lasting(format!(
                "the awslogs driver of container `{name}` names no `awslogs-group`"
            ))
        })?;
        Ok(Self {
            container: name.to_owned(),
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
        const PER_TASK: &str = "Its lines can be read where FireLens writes to CloudWatch Logs with a log_stream_prefix: then each task has a stream of its own.";
        let option = |wanted: &str| {
            let found = options
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(wanted));
            found
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_empty())
        };
        let output = option("name").unwrap_or_default();
        let (true, Some(group)) = (output.starts_with("cloudwatch"), option("log_group_name"))
        else {
            return Err(Unobserved::lasting(format!(
                "container `{name}` logs through FireLens to `{output}`, which can't be read here"
            ))
            .hint(PER_TASK));
        };
        let Some(prefix) = option("log_stream_prefix") else {
            return Err(Unobserved::lasting(format!(
                "container `{name}` logs through FireLens to a stream of `{group}` that isn't per task, so nobody can tell which deployment wrote a line"
            ))
            .hint(PER_TASK));
        };
        Ok(Self {
            container: name.to_owned(),
            region: option("region").unwrap_or_else(|| region.to_owned()),
            group,
            naming: Naming::FireLens(prefix),
            may_drop: true,
        })
    }

    /// The stream of one task's container; none while there can't be any. Lines count from
    /// the task's creation on, and from `since` on.
    pub fn stream(&self, task: &Task, since: Option<Timestamp>) -> Option<Stream> {
        let runtime_id = task
            .container(&self.container)
            .and_then(|container| container.runtime_id.as_ref());
        // A container that hasn't started has no stream, and one whose image can't be pulled
        // never will; asking for it would fail the call for all.
        if task.started_at.is_none() && runtime_id.is_none() && !task.runs() {
            return None;
        }
        let name = match &self.naming {
            Naming::Prefix(prefix) => format!("{prefix}/{}/{}", self.container, task.id),
            Naming::RuntimeId => runtime_id?.clone(),
            Naming::FireLens(prefix) => {
                format!("{prefix}{}-firelens-{}", self.container, task.id)
            }
        };
        Some(Stream {
            region: self.region.clone(),
            group: self.group.clone(),
            name,
            task: task.id.clone(),
            container: self.container.clone(),
            from: task.created_at.max(since).unwrap_or(Timestamp::UNIX_EPOCH),
            stopped: task.stopped_at,
        })
    }
}

#[cfg(test)]
mod tests;
