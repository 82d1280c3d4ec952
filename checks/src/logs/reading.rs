//! One look into the logs: which streams to ask for, together or alone, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Unit};

use super::lines::{Lines, Meant, NoGroup};
use super::progress::{Open, earlier, overlap};
use super::since::Since;
use super::streams::{Destinations, Stream};
use crate::contract::{Target, Times, Unobserved};
use crate::ecs::Picture;
use crate::reads::{LogQuery, Reads};

/// What to read, as a check is configured.
pub(super) struct Question<'a> {
    pub meant: Meant<'a>,
    pub container: Option<&'a str>,
    pub since: &'a Since,
    /// How long events may take to arrive.
    pub ingestion: Duration,
}

/// Clocks differ by about this much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);
/// AWS's limit of stream names in one call.
const STREAMS: usize = 100;

/// A look that is being made.
struct Reading<'a> {
    question: &'a Question<'a>,
    reads: &'a Reads,
    streams: BTreeMap<String, Stream>,
    /// When the look began, by AWS's clock.
    now: Timestamp,
    /// When to leave off, by the run's clock.
    until: Timestamp,
    lines: Lines,
}

impl Lines {
    /// Reads on from `before`.
    pub async fn observe(
        question: &Question<'_>,
        target: &Target,
        times: &Times,
        before: Option<&Self>,
        reads: &Reads,
    ) -> Result<Self, Unobserved> {
        let picture = Picture::observe(target, reads);
        let definition = reads.task_definition(&target.region, &target.deployment.task_definition);
        let (picture, definition) = futures_util::try_join!(picture, definition)?;
        let to = Destinations::of(question.container, target, &definition.value)?;
        let since = question
            .since
            .moment(times)
            .map(|at| earlier(reads.aws_time(at), TOLERANCE));
        let of_task = |task| {
            to.readable
                .iter()
                .filter_map(move |to| to.stream(task, since))
        };
        let streams = picture.judged(target).flat_map(of_task);
        let mut reading = Reading {
            question,
            reads,
            streams: streams.map(|s| (s.name.clone(), s)).collect(),
            now: reads.aws_time(times.now),
            // The other half is for the page that is on its way then.
            until: times
                .now
                .checked_add(times.limit / 2)
                .unwrap_or(Timestamp::MAX),
            lines: Self::begin(&picture, target, &to, before),
        };
        reading.look().await?;
        Ok(reading.lines)
    }

    fn begin(picture: &Picture, target: &Target, to: &Destinations, before: Option<&Self>) -> Self {
        let (by_task, progress) = before
            .map(|before| (before.by_task.clone(), before.progress.clone()))
            .unwrap_or_default();
        let staying = picture.staying(target).map(|task| task.id.clone());
        let started = picture.judged(target).any(|task| task.started_at.is_some());
        let containers = to.readable.iter().map(|to| to.container.clone());
        Self {
            staying: staying.collect(),
            desired: picture.desired(target),
            old: picture.old(target).count(),
            ever_ran: started || before.is_some_and(|before| before.ever_ran),
            troubles: picture.troubles.clone(),
            containers: containers.collect(),
            unreadable: to.unreadable.clone(),
            by_task,
            no_group: None,
            read_to: None,
            may_drop: to.readable.iter().any(|to| to.may_drop),
            read: picture.tasks.with(()),
            progress,
        }
    }
}

/// Whether what was asked for exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existence {
    Exists,
    NoStream,
    NoGroup,
}

