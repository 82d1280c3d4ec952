//! Elastic Load Balancing v2: load balancers, target groups, how the targets are, and which get requests.

mod describe;
mod health;
mod rules;

use serde_json::Value;

use super::{ApiError, Asked};
use crate::world::World;

/// Answers an operation of ELBv2.
pub(super) fn answer(world: &World, operation: &str, asked: &Asked<'_>) -> Result<Value, ApiError> {
    match operation {
        "DescribeLoadBalancers" => describe::load_balancers(world, &asked.input()?),
        "DescribeTargetGroups" => describe::target_groups(world, &asked.input()?),
        "DescribeTargetGroupAttributes" => describe::attributes(world, &asked.input()?),
        "DescribeRules" => rules::describe(world, &asked.input()?),
        "DescribeTargetHealth" => health::describe(world, &asked.input()?),
        _ => Err(ApiError::unknown_operation()),
    }
}
