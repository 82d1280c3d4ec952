//! GetLogEvents: the events of one stream, forwards and backwards.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, group, no_stream, page_size};
use crate::world::{LogEvent, World};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<i64>,
    #[serde(default)]
    start_from_head: bool,
}

pub(super) fn answer(world: &World, region: &str, asked: &Input) -> Result<Value, ApiError> {
    let group = group(
        (world, region),
        asked.log_group_name.as_deref(),
        asked.log_group_identifier.as_deref(),
    )?;
    let streams = world.log_streams(&group);
    let stream = streams
        .iter()
        .find(|stream| stream.name == asked.log_stream_name)
        .ok_or_else(no_stream)?;
    let end = asked.end_time.map_or(i64::MAX, |end| end.saturating_sub(1));
    let events = world.log_events(stream, asked.start_time.unwrap_or(i64::MIN), end);
    let size = page_size(asked.limit)?;
    let (from, to) = match &asked.next_token {
        None if asked.start_from_head => (0, size.min(events.len())),
        None => (events.len().saturating_sub(size), events.len()),
        Some(token) => range(token, size, &events)?,
    };
    let shapes: Vec<Value> = events[from..to]
        .iter()
        .map(|event| json!({ "timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingested }))
        .collect();
    // A token names the event it lies behind or before. At the end there is none to move past, so it repeats.
    let given = |direction| {
        asked
            .next_token
            .as_ref()
            .filter(|token| token.starts_with(direction))
            .cloned()
    };
    let behind = events[from..to]
        .last()
        .map(|event| token("f", event))
        .or_else(|| given("f"));
    let before = events[from..to]
        .first()
        .map(|event| token("b", event))
        .or_else(|| given("b"));
    let start = |direction: &str| format!("{direction}/{:013}/{:056}/s", 0, 0);
    Ok(json!({
        "events": shapes,
        "nextForwardToken": behind.unwrap_or_else(|| start("f")),
        "nextBackwardToken": before.unwrap_or_else(|| start("b")),
    }))
}

fn token(direction: &str, event: &LogEvent) -> String {
    format!("{direction}/{:013}/{}/s", event.timestamp, event.id)
}

/// The events that a token goes on with. An event that arrived late is not moved past by those after it
/// in the list, only by those after it in time.
fn range(token: &str, size: usize, events: &[LogEvent]) -> Result<(usize, usize), ApiError> {
    let invalid = || ApiError::invalid_parameter("The specified nextToken is invalid.");
    let mut parts = token.splitn(4, '/');
    let (Some(direction), Some(at), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid());
    };
    let at: i64 = at.parse().map_err(|_| invalid())?;
    match direction {
        "f" => {
            let from =
                events.partition_point(|event| (event.timestamp, event.id.as_str()) <= (at, id));
            Ok((from, from.saturating_add(size).min(events.len())))
        }
        "b" => {
            let to =
                events.partition_point(|event| (event.timestamp, event.id.as_str()) < (at, id));
            Ok((to.saturating_sub(size), to))
        }
        _ => Err(invalid()),
    }
}