impl Reading<'_> {
    /// In the normal case this is one call for all streams of a log group. One stream that
    /// doesn't exist fails the call for all, so those that may not exist are asked for apart
    /// from those that do: first together, and one by one only where that fails.
    async fn look(&mut self) -> Result<(), Unobserved> {
        for open in std::mem::take(&mut self.lines.progress.open) {
            self.ask(open).await?;
        }
        let streams: Vec<Stream> = self.streams.values().cloned().collect();
        let (known, mut unknown) = self.lines.progress.due(&streams);
        for (query, of) in self.queries(&known) {
            if self.ask(query).await? == Existence::NoStream {
                unknown.extend(of);
            }
        }
        let mut alone = Vec::new();
        for (query, of) in self.queries(&unknown) {
            match (self.ask(query).await?, &of[..]) {
                (Existence::NoStream, [one]) => self.lines.progress.missed(one),
                (Existence::NoStream, _) => alone.extend(of),
                (Existence::Exists | Existence::NoGroup, _) => {}
            }
        }
        self.one_by_one(alone).await
    }

    /// There is no time for many such calls, so those go first that were asked for least.
    async fn one_by_one(&mut self, mut streams: Vec<&Stream>) -> Result<(), Unobserved> {
        streams.sort_by_key(|stream| self.lines.progress.misses(stream));
        for stream in streams {
            if self.reads.clock().now() >= self.until {
                self.left_at(stream.from);
                continue;
            }
            for (query, _) in self.queries(&[stream]) {
                if self.ask(query).await? == Existence::NoStream {
                    self.lines.progress.missed(stream);
                }
            }
        }
        Ok(())
    }

    /// One question a log group, for a hundred streams at most.
    fn queries<'s>(&self, streams: &[&'s Stream]) -> Vec<(Open, Vec<&'s Stream>)> {
        let mut groups: BTreeMap<(&str, &str), Vec<&'s Stream>> = BTreeMap::new();
        for stream in streams {
            let group = (stream.region.as_str(), stream.group.as_str());
            groups.entry(group).or_default().push(stream);
        }
        let chunks = groups.values().flat_map(|streams| streams.chunks(STREAMS));
        chunks
            .filter_map(|streams| Some((self.query(streams)?, streams.to_vec())))
            .collect()
    }

    fn query(&self, streams: &[&Stream]) -> Option<Open> {
        let progress = &self.lines.progress;
        let from = streams.iter().map(|stream| progress.from(stream)).min()?;
        let names: BTreeSet<&String> = streams.iter().map(|stream| &stream.name).collect();
        let query = LogQuery {
            region: streams.first()?.region.clone(),
            group: streams.first()?.group.clone(),
            streams: names.into_iter().cloned().collect(),
            from,
            to: end_of_window(self.now),
            token: None,
            until: self.until,
        };
        Some(Open {
            query,
            settled: earlier(self.now, overlap(self.question.ingestion)),
            read_to: from,
        })
    }

    /// Asks, and takes what came into the lines. Where it was too much, the next look goes on.
    async fn ask(&mut self, mut open: Open) -> Result<Existence, Unobserved> {
        open.query.until = self.until;
        let seen = self.reads.log_events(open.query.clone()).await?;
        for event in &seen.value.events {
            open.read_to = open.read_to.max(event.at);
            let Some(stream) = self.streams.get(&event.stream) else {
                continue;
            };
            if self.lines.progress.is_new(stream, event, open.settled) {
                let lines = self.lines.by_task.entry(stream.task.clone()).or_default();
                lines.add(self.question.meant, stream, event);
            }
        }
        if seen.value.no_group {
            let Open {
                query: LogQuery { region, group, .. },
                ..
            } = open;
            self.lines.no_group = Some(seen.map(|_| NoGroup { region, group }));
            return Ok(Existence::NoGroup);
        }
        if seen.value.no_stream {
            self.lines.progress.forget(&open.query);
            return Ok(Existence::NoStream);
        }
        self.lines.progress.exists(&open.query);
        match seen.value.rest.clone() {
            Some(token) => {
                self.left_at(open.read_to);
                open.query.token = Some(token);
                self.lines.progress.open.push(open);
            }
            None => {
                let read = open
                    .query
                    .streams
                    .iter()
                    .filter_map(|name| self.streams.get(name));
                read.for_each(|stream| self.lines.progress.advance(stream, open.settled));
            }
        }
        self.lines.read = seen.map(|_| ());
        Ok(Existence::Exists)
    }

    /// Not everything was read.
    fn left_at(&mut self, at: Timestamp) {
        let before = self.lines.read_to.unwrap_or(Timestamp::MAX);
        self.lines.read_to = Some(before.min(at));
    }
}

/// A minute or two from now, whole minutes so that checks which look together ask the same
/// question. It only is there to give a busy group's answer an end.
fn end_of_window(now: Timestamp) -> Timestamp {
    let minute = now.round(Unit::Minute).unwrap_or(now);
    minute
        .checked_add(SignedDuration::from_mins(2))
        .unwrap_or(Timestamp::MAX)
}
