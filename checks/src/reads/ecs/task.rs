//! Tasks and their containers, running and stopped.

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::listing::Page;
use super::{Scope, timestamp};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// A task, as ecs:DescribeTasks tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// The last part of its ARN.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What started it: the id of its deployment.
    pub started_by: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// Where it is in its life: PROVISIONING … RUNNING … STOPPED.
    pub last_status: String,
    /// Where it should be: RUNNING or STOPPED.
    pub desired_status: String,
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

const LIST: &str = "ecs:ListTasks";
const DESCRIBE: &str = "ecs:DescribeTasks";

/// The ARNs of a service's tasks, by where they should be.
#[derive(Clone, Debug, Default)]
pub(in crate::reads) struct Listed {
    running: Vec<String>,
    stopped: Vec<String>,
}

impl Reads {
    /// Every task of a service that AWS still tells of: those that run, of whatever
    /// deployment, and those that stopped within about an hour. A task that drains is
    /// listed among the stopped ones while it still runs, so both lists are always asked.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails, or where a task that should run vanished twice
    /// between the list and its description.
    pub async fn tasks(&self, scope: &Scope, service: &str) -> Result<Seen<Vec<Task>>, Unobserved> {
        let described = Box::pin(self.list_and_describe(scope, service)).await?;
        if described.value.vanished.is_none() {
            return Ok(described.map(|described| described.tasks));
        }
        // Tasks come and go between the two calls; one more look tells whether it was that.
        let again = Self::of_round(self.connections.clone())
            .list_and_describe(scope, service)
            .await?;
        match again.value.vanished {
            None => Ok(again.map(|described| described.tasks)),
            Some(arn) => Err(Unobserved::for_now(format!(
                "task {} is listed as running, but ecs:DescribeTasks says MISSING",
                last_segment(&arn)
            ))
            .origin(again.source)),
        }
    }

    async fn list_and_describe(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Seen<Described>, Unobserved> {
        let key = (scope.clone(), service.to_owned());
        let listed = self
            .round
            .task_lists
            .once(key, Box::pin(self.list_both(scope, service)))
            .await?;
        let arns: Vec<String> = listed
            .running
            .iter()
            .chain(&listed.stopped)
            .cloned()
            .collect();
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |arns: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_tasks(&scope, arns).await }.boxed()
        };
        let answers = self.round.tasks.get(scope.clone(), &arns, call).await;
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let mut seen = self.seen(DESCRIBE, resource, None, Described::default());
        for (arn, answer) in arns.into_iter().zip(answers) {
            let answer = answer?;
            seen.source.request_id = answer.source.request_id;
            match answer.value {
                Some(task) => seen.value.tasks.push(task),
                None if listed.running.contains(&arn) => seen.value.vanished = Some(arn),
                // A stopped task may be forgotten at any moment.
                None => {}
            }
        }
        Ok(seen)
    }

    async fn describe_tasks(
        &self,
        scope: &Scope,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<Task>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        self.connections
            .afford(Bucket::EcsClusterResources, &clients.region)
            .await;
        let resource = format!("{} tasks of {}", arns.len(), last_segment(&scope.cluster));
        let sent = clients
            .ecs
            .describe_tasks()
            .cluster(&scope.cluster)
            .set_tasks(Some(arns.clone()))
            .send()
            .await;
        let output = match sent {
            Ok(output) => output,
            Err(error) => {
                return Err(self
                    .explained(failed(error, DESCRIBE, &resource), scope)
                    .await);
            }
        };
        let tasks: Vec<Task> = output.tasks().iter().map(Task::from).collect();
        let of_arn = |arn: &String| {
            let task = tasks.iter().find(|task| task.arn == *arn).cloned();
            self.seen(DESCRIBE, arn, output.request_id(), task)
        };
        Ok(arns.iter().map(of_arn).collect())
    }

    async fn list_both(&self, scope: &Scope, service: &str) -> Result<Listed, Unobserved> {
        let (running, mut stopped) = futures_util::try_join!(
            self.list_tasks(scope, service, sdk::DesiredStatus::Running),
            self.list_tasks(scope, service, sdk::DesiredStatus::Stopped),
        )?;
        stopped.retain(|arn| !running.contains(arn));
        Ok(Listed { running, stopped })
    }

    async fn list_tasks(
        &self,
        scope: &Scope,
        service: &str,
        status: sdk::DesiredStatus,
    ) -> Result<Vec<String>, Unobserved> {
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let (resource, status) = (&resource, &status);
        let page = |token| {
            async move {
                let listing = clients.ecs.list_tasks().cluster(&scope.cluster);
                let listing = listing.service_name(service).desired_status(status.clone());
                let listing = listing.max_results(100).set_next_token(token);
                match listing.send().await {
                    Ok(page) => Ok(Page {
                        items: page.task_arns().to_vec(),
                        next: page.next_token().map(str::to_owned),
                    }),
                    Err(error) => {
                        let failed = failed(error, LIST, resource);
                        Err(self.explained(failed, scope).await)
                    }
                }
            }
            .boxed()
        };
        self.all_pages(LIST, Bucket::EcsClusterResources, &clients.region, page)
            .await
    }
}

/// Tasks as described, and one that should run but is not to be found.
#[derive(Clone, Debug, Default)]
struct Described {
    tasks: Vec<Task>,
    vanished: Option<String>,
}

impl From<&sdk::Task> for Task {
    fn from(task: &sdk::Task) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            id: last_segment(task.task_arn().unwrap_or_default()).to_owned(),
            arn: text(task.task_arn()),
            started_by: text(task.started_by()),
            task_definition: text(task.task_definition_arn()),
            last_status: text(task.last_status()),
            desired_status: text(task.desired_status()),
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
