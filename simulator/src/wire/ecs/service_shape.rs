//! A service as DescribeServices shows it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::seconds,
    deployment_configuration::{deployment_configuration, load_balancers},
    deployment_shape::{DeploymentShape, deployments, revisions},
    placement::Placement,
    task_sets::task_sets,
};
use crate::{
    identity,
    scenario::format::Controller,
    world::{World, service::Service},
};

/// `events[]` holds no more.
const EVENTS: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceShape {
    service_arn: String,
    service_name: String,
    cluster_arn: String,
    load_balancers: Vec<Value>,
    service_registries: Vec<Value>,
    status: &'static str,
    desired_count: u32,
    running_count: usize,
    pending_count: usize,
    #[serde(flatten)]
    placement: Placement,
    /// What an external controller deploys, only its task sets tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_definition: Option<String>,
    deployment_configuration: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_sets: Option<Vec<Value>>,
    deployments: Vec<DeploymentShape>,
    role_arn: String,
    events: Vec<EventShape>,
    #[serde(serialize_with = "seconds")]
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_service_deployment: Option<String>,
    current_service_revisions: Vec<Value>,
    placement_constraints: Vec<Value>,
    placement_strategy: Vec<Value>,
    network_configuration: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    health_check_grace_period_seconds: Option<i64>,
    scheduling_strategy: &'static str,
    deployment_controller: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Value>>,
    created_by: String,
    #[serde(rename = "enableECSManagedTags")]
    enable_ecs_managed_tags: bool,
    propagate_tags: &'static str,
    enable_execute_command: bool,
    availability_zone_rebalancing: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventShape {
    id: String,
    #[serde(serialize_with = "seconds")]
    created_at: Timestamp,
    message: String,
}

impl ServiceShape {
    /// The service at a position, with its tags if they were asked for (simulated services have none).
    pub(super) fn of(world: &World, position: usize, with_tags: bool) -> Self {
        let service = &world.services[position];
        let primary = &service.deployments[service.primary()];
        let load_balancer = world.load_balancer(service);
        let account = &world.document.account;
        let role = "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
        let deployments = deployments(world, position);
        let controller = world.controller(service);
        let (own, serving) = (controller == Controller::Ecs, world.serving(position));
        let defining = match controller {
            Controller::Ecs => Some(primary),
            Controller::CodeDeploy => Some(&service.deployments[serving]),
            Controller::External => None,
        };
        Self {
            service_arn: world.service_arn(&service.name),
            service_name: service.name.clone(),
            cluster_arn: world.cluster_arn(),
            load_balancers: load_balancers(world, position),
            service_registries: Vec::new(),
            status: "ACTIVE",
            desired_count: service.desired,
            running_count: deployments
                .iter()
                .map(|deployment| deployment.running_count)
                .sum(),
            pending_count: deployments
                .iter()
                .map(|deployment| deployment.pending_count)
                .sum(),
            placement: Placement::of(world, service, "LATEST"),
            task_definition: defining
                .map(|deployment| world.task_definition_arn(&deployment.definition)),
            deployment_configuration: deployment_configuration(world, service),
            task_sets: (!own).then(|| task_sets(world, position)),
            deployments: if own { deployments } else { Vec::new() },
            role_arn: format!("arn:aws:iam::{account}:role/{role}"),
            events: events(world, service),
            created_at: service.created_at,
            current_service_deployment: own.then(|| {
                let current = super::deployments::undone_or_self(service, primary);
                world.service_deployment_arn(service, current)
            }),
            current_service_revisions: if own {
                revisions(world, position)
            } else {
                Vec::new()
            },
            placement_constraints: Vec::new(),
            placement_strategy: Vec::new(),
            network_configuration: network_configuration(world),
            health_check_grace_period_seconds: load_balancer.and(grace_period(world, service)),
            scheduling_strategy: "REPLICA",
            deployment_controller: json!({ "type": controller.text() }),
            tags: with_tags.then(Vec::new),
            created_by: format!("arn:aws:iam::{account}:role/deploy"),
            enable_ecs_managed_tags: false,
            propagate_tags: "NONE",
            enable_execute_command: false,
            availability_zone_rebalancing: "DISABLED",
        }
    }
}

fn grace_period(world: &World, service: &Service) -> Option<i64> {
    let declared = world.declared(service)?;
    Some(declared.health_check_grace_period.as_secs())
}

/// Where Fargate puts the tasks.
pub(super) fn network_configuration(world: &World) -> Value {
    let cluster = world.document.cluster.as_str();
    let made_up = |kind: &str, number: &str| {
        format!(
            "{kind}-0{}",
            &identity::hex32(&[cluster, kind, number])[..16]
        )
    };
    json!({
        "awsvpcConfiguration": {
            "subnets": [made_up("subnet", "0"), made_up("subnet", "1")],
            "securityGroups": [made_up("sg", "0")],
            "assignPublicIp": "DISABLED",
        }
    })
}

/// What the service told so far, newest first.
fn events(world: &World, service: &Service) -> Vec<EventShape> {
    let mut told: Vec<_> = service
        .events
        .iter()
        .filter(|event| event.at <= world.now)
        .collect();
    told.sort_by_key(|event| event.at);
    let newest = told.into_iter().rev().take(EVENTS);
    newest
        .map(|event| EventShape {
            id: event.id.clone(),
            created_at: event.at,
            message: event.message.clone(),
        })
        .collect()
}
