//! FilterLogEvents: the events of a group's streams, a page at a time, and some pages empty.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, group, no_stream, page_size, pattern::Pattern};
use crate::{
    identity,
    world::{LogEvent, LogStream, World, log_configuration::LogGroup},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_names: Option<Vec<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

pub(super) fn answer(world: &World, region: &str, asked: &Input) -> Result<Value, ApiError> {
    let group = group(
        (world, region),
        asked.log_group_name.as_deref(),
        asked.log_group_identifier.as_deref(),
    )?;
    let streams = wanted_streams(world, &group, asked)?;
    let place = match &asked.next_token {
        None => Place {
            empty_pages: world.document.logs.empty_pages,
            after: (i64::MIN, String::new()),
        },
        Some(token) => Place::read(token)
            .ok_or_else(|| ApiError::invalid_parameter("The specified nextToken is invalid."))?,
    };
    // An empty page is no sign of the end: only a missing token is.
    if let Some(left) = place.empty_pages.checked_sub(1) {
        let next = Place {
            empty_pages: left,
            ..place
        };
        return Ok(json!({ "events": [], "searchedLogStreams": [], "nextToken": next.token() }));
    }
    let mut events = matching(world, &streams, asked)?;
    events.retain(|event| key(event) > (place.after.0, place.after.1.as_str()));
    let size = page_size(asked.limit)?.min(world.document.logs.events_per_page.max(1));
    let more = events.len() > size;
    events.truncate(size);
    let shapes: Vec<Value> = events.iter().map(filtered).collect();
    let mut page = json!({ "events": shapes, "searchedLogStreams": [] });
    if let (true, Some(last)) = (more, events.last()) {
        let next = Place {
            empty_pages: 0,
            after: (last.timestamp, last.id.clone()),
        };
        page["nextToken"] = next.token().into();
    }
    Ok(page)
}

/// The events in the window that match the pattern, oldest first. Both ends of the window count.
fn matching(
    world: &World,
    streams: &[LogStream],
    asked: &Input,
) -> Result<Vec<LogEvent>, ApiError> {
    let pattern = asked
        .filter_pattern
        .as_deref()
        .map(Pattern::read)
        .transpose()?
        .unwrap_or_default();
    let (from, to) = (
        asked.start_time.unwrap_or(i64::MIN),
        asked.end_time.unwrap_or(i64::MAX),
    );
    let found = streams
        .iter()
        .flat_map(|stream| world.log_events(stream, from, to));
    let mut events: Vec<LogEvent> = found
        .filter(|event| pattern.matches(&event.message))
        .collect();
    events.sort();
    Ok(events)
}

fn key(event: &LogEvent) -> (i64, &str) {
    (event.timestamp, &event.id)
}

fn filtered(event: &LogEvent) -> Value {
    json!({
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingested,
        "eventId": event.id,
    })
}

/// The streams that were asked for. A name without a stream is an error, as a wrong group is.
fn wanted_streams(
    world: &World,
    group: &LogGroup,
    asked: &Input,
) -> Result<Vec<LogStream>, ApiError> {
    let all = world.log_streams(group);
    let prefix = asked.log_stream_name_prefix.as_deref();
    let Some(names) = &asked.log_stream_names else {
        return Ok(all
            .into_iter()
            .filter(|stream| prefix.is_none_or(|prefix| stream.name.starts_with(prefix)))
            .collect());
    };
    if prefix.is_some() {
        return Err(ApiError::invalid_parameter(
            "LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.",
        ));
    }
    if names.is_empty() || names.len() > 100 {
        return Err(ApiError::invalid_parameter(
            "1 validation error detected: Value at 'logStreamNames' failed to satisfy constraint: \
             Member must have length between 1 and 100",
        ));
    }
    if names
        .iter()
        .any(|name| !all.iter().any(|stream| stream.name == *name))
    {
        return Err(no_stream());
    }
    Ok(all
        .into_iter()
        .filter(|stream| names.contains(&stream.name))
        .collect())
}

/// Where a listing goes on: how many empty pages are still to come, and after which event.
struct Place {
    empty_pages: u32,
    after: (i64, String),
}

impl Place {
    fn token(&self) -> String {
        let place = format!("{}/{}/{}", self.empty_pages, self.after.0, self.after.1);
        format!(
            "{}{}",
            &identity::hex32(&["logs", &place])[..16],
            identity::hex(place.as_bytes())
        )
    }

    fn read(token: &str) -> Option<Self> {
        let hex = token.get(16..)?.as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Vec<u8> = hex.chunks(2).map(byte).collect::<Option<_>>()?;
        let place = String::from_utf8(bytes).ok()?;
        let mut parts = place.splitn(3, '/');
        let empty_pages = parts.next()?.parse().ok()?;
        let after = (parts.next()?.parse().ok()?, parts.next()?.to_owned());
        Some(Self { empty_pages, after }).filter(|read| read.token() == token)
    }
}
