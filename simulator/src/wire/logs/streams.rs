//! DescribeLogStreams.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, paged},
    group,
};
use crate::world::{LogStream, World, log_configuration::LogGroup};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    #[serde(default)]
    descending: bool,
    next_token: Option<String>,
    limit: Option<i64>,
}

pub(super) fn answer(world: &World, region: &str, asked: &Input) -> Result<Value, ApiError> {
    let group = group(
        (world, region),
        asked.log_group_name.as_deref(),
        asked.log_group_identifier.as_deref(),
    )?;
    let by_time = asked.order_by.as_deref() == Some("LastEventTime");
    if by_time && asked.log_stream_name_prefix.is_some() {
        return Err(ApiError::invalid_parameter(
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ));
    }
    let mut streams = world.log_streams(&group);
    streams.retain(|stream| {
        asked
            .log_stream_name_prefix
            .as_ref()
            .is_none_or(|prefix| stream.name.starts_with(prefix))
    });
    if by_time {
        streams.sort_by_key(|stream| stream.created);
    }
    if asked.descending {
        streams.reverse();
    }
    let size = usize::try_from(asked.limit.unwrap_or(50).clamp(1, 50)).unwrap_or(50);
    let (streams, token) = paged(streams, asked.next_token.as_deref(), size)?;
    let shapes: Vec<Value> = streams
        .iter()
        .map(|stream| stream_shape(world, &group, stream))
        .collect();
    let mut described = json!({ "logStreams": shapes });
    if let Some(token) = token {
        described["nextToken"] = token.into();
    }
    Ok(described)
}

/// A stream. Its last event is not told: AWS lets that field lag by up to an hour.
fn stream_shape(world: &World, group: &LogGroup, stream: &LogStream) -> Value {
    json!({
        "logStreamName": stream.name,
        "creationTime": stream.created.as_millisecond(),
        "firstEventTimestamp": stream.created.as_millisecond(),
        "arn": format!("{}:log-stream:{}", world.log_group_arn(group), stream.name),
        "storedBytes": 0,
    })
}
