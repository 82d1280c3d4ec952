//! DescribeLoadBalancers, DescribeTargetGroups and DescribeTargetGroupAttributes.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{ApiError, paged, query::maybe_number};
use crate::{
    identity,
    world::{TargetGroup, World},
};

/// ELBv2 gives no more to a page.
const MOST: i64 = 400;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LoadBalancers {
    #[serde(default)]
    load_balancer_arns: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    marker: Option<String>,
    #[serde(default, deserialize_with = "maybe_number")]
    page_size: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TargetGroups {
    load_balancer_arn: Option<String>,
    #[serde(default)]
    target_group_arns: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    marker: Option<String>,
    #[serde(default, deserialize_with = "maybe_number")]
    page_size: Option<i64>,
}

pub(super) fn load_balancers(world: &World, asked: &LoadBalancers) -> Result<Value, ApiError> {
    let groups = world.target_groups();
    let mut found: Vec<String> = groups.map(|group| group.load_balancer()).collect();
    found.sort();
    found.dedup();
    let arn = |id: &String| world.load_balancer_arn(id);
    let name = |id: &String| name(id).to_owned();
    only(&mut found, &asked.load_balancer_arns, arn, no_load_balancer)?;
    only(&mut found, &asked.names, name, no_load_balancer)?;
    let shapes = found.iter().map(|id| load_balancer(world, id)).collect();
    page(
        "LoadBalancers",
        shapes,
        asked.marker.as_deref(),
        asked.page_size,
    )
}

pub(super) fn target_groups(world: &World, asked: &TargetGroups) -> Result<Value, ApiError> {
    let mut groups: Vec<TargetGroup<'_>> = world.target_groups().collect();
    let arn = |group: &TargetGroup<'_>| world.target_group_arn(group.id);
    let name = |group: &TargetGroup<'_>| group.name().to_owned();
    if let Some(wanted) = &asked.load_balancer_arn {
        groups.retain(|group| world.load_balancer_arn(&group.load_balancer()) == *wanted);
        if groups.is_empty() {
            return Err(no_load_balancer());
        }
    }
    only(&mut groups, &asked.target_group_arns, arn, no_target_group)?;
    only(&mut groups, &asked.names, name, no_target_group)?;
    let shapes = groups
        .iter()
        .map(|group| target_group(world, group))
        .collect();
    page(
        "TargetGroups",
        shapes,
        asked.marker.as_deref(),
        asked.page_size,
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attributes {
    target_group_arn: String,
}

pub(super) fn attributes(world: &World, asked: &Attributes) -> Result<Value, ApiError> {
    let mut groups = world.target_groups();
    let group = groups.find(|group| world.target_group_arn(group.id) == asked.target_group_arn);
    let group = group.ok_or_else(no_target_group)?;
    let delay = group.declared.deregistration_delay.as_secs().to_string();
    let attribute = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    Ok(json!({ "Attributes": [
        attribute("stickiness.enabled", "false"),
        attribute("deregistration_delay.timeout_seconds", &delay),
        attribute("load_balancing.algorithm.type", "round_robin"),
        attribute("slow_start.duration_seconds", "0"),
    ] }))
}

/// Keeps those that were asked for, if any were; each must be there.
fn only<T>(
    all: &mut Vec<T>,
    asked: &[String],
    name: impl Fn(&T) -> String,
    missing: fn() -> ApiError,
) -> Result<(), ApiError> {
    if asked.is_empty() {
        return Ok(());
    }
    let is_there = |wanted: &String| all.iter().any(|one| name(one) == *wanted);
    if !asked.iter().all(is_there) {
        return Err(missing());
    }
    all.retain(|one| asked.contains(&name(one)));
    Ok(())
}

fn no_load_balancer() -> ApiError {
    ApiError::new(
        "LoadBalancerNotFound",
        "One or more load balancers not found",
    )
}

pub(super) fn no_target_group() -> ApiError {
    ApiError::new("TargetGroupNotFound", "One or more target groups not found")
}

fn page(
    field: &str,
    shapes: Vec<Value>,
    marker: Option<&str>,
    size: Option<i64>,
) -> Result<Value, ApiError> {
    let invalid = |message: &str| ApiError::new("ValidationError", message);
    let size = size.unwrap_or(MOST);
    if !(1..=MOST).contains(&size) {
        return Err(invalid("Page size must be between 1 and 400"));
    }
    let size = usize::try_from(size).unwrap_or(1);
    let (shapes, next) =
        paged(shapes, marker, size).map_err(|_| invalid("The marker is not valid"))?;
    Ok(json!({ field: shapes, "NextMarker": next }))
}

/// The name in `name/id`.
fn name(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

fn load_balancer(world: &World, id: &str) -> Value {
    let (document, name) = (&world.document, name(id));
    let number = &identity::digits19(&[name, "dns"])[..10];
    json!({
        "LoadBalancerArn": world.load_balancer_arn(id),
        "DNSName": format!("{name}-{number}.{}.elb.amazonaws.com", document.region),
        "LoadBalancerName": name,
        "Scheme": "internet-facing",
        "VpcId": world.vpc(),
        "State": { "Code": "active" },
        "Type": "application",
        "IpAddressType": "ipv4",
    })
}

fn target_group(world: &World, group: &TargetGroup<'_>) -> Value {
    let check = group.declared;
    json!({
        "TargetGroupArn": world.target_group_arn(group.id),
        "TargetGroupName": group.name(),
        "Protocol": "HTTP",
        "Port": check.port,
        "VpcId": world.vpc(),
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": true,
        "HealthCheckIntervalSeconds": check.health_interval.as_secs(),
        "HealthCheckTimeoutSeconds": check.health_timeout.as_secs(),
        "HealthyThresholdCount": check.healthy_threshold(),
        "UnhealthyThresholdCount": check.unhealthy_after,
        "HealthCheckPath": check.path(),
        "Matcher": { "HttpCode": check.matcher() },
        "LoadBalancerArns": [world.load_balancer_arn(&group.load_balancer())],
        "TargetType": "ip",
        "ProtocolVersion": "HTTP1",
        "IpAddressType": "ipv4",
    })
}
