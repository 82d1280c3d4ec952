//! Reads of Amazon CloudWatch Logs.

use std::sync::Arc;

use aws_types::request_id::RequestId;
use jiff::Timestamp;

use super::Reads;
use super::budget::Bucket;
use super::error::failed;
use crate::contract::{Seen, Unobserved};

/// A question for log events. Equal questions of a round are asked once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogQuery {
    /// The region of the log group, which need not be the service's.
    pub region: String,
    /// The log group's name.
    pub group: String,
    /// The streams, at least one.
    pub streams: Vec<String>,
    /// The first moment of the window, by the events' own time stamps.
    pub from: Timestamp,
}

/// The answer. A stream that doesn't exist has no events: it is made when its first line is
/// written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogEvents {
    /// The events, as AWS ordered them.
    pub events: Vec<LogEvent>,
    /// Whether there is no such log group.
    pub no_group: bool,
}

/// A log event.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEvent {
    /// AWS's id of the event.
    pub id: String,
    /// The stream it is in.
    pub stream: String,
    /// Its own time stamp.
    pub at: Timestamp,
    /// Its text.
    pub message: String,
}

const CALL: &str = "logs:FilterLogEvents";

/// AWS's limit of stream names in one call.
const STREAMS: usize = 100;

/// A window of more pages than this (of up to 10 000 events or 1 MB) can't be read between
/// two looks.
const MOST_PAGES: usize = 200;

impl Reads {
    /// The log events of some streams since a moment, through partial and empty pages.
    ///
    /// No filter pattern is sent: lines are matched here, by one rule, and every check that
    /// reads the same streams shares the answer.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails, or doesn't come to an end.
    pub async fn log_events(&self, query: LogQuery) -> Result<Seen<Arc<LogEvents>>, Unobserved> {
        self.round
            .log_events
            .once(query.clone(), Box::pin(self.read_events(&query)))
            .await
    }

    async fn read_events(&self, query: &LogQuery) -> Result<Seen<Arc<LogEvents>>, Unobserved> {
        let mut seen = self.seen(CALL, &query.group, None, LogEvents::default());
        for streams in query.streams.chunks(STREAMS) {
            seen.source.request_id = self.read_existing(query, streams, &mut seen.value).await?;
        }
        seen.at = self.clock().now();
        Ok(seen.map(Arc::new))
    }

    /// One stream that doesn't exist yet fails the call for all, so then each is read alone.
    async fn read_existing(
        &self,
        query: &LogQuery,
        streams: &[String],
        into: &mut LogEvents,
    ) -> Result<Option<String>, Unobserved> {
        match self.read_streams(query, streams, into).await? {
            Read::Whole { request_id } => Ok(request_id),
            Read::NoGroup => {
                into.no_group = true;
                Ok(None)
            }
            Read::NoStream => {
                let mut latest = None;
                for stream in streams.iter().filter(|_| streams.len() > 1) {
                    let alone = std::slice::from_ref(stream);
                    if let Read::Whole { request_id } =
                        self.read_streams(query, alone, into).await?
                    {
                        latest = request_id;
                    }
                }
                Ok(latest)
            }
        }
    }

    async fn read_streams(
        &self,
        query: &LogQuery,
        streams: &[String],
        into: &mut LogEvents,
    ) -> Result<Read, Unobserved> {
        let clients = self.connections.clients(Some(&query.region)).await?;
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            self.connections
                .afford(Bucket::LogEvents, &clients.region)
                .await;
            let sent = clients
                .logs
                .filter_log_events()
                .log_group_name(&query.group)
                .set_log_stream_names(Some(streams.to_vec()))
                .start_time(query.from.as_millisecond())
                .set_next_token(token.clone())
                .send()
                .await;
            let page = match sent {
                Ok(page) => page,
                Err(error) => {
                    let failed = failed(error, CALL, &query.group);
                    return match failed.code.as_str() {
                        "ResourceNotFoundException" => Ok(Read::missing(&failed.unobserved)),
                        _ => Err(failed.into()),
                    };
                }
            };
            into.events
                .extend(page.events().iter().filter_map(LogEvent::read));
            let next = page.next_token().map(str::to_owned);
            if next.is_none() {
                return Ok(Read::Whole {
                    request_id: page.request_id().map(str::to_owned),
                });
            }
            if next == token {
                break;
            }
            token = next;
        }
        Err(Unobserved::for_now(format!("{CALL} on {} did not come to an end", query.group))
            .hint("There are more lines than can be read between two looks; narrow `since`, or raise `timeout` and `every`."))
    }
}

/// How reading some streams ended.
enum Read {
    Whole { request_id: Option<String> },
    NoGroup,
    NoStream,
}

impl Read {
    /// AWS has one code for both, and says in words which it is.
    fn missing(told: &Unobserved) -> Self {
        if told.headline.contains("log group") {
            Self::NoGroup
        } else {
            Self::NoStream
        }
    }
}

impl LogEvent {
    fn read(event: &aws_sdk_cloudwatchlogs::types::FilteredLogEvent) -> Option<Self> {
        Some(Self {
            id: event.event_id().unwrap_or_default().to_owned(),
            stream: event.log_stream_name()?.to_owned(),
            at: Timestamp::from_millisecond(event.timestamp()?).ok()?,
            message: event
                .message()
                .unwrap_or_default()
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        })
    }
}
