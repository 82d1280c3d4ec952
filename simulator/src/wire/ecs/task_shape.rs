//! A task as DescribeTasks shows it. A fact that is not known yet is left out, as AWS does.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{maybe_seconds, seconds},
    container_shape::{ContainerShape, task_health},
    placement::Placement,
};
use crate::{
    identity,
    world::{
        World,
        task::{Status, Stop, Task},
    },
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskShape {
    attachments: Vec<Value>,
    attributes: Vec<Value>,
    availability_zone: String,
    cluster_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    connectivity: Option<&'static str>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    connectivity_at: Option<Timestamp>,
    containers: Vec<ContainerShape>,
    cpu: String,
    #[serde(serialize_with = "seconds")]
    created_at: Timestamp,
    desired_status: &'static str,
    enable_execute_command: bool,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    execution_stopped_at: Option<Timestamp>,
    group: String,
    health_status: &'static str,
    last_status: &'static str,
    #[serde(flatten)]
    placement: Placement,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_instance_arn: Option<String>,
    memory: String,
    overrides: Value,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    pull_started_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    pull_stopped_at: Option<Timestamp>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    started_at: Option<Timestamp>,
    started_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_code: Option<&'static str>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    stopped_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_reason: Option<String>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "maybe_seconds"
    )]
    stopping_at: Option<Timestamp>,
    tags: Vec<Value>,
    task_arn: String,
    task_definition_arn: String,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral_storage: Option<Value>,
}

impl TaskShape {
    pub(super) fn of(world: &World, task: &Task) -> Self {
        let (now, life) = (world.now, &task.life);
        let service = &world.services[task.service];
        let past = |instant: Timestamp| (instant <= now).then_some(instant);
        let reached = |instant: Timestamp| {
            let stopped_before = task
                .stop
                .as_ref()
                .is_some_and(|stop| stop.stopping <= instant);
            past(instant).filter(|_| !stopped_before)
        };
        let ended =
            |instant: fn(&Stop) -> Timestamp| task.stop.as_ref().map(instant).and_then(past);
        let pulled = !task.pulled.is_empty();
        Self {
            attachments: vec![attachment(world, task)],
            attributes: attributes(task),
            availability_zone: world.zone(task),
            cluster_arn: world.cluster_arn(),
            connectivity: reached(life.provisioned).map(|_| "CONNECTED"),
            connectivity_at: reached(life.provisioned),
            containers: task
                .definition
                .containers
                .iter()
                .enumerate()
                .map(|(at, it)| ContainerShape::of(world, task, at, it))
                .collect(),
            cpu: task.definition.cpu.clone(),
            created_at: life.created,
            desired_status: if task.is_wanted() {
                "RUNNING"
            } else {
                "STOPPED"
            },
            enable_execute_command: false,
            execution_stopped_at: ended(|stop| stop.execution_stopped),
            group: format!("service:{}", service.name),
            health_status: task_health(world, task),
            last_status: task.status(now).text(),
            container_instance_arn: super::placement::container_instance(world, service),
            placement: Placement::of_task(world, service),
            memory: task.definition.memory.clone(),
            overrides: overrides(task),
            pull_started_at: reached(life.pull_started),
            pull_stopped_at: reached(life.pull_stopped).filter(|_| pulled),
            started_at: reached(life.started),
            started_by: service.deployments[task.deployment].id(),
            stop_code: task.stop.as_ref().map(|stop| stop.code),
            stopped_at: ended(|stop| stop.stopped),
            stopped_reason: task.stop.as_ref().map(|stop| stop.reason.clone()),
            stopping_at: ended(|stop| stop.stopping),
            tags: Vec::new(),
            task_arn: world.task_arn(&task.id),
            task_definition_arn: world.task_definition_arn(&task.definition),
            version: version(task, now),
            ephemeral_storage: (!super::placement::on_instances(world, service))
                .then(|| json!({ "sizeInGiB": 20 })),
        }
    }
}

fn attributes(task: &Task) -> Vec<Value> {
    let architecture = if task.definition.architecture == "ARM64" {
        "arm64"
    } else {
        "x86_64"
    };
    vec![json!({ "name": "ecs.cpu-architecture", "value": architecture })]
}

/// The network interface. It comes after PROVISIONING and is deleted in DEPROVISIONING.
fn attachment(world: &World, task: &Task) -> Value {
    let status = match task.status(world.now) {
        Status::Provisioning => "PRECREATED",
        Status::Deprovisioning | Status::Stopped => "DELETED",
        _ => "ATTACHED",
    };
    let network = super::service_shape::network_configuration(world);
    let subnet =
        &network["awsvpcConfiguration"]["subnets"][usize::from(task.address.octets()[2] % 2)];
    let mut details = vec![json!({ "name": "subnetId", "value": subnet })];
    if status != "PRECREATED" {
        let [_, _, third, fourth] = task.address.octets();
        let mac = format!("0a:58:0a:00:{third:02x}:{fourth:02x}");
        details.push(json!({ "name": "networkInterfaceId", "value": interface(task) }));
        details.push(json!({ "name": "macAddress", "value": mac }));
        details.push(json!({ "name": "privateIPv4Address", "value": task.address.to_string() }));
    }
    let id = identity::uuid(&[&task.id, "attachment"]);
    json!({ "id": id, "type": "ElasticNetworkInterface", "status": status, "details": details })
}

fn interface(task: &Task) -> String {
    format!("eni-0{}", &identity::hex32(&[&task.id, "interface"])[..16])
}

fn overrides(task: &Task) -> Value {
    let containers: Vec<Value> = task
        .definition
        .containers
        .iter()
        .map(|container| json!({ "name": container.name }))
        .collect();
    json!({ "containerOverrides": containers, "inferenceAcceleratorOverrides": [] })
}

/// Counts the changes of status, as AWS does.
fn version(task: &Task, now: Timestamp) -> u64 {
    let life = &task.life;
    let stop = task.stop.as_ref();
    let instants = [life.provisioned, life.pull_stopped, life.started].into_iter();
    let ending = stop
        .into_iter()
        .flat_map(|stop| [stop.told, stop.stopping, stop.deprovisioning, stop.stopped]);
    1 + instants
        .chain(ending)
        .filter(|instant| *instant <= now)
        .count() as u64
}
