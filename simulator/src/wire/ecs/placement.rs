//! Where a service's tasks run: on Fargate, on Fargate Spot, or on container instances.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    identity,
    scenario::format::LaunchType,
    world::{World, service::Service},
};

/// The members that tell it. With a capacity provider, a service has no launch type.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placement {
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity_provider_strategy: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity_provider_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_family: Option<&'static str>,
}

impl Placement {
    /// Of a service, a deployment or a service revision, with the platform version that it shows.
    pub(super) fn of(world: &World, service: &Service, platform_version: &'static str) -> Self {
        let on_fargate = Self {
            platform_version: Some(platform_version),
            platform_family: Some("Linux"),
            ..Self::default()
        };
        match launch_type(world, service) {
            LaunchType::Fargate => Self {
                launch_type: Some("FARGATE"),
                ..on_fargate
            },
            LaunchType::FargateSpot => Self {
                capacity_provider_strategy: Some(
                    json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0 }]),
                ),
                ..on_fargate
            },
            LaunchType::Ec2 => Self {
                launch_type: Some("EC2"),
                ..Self::default()
            },
        }
    }

    /// Of a task, which always has a launch type.
    pub(super) fn of_task(world: &World, service: &Service) -> Self {
        let mut placement = Self::of(world, service, "1.4.0");
        if launch_type(world, service) == LaunchType::FargateSpot {
            placement.capacity_provider_strategy = None;
            placement.launch_type = Some("FARGATE");
            placement.capacity_provider_name = Some("FARGATE_SPOT");
        }
        placement
    }
}

fn launch_type(world: &World, service: &Service) -> LaunchType {
    world
        .declared(service)
        .map_or(LaunchType::Fargate, |declared| declared.launch_type)
}

pub(super) fn on_instances(world: &World, service: &Service) -> bool {
    launch_type(world, service) == LaunchType::Ec2
}

/// The one container instance that a cluster with such services has.
pub(super) fn container_instance(world: &World, service: &Service) -> Option<String> {
    let document = &world.document;
    let id = identity::hex32(&[&document.cluster, "container instance"]);
    on_instances(world, service).then(|| {
        format!(
            "arn:aws:ecs:{}:{}:container-instance/{}/{id}",
            document.region, document.account, document.cluster
        )
    })
}
