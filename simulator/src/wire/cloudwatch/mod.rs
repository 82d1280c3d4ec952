//! CloudWatch: alarms and the data of metrics.

mod alarms;
mod data;
mod expression;

use serde_json::Value;

use super::{ApiError, Asked};
use crate::world::World;

/// Answers an operation of CloudWatch.
pub(super) fn answer(world: &World, operation: &str, asked: &Asked<'_>) -> Result<Value, ApiError> {
    match operation {
        "DescribeAlarms" => alarms::describe(world, &asked.input()?),
        "GetMetricData" => data::get(world, &asked.input()?),
        _ => Err(ApiError::unknown_operation()),
    }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}
