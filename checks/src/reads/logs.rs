//! Reads of Amazon CloudWatch Logs.

use std::sync::Arc;

use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsOutput;
use aws_types::request_id::RequestId;
use jiff::Timestamp;

use super::Reads;
use super::budget::Bucket;
use super::ecs::same_token;
use super::error::{Failed, failed};
use crate::contract::{Seen, Unobserved};

/// A question for log events. Equal questions of a round are asked once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogQuery {
    /// The region of the log group, which need not be the service's.
    pub region: String,
    /// The log group's name.
    pub group: String,
    /// The streams: 1 to 100, which is AWS's limit.
    pub streams: Vec<String>,
    /// The first moment of the window, by the events' own time stamps.
    pub from: Timestamp,
    /// The last moment of the window: without it, reading a busy group never ends.
    pub to: Timestamp,
    /// Where an earlier answer to the same question left off.
    pub token: Option<String>,
    /// When to leave off, by the run's clock: what has been read by then is the answer. At
    /// least one page always is read.
    pub until: Timestamp,
}

/// The answer, or as much of it as could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogEvents {
    /// The events, as AWS ordered them.
    pub events: Vec<LogEvent>,
    /// Where to read on; none where all was read.
    pub rest: Option<String>,
    /// Whether there is no such log group.
    pub no_group: bool,
    /// Whether one of the streams doesn't exist, which fails the call for all of them. A
    /// stream is made when its container starts, or with its first line.
    pub no_stream: bool,
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

/// The pages of one answer, of up to 1 MB each: they are in memory together until their
/// round is over. The next look reads on.
const MOST_PAGES: usize = 40;

impl Reads {
    /// The log events of some streams in a window, through partial and empty pages.
    ///
    /// No filter pattern is sent: lines are matched here, by one rule, and every check that
    /// reads the same streams shares the answer.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails. Where it fails for now and after a page was read,
    /// what was read is the answer.
    pub async fn log_events(&self, query: LogQuery) -> Result<Seen<Arc<LogEvents>>, Unobserved> {
        self.round
            .log_events
            .once(query.clone(), || Box::pin(self.read_events(&query)))
            .await
    }

    async fn read_events(&self, query: &LogQuery) -> Result<Seen<Arc<LogEvents>>, Unobserved> {
        let mut seen = self.seen(CALL, &query.group, None, LogEvents::default());
        let read = &mut seen.value;
        read.rest.clone_from(&query.token);
        for number in 0..MOST_PAGES {
            if number > 0 && self.clock().now() >= query.until {
                break;
            }
            match self.read_page(query, read.rest.clone()).await {
                Ok(page) if read.rest.is_some() && page.next_token == read.rest => {
                    return Err(same_token(CALL));
                }
                Ok(page) => {
                    seen.source.request_id = page.request_id().map(str::to_owned);
                    read.events
                        .extend(page.events().iter().filter_map(LogEvent::read));
                    read.rest = page.next_token().map(str::to_owned);
                }
                Err(failed) if failed.code == "ResourceNotFoundException" => {
                    read.missing(&failed.unobserved);
                    let origin = failed.unobserved.origin;
                    seen.source.request_id = origin.and_then(|origin| origin.request_id);
                }
                // What was read stays read, so that a quota which is hit now and then can't
                // keep a long history from ever being read.
                Err(failed) if number > 0 && !failed.unobserved.lasting => break,
                Err(failed) => return Err(failed.into()),
            }
            if read.rest.is_none() {
                break;
            }
        }
        seen.at = self.clock().now();
        Ok(seen.map(Arc::new))
    }

    async fn read_page(
        &self,
        query: &LogQuery,
        token: Option<String>,
    ) -> Result<FilterLogEventsOutput, Failed> {
        let unconnected = |unobserved| Failed {
            code: String::new(),
            unobserved,
        };
        let clients = self.connections.clients(Some(&query.region)).await;
        let clients = clients.map_err(unconnected)?;
        let call = clients
            .logs
            .filter_log_events()
            .log_group_name(&query.group)
            .set_log_stream_names(Some(query.streams.clone()))
            .start_time(query.from.as_millisecond())
            .end_time(query.to.as_millisecond())
            .set_next_token(token);
        self.within_budget(Bucket::LogEvents, &clients.region, || call.send())
            .await
            .map_err(|error| failed(error, CALL, &query.group))
    }
}

impl LogEvents {
    /// AWS has one code for both, and says in words which it is.
    fn missing(&mut self, told: &Unobserved) {
        self.rest = None;
        self.no_group = told.headline.contains("log group");
        self.no_stream = !self.no_group;
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
