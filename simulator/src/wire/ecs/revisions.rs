//! DescribeServiceRevisions: what a deployment deployed, with the digests that it pinned.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, output},
    deployments::sort_out,
    placement::Placement,
    service_shape::network_configuration,
};
use crate::{time::epoch_seconds, world::World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Describe {
    #[serde(default)]
    service_revision_arns: Vec<String>,
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    let arn = |(service, deployment): (usize, usize)| {
        let service = &world.services[service];
        world.revision_arn(service, &service.deployments[deployment])
    };
    let (found, failures) = sort_out(world, &asked.service_revision_arns, arn)?;
    let described: Vec<Value> = found
        .into_iter()
        .map(|(service, number)| service_revision(world, service, number))
        .collect();
    Ok(json!({ "serviceRevisions": described, "failures": failures }))
}

fn service_revision(world: &World, position: usize, number: usize) -> Value {
    let service = &world.services[position];
    let deployment = &service.deployments[number];
    let images: Vec<Value> = deployment
        .definition
        .containers
        .iter()
        .map(|container| {
            let mut image = json!({ "containerName": container.name, "image": container.image });
            if let Some(digest) = deployment.pins.get(&container.name) {
                image["imageDigest"] = digest.as_str().into();
            }
            image
        })
        .collect();
    let mut revision = json!({
        "serviceRevisionArn": world.revision_arn(service, deployment),
        "serviceArn": world.service_arn(&service.name),
        "clusterArn": world.cluster_arn(),
        "taskDefinition": world.task_definition_arn(&deployment.definition),
        "networkConfiguration": network_configuration(world),
        "containerImages": images,
        "guardDutyEnabled": false,
        "serviceConnectConfiguration": { "enabled": false },
        "createdAt": epoch_seconds(deployment.created_at),
    });
    let placement = output(&Placement::of(world, service, "1.4.0"));
    if let (Some(fields), Ok(Value::Object(placement))) = (revision.as_object_mut(), placement) {
        fields.extend(placement);
    }
    let group = world.group_of_deployment(position, number);
    if let (Some(load_balancer), Some(group)) = (world.load_balancer(service), group) {
        revision["loadBalancers"] = json!([{
            "targetGroupArn": world.target_group_arn(group),
            "containerName": load_balancer.container,
            "containerPort": load_balancer.port,
        }]);
    }
    revision
}
