//! DescribeTargetHealth.

use std::net::Ipv4Addr;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, query::maybe_number},
    describe::no_target_group,
};
use crate::world::{TargetFailure, TargetGroup, TargetHealth, World, task::Task};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    target_group_arn: String,
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    id: String,
    #[serde(default, deserialize_with = "maybe_number")]
    port: Option<i64>,
}

impl Target {
    fn is(&self, address: Ipv4Addr, port: u16) -> bool {
        self.id == address.to_string() && self.port.is_none_or(|asked| asked == i64::from(port))
    }
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    let group = world
        .target_groups()
        .find(|group| world.target_group_arn(group.id) == asked.target_group_arn)
        .ok_or_else(no_target_group)?;
    let port = group.declared.port;
    let registered: Vec<(&Task, TargetHealth)> = world.targets_at(&group, world.now).collect();
    let described: Vec<Value> = match asked.targets.as_slice() {
        [] => registered
            .iter()
            .map(|(task, health)| description(world, &group, task, *health))
            .collect(),
        targets => targets
            .iter()
            .map(|target| {
                let known = registered
                    .iter()
                    .find(|(task, _)| target.is(task.address, port));
                match known {
                    Some((task, health)) => description(world, &group, task, *health),
                    None => not_registered(&group, target),
                }
            })
            .collect(),
    };
    Ok(json!({ "TargetHealthDescriptions": described }))
}

fn description(world: &World, group: &TargetGroup<'_>, task: &Task, health: TargetHealth) -> Value {
    let port = group.declared.port;
    json!({
        "Target": {
            "Id": task.address.to_string(),
            "Port": port,
            "AvailabilityZone": world.zone(task),
        },
        "HealthCheckPort": port.to_string(),
        "TargetHealth": state(health),
    })
}

fn not_registered(group: &TargetGroup<'_>, target: &Target) -> Value {
    let port = target.port.unwrap_or(i64::from(group.declared.port));
    json!({
        "Target": { "Id": target.id, "Port": port },
        "HealthCheckPort": port.to_string(),
        "TargetHealth": told(
            "unused",
            "Target.NotRegistered",
            "Target is not registered to the target group",
        ),
    })
}

fn state(health: TargetHealth) -> Value {
    match health {
        TargetHealth::Registering => told(
            "initial",
            "Elb.RegistrationInProgress",
            "Target registration is in progress",
        ),
        TargetHealth::Checking => told(
            "initial",
            "Elb.InitialHealthChecking",
            "Initial health checks in progress",
        ),
        // A healthy target carries no reason.
        TargetHealth::Healthy => json!({ "State": "healthy" }),
        TargetHealth::Unhealthy(failure) => {
            told("unhealthy", reason(failure), &failure.to_string())
        }
        TargetHealth::Draining => told(
            "draining",
            "Target.DeregistrationInProgress",
            "Target deregistration is in progress",
        ),
    }
}

fn told(state: &str, reason: &str, description: &str) -> Value {
    json!({ "State": state, "Reason": reason, "Description": description })
}

fn reason(failure: TargetFailure) -> &'static str {
    match failure {
        TargetFailure::Code(_) => "Target.ResponseCodeMismatch",
        TargetFailure::TimedOut => "Target.Timeout",
        TargetFailure::NoAnswer => "Target.FailedHealthChecks",
    }
}
