//! CloudWatch Logs: events of many streams or of one, and the streams themselves.

mod filter;
mod get;
mod pattern;
mod streams;

use serde_json::Value;

use super::{ApiError, Asked};
use crate::world::{World, log_configuration::LogGroup};

/// AWS gives no more events than this in a page.
const MOST_EVENTS: usize = 10_000;

/// Answers an operation of Logs.
pub(super) fn answer(world: &World, operation: &str, asked: &Asked<'_>) -> Result<Value, ApiError> {
    // Unlike the rest of the account, logs may be in several regions.
    let region = asked.region().unwrap_or(&world.document.region);
    match operation {
        "FilterLogEvents" => filter::answer(world, region, &asked.input()?),
        "GetLogEvents" => get::answer(world, region, &asked.input()?),
        "DescribeLogStreams" => streams::answer(world, region, &asked.input()?),
        _ => Err(ApiError::unknown_operation()),
    }
}

/// The group that is meant, by name or ARN.
fn group(
    (world, region): (&World, &str),
    name: Option<&str>,
    identifier: Option<&str>,
) -> Result<LogGroup, ApiError> {
    let named = match (name, identifier) {
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid_parameter(
                "logGroupName and logGroupIdentifier cannot both be specified.",
            ));
        }
        (Some(name), None) => name,
        (None, Some(identifier)) => identifier
            .split_once(":log-group:")
            .map_or(identifier, |(_, name)| name),
        (None, None) => {
            return Err(ApiError::invalid_parameter(
                "logGroupName must be specified.",
            ));
        }
    };
    let missing = || {
        ApiError::new(
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )
    };
    let group = LogGroup {
        region: region.to_owned(),
        name: named.to_owned(),
    };
    Some(group)
        .filter(|group| world.has_log_group(group))
        .ok_or_else(missing)
}

fn page_size(limit: Option<i64>) -> Result<usize, ApiError> {
    match limit {
        None => Ok(MOST_EVENTS),
        Some(limit @ 1..=10_000) => Ok(usize::try_from(limit).unwrap_or(MOST_EVENTS)),
        Some(limit) => Err(ApiError::invalid_parameter(format!(
            "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: \
             Member must have value less than or equal to 10000"
        ))),
    }
}

fn no_stream() -> ApiError {
    ApiError::new(
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )
}
