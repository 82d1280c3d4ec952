//! The last lines of tasks that have stopped, whatever they say: what a diagnosis quotes.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::lines::LogLine;
use super::progress::earlier;
use super::streams::{Destination, Stream};
use crate::contract::{Seen, Unobserved};
use crate::reads::{ContainerDefinition, LogEvents, LogQuery, Reads, Task, TaskDefinition};

/// The last lines of some tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastLines {
    /// Task, container and line, in the order of time.
    pub lines: Vec<(String, LogLine)>,
    /// Where and when they were read, where they were.
    pub read: Option<Seen<()>>,
    /// Why others couldn't be read.
    pub unread: Vec<Unobserved>,
}

/// Lines that are kept of each container of each task.
const KEPT: usize = 20;
/// How long before a task's end its last lines may be.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// Lines arrive with up to 20 s of delay, and some are written while a task stops.
const AFTER: SignedDuration = SignedDuration::from_secs(60);
/// AWS's limit of stream names in one call.
const STREAMS: usize = 100;

impl LastLines {
    /// Reads the last lines of `tasks`, which run or ran `definition` in `region`: one call a
    /// log group. The window depends on the tasks alone, so that all checks of a round ask the
    /// same. Reading leaves off at `until`, by the run's clock.
    pub async fn read(
        tasks: &[&Task],
        definition: &TaskDefinition,
        region: &str,
        until: Timestamp,
        reads: &Reads,
    ) -> Self {
        let mut found = Self::default();
        let mut groups: BTreeMap<(String, String), Vec<(Stream, Timestamp)>> = BTreeMap::new();
        // What never started has no lines that could be missed.
        let has_run = tasks.iter().any(|task| task.started_at.is_some());
        for container in &definition.containers {
            match Destination::of(container, region) {
                Ok(to) => {
                    let of_task = |task: &&Task| Some((to.stream(task, None)?, end(task)?));
                    for (stream, end) in tasks.iter().filter_map(of_task) {
                        let group = (stream.region.clone(), stream.group.clone());
                        groups.entry(group).or_default().push((stream, end));
                    }
                }
                Err(unreadable) if container.essential && has_run => found.unread.push(unreadable),
                Err(_) => {}
            }
        }
        for streams in groups.values() {
            found.read_group(streams, until, reads).await;
        }
        found.lines.sort_by_key(|(_, line)| line.at);
        found
    }

    /// One stream that doesn't exist fails the call for all; then they are asked for one by one.
    async fn read_group(
        &mut self,
        streams: &[(Stream, Timestamp)],
        until: Timestamp,
        reads: &Reads,
    ) {
        for together in streams.chunks(STREAMS) {
            if self.ask(together, until, reads).await || together.len() == 1 {
                continue;
            }
            for alone in together.chunks(1) {
                self.ask(alone, until, reads).await;
            }
        }
    }

    /// Whether there was an answer, be it that nothing can be read.
    async fn ask(
        &mut self,
        streams: &[(Stream, Timestamp)],
        until: Timestamp,
        reads: &Reads,
    ) -> bool {
        let Some(query) = query(streams, until) else {
            return true;
        };
        let (group, region) = (query.group.clone(), query.region.clone());
        match Box::pin(reads.log_events(query)).await {
            Ok(seen) if seen.value.no_stream => return false,
            Ok(seen) if seen.value.no_group => self.unread.push(
                Unobserved::for_now(format!("there is no log group `{group}` in {region}"))
                    .origin(seen.source),
            ),
            Ok(seen) => self.take(streams, seen),
            Err(unobserved) => self.unread.push(unobserved),
        }
        true
    }

    fn take(&mut self, streams: &[(Stream, Timestamp)], seen: Seen<Arc<LogEvents>>) {
        for (stream, _) in streams {
            let of_stream = seen.value.events.iter();
            let of_stream = of_stream.filter(|event| event.stream == stream.name);
            let mut events: Vec<_> = of_stream.collect();
            events.sort_by_key(|event| event.at);
            let last = &events[events.len().saturating_sub(KEPT)..];
            let kept = last.iter().map(|event| LogLine::kept(stream, event));
            self.lines
                .extend(kept.map(|line| (stream.task.clone(), line)));
        }
        self.read = Some(seen.map(|_| ()));
    }
}

fn query(streams: &[(Stream, Timestamp)], until: Timestamp) -> Option<LogQuery> {
    let (first, _) = streams.first()?;
    let from = streams
        .iter()
        .map(|(stream, end)| stream.from.max(earlier(*end, BEFORE)))
        .min()?;
    let to = streams.iter().map(|(_, end)| *end).max()?;
    Some(LogQuery {
        region: first.region.clone(),
        group: first.group.clone(),
        streams: streams
            .iter()
            .map(|(stream, _)| stream.name.clone())
            .collect(),
        from,
        to: to.checked_add(AFTER).unwrap_or(to),
        token: None,
        until,
    })
}

/// When a task ended, as far as it is known by now.
fn end(task: &Task) -> Option<Timestamp> {
    task.execution_stopped_at
        .or(task.stopping_at)
        .or(task.stopped_at)
}

/// The command that shows all lines of a task's container.
pub(crate) fn tail(container: &ContainerDefinition, task: &Task, region: &str) -> Option<String> {
    let stream = Destination::of(container, region)
        .ok()?
        .stream(task, None)?;
    Some(format!(
        "aws logs tail {} --log-stream-names {} --since 1h --region {}",
        stream.group, stream.name, stream.region
    ))
}
