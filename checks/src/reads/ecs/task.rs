//! Tasks and their containers, running and stopped.

use aws_sdk_ecs::types as sdk;
use jiff::Timestamp;

use super::timestamp;
use crate::contract::last_segment;

/// A task, as ecs:DescribeTasks tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// The last part of its ARN.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What started it: the id of its deployment.
    pub started_by: String,
    /// The name of the service that it belongs to; none where nothing but a person started it.
    pub service: Option<String>,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// Where it is in its life: PROVISIONING … RUNNING … STOPPED.
    pub last_status: String,
    /// Where it should be: RUNNING or STOPPED.
    pub desired_status: String,
    /// It grows with each change of the task.
    pub version: i64,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When its first image began to be pulled.
    pub pull_started_at: Option<Timestamp>,
    /// When its last image had been pulled.
    pub pulled_at: Option<Timestamp>,
    /// When it was told to stop.
    pub stopping_at: Option<Timestamp>,
    /// When its containers had ended.
    pub execution_stopped_at: Option<Timestamp>,
    /// When it had stopped.
    pub stopped_at: Option<Timestamp>,
    /// What made it stop, as a code: `TaskFailedToStart`, `EssentialContainerExited`,
    /// `ServiceSchedulerInitiated` …
    pub stop_code: Option<String>,
    /// Why it stopped, as text.
    pub stopped_reason: Option<String>,
    /// HEALTHY, UNHEALTHY or UNKNOWN, by its essential containers' health checks.
    pub health: Option<String>,
    /// The private IPv4 address of its network interface; only in network mode `awsvpc`.
    pub address: Option<String>,
    /// The IPv6 address of the same, where it has one.
    pub ipv6_address: Option<String>,
    /// The ARN of the container instance it runs on; none on Fargate.
    pub container_instance: Option<String>,
    /// The architecture it runs on, as image platforms name it: `amd64`, `arm64`.
    pub architecture: Option<String>,
    /// Its containers.
    pub containers: Vec<Container>,
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Its name in the task definition.
    pub name: String,
    /// Its image as the task definition names it.
    pub image: String,
    /// The digest that it runs. Missing until pulled, and for some agents for ever: then it
    /// is unknown.
    pub digest: Option<String>,
    /// The id that the container runtime gave it.
    pub runtime_id: Option<String>,
    /// Where it is in its life: PENDING, RUNNING, STOPPED.
    pub last_status: String,
    /// HEALTHY, UNHEALTHY or UNKNOWN; UNKNOWN also where it has no health check.
    pub health: Option<String>,
    /// What its process ended with.
    pub exit_code: Option<i32>,
    /// Why it could not start, or why it ended.
    pub reason: Option<String>,
    /// The ports of its host that lead to it, each with the container's own.
    pub ports: Vec<PortBinding>,
}

/// A port of a host that leads to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortBinding {
    /// The port inside the container.
    pub container: u16,
    /// The port on the host, or on the task's own network interface.
    pub host: u16,
}

impl Task {
    /// Whether it runs now, be it on its way out.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.last_status == "RUNNING"
    }

    /// Whether it leaves the load balancer now: it takes nothing new, but may serve what it
    /// has, such as long-lived connections, until the deregistration delay is over.
    #[must_use]
    pub fn drains(&self) -> bool {
        self.last_status == "DEACTIVATING"
    }

    /// Whether it was told to stop.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.desired_status == "STOPPED"
    }

    /// Whether its containers have ended for good.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        ["DEPROVISIONING", "STOPPED", "DELETED"].contains(&self.last_status.as_str())
    }

    /// The container of that name.
    #[must_use]
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers
            .iter()
            .find(|container| container.name == name)
    }

    /// The revision of its task definition, `family:revision`.
    #[must_use]
    pub fn revision(&self) -> &str {
        last_segment(&self.task_definition)
    }

    /// The first eight characters of its id, as people quote it.
    #[must_use]
    pub fn short_id(&self) -> &str {
        short_task_id(&self.id)
    }
}

/// The first eight characters of a task's id, as people quote it.
pub(crate) fn short_task_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

impl From<&sdk::Task> for Task {
    fn from(task: &sdk::Task) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            id: last_segment(task.task_arn().unwrap_or_default()).to_owned(),
            arn: text(task.task_arn()),
            started_by: text(task.started_by()),
            service: task
                .group()
                .and_then(|group| group.strip_prefix("service:"))
                .map(str::to_owned),
            task_definition: text(task.task_definition_arn()),
            last_status: text(task.last_status()),
            desired_status: text(task.desired_status()),
            version: task.version(),
            created_at: timestamp(task.created_at()),
            started_at: timestamp(task.started_at()),
            pull_started_at: timestamp(task.pull_started_at()),
            pulled_at: timestamp(task.pull_stopped_at()),
            stopping_at: timestamp(task.stopping_at()),
            execution_stopped_at: timestamp(task.execution_stopped_at()),
            stopped_at: timestamp(task.stopped_at()),
            stop_code: task.stop_code().map(|code| code.as_str().to_owned()),
            stopped_reason: task.stopped_reason().map(str::to_owned),
            health: task
                .health_status()
                .map(|health| health.as_str().to_owned()),
            address: address(task),
            ipv6_address: ipv6_address(task),
            container_instance: task.container_instance_arn().map(str::to_owned),
            architecture: architecture(task),
            containers: task.containers().iter().map(Container::from).collect(),
        }
    }
}

/// The attribute `ecs.cpu-architecture`, whose `x86_64` image platforms call `amd64`.
fn architecture(task: &sdk::Task) -> Option<String> {
    let attribute = task
        .attributes()
        .iter()
        .find(|a| a.name() == "ecs.cpu-architecture")?;
    Some(match attribute.value()? {
        "x86_64" => "amd64".to_owned(),
        other => other.to_owned(),
    })
}

/// The address of the elastic network interface that is attached to the task.
fn address(task: &sdk::Task) -> Option<String> {
    let interface = task
        .attachments()
        .iter()
        .find(|attachment| attachment.r#type() == Some("ElasticNetworkInterface"))?;
    let details = interface.details();
    let address = details
        .iter()
        .find(|detail| detail.name() == Some("privateIPv4Address"))?;
    address.value().map(str::to_owned)
}

fn ipv6_address(task: &sdk::Task) -> Option<String> {
    let mut interfaces = task
        .containers()
        .iter()
        .flat_map(|c| c.network_interfaces());
    let address = interfaces.find_map(|interface| interface.ipv6_address())?;
    Some(address.to_owned())
}

impl From<&sdk::NetworkBinding> for PortBinding {
    fn from(binding: &sdk::NetworkBinding) -> Self {
        let port = |number: Option<i32>| number.and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
        Self {
            container: port(binding.container_port()),
            host: port(binding.host_port()),
        }
    }
}

impl From<&sdk::Container> for Container {
    fn from(container: &sdk::Container) -> Self {
        Self {
            name: container.name().unwrap_or_default().to_owned(),
            image: container.image().unwrap_or_default().to_owned(),
            digest: container
                .image_digest()
                .filter(|digest| !digest.is_empty())
                .map(str::to_owned),
            runtime_id: container.runtime_id().map(str::to_owned),
            last_status: container.last_status().unwrap_or_default().to_owned(),
            health: container
                .health_status()
                .map(|health| health.as_str().to_owned()),
            exit_code: container.exit_code(),
            reason: container.reason().map(str::to_owned),
            ports: container
                .network_bindings()
                .iter()
                .map(PortBinding::from)
                .collect(),
        }
    }
}
