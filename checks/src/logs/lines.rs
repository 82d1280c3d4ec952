//! The lines of the judged deployment's tasks: read on from look to look, and reduced to
//! what a judge needs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::line_match::LineMatch;
use super::progress::{Progress, earlier, queries};
use super::since::Since;
use super::streams::{Destination, Stream};
use crate::contract::{Body, Evidence, Line, Seen, Target, Times, Unobserved};
use crate::ecs::{Picture, judged_containers};
use crate::reads::{LogEvent, LogEvents, Reads, Task};

/// What the looks so far found in the logs.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// The judged tasks that run and are to stay.
    pub staying: BTreeSet<String>,
    /// How many tasks the deployment wants.
    pub desired: usize,
    /// How many tasks of other deployments still run.
    pub old: usize,
    /// The lines of each judged task that wrote any, running or stopped.
    pub by_task: BTreeMap<String, TaskLines>,
    /// Log groups that don't exist.
    pub no_group: BTreeSet<String>,
    /// Whether a log driver may have dropped lines.
    pub may_drop: bool,
    /// The latest reading, for evidence.
    pub read: Seen<()>,
    progress: Progress,
}

/// The lines of one task.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskLines {
    /// How many there were.
    pub total: usize,
    /// How many of them are meant.
    pub matched: usize,
    /// The first of those.
    pub first: Vec<LogLine>,
    /// The last lines of any kind.
    pub last: VecDeque<LogLine>,
    /// A line that settles the check.
    pub broken_by: Option<LogLine>,
}

/// A line and the container that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogLine {
    pub at: Timestamp,
    pub container: String,
    pub text: String,
}

/// Lines that are shown of each task.
const FIRST: usize = 3;
const LAST: usize = 5;

/// Clocks differ by about this much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);

/// What to read, as a check is configured.
pub(super) struct Question<'a> {
    pub sought: &'a LineMatch,
    pub broken_when: Option<&'a LineMatch>,
    pub container: Option<&'a str>,
    pub since: &'a Since,
    /// Whether every judged container must be readable, as for a proof of absence.
    pub all_containers: bool,
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
        let destinations = destinations(question, target, &definition.value)?;
        let tasks: Vec<&Task> = picture.judged(target).collect();
        let streams: Vec<Stream> = tasks
            .iter()
            .flat_map(|task| {
                destinations
                    .iter()
                    .filter_map(|(name, to)| to.stream(task, name))
            })
            .collect();
        let since = question
            .since
            .moment(times)
            .map(|at| earlier(reads.aws_time(at), TOLERANCE));
        let mut lines = Self::begin(&picture, target, before);
        lines.may_drop = destinations.iter().any(|(_, to)| to.may_drop);
        let now = reads.aws_time(times.now);
        let from = lines.progress.from(&streams, &tasks, since, now);
        for query in queries(&streams, from) {
            let seen = reads.log_events(query.clone()).await?;
            lines.take(question, &query.group, &seen, &streams, &tasks, since);
        }
        lines.progress.advance(&streams, now);
        Ok(lines)
    }

    fn begin(picture: &Picture, target: &Target, before: Option<&Self>) -> Self {
        let kept = before.cloned();
        let (by_task, progress) = kept
            .map(|kept| (kept.by_task, kept.progress))
            .unwrap_or_default();
        Self {
            staying: picture
                .staying(target)
                .map(|task| task.id.clone())
                .collect(),
            desired: picture.desired(target),
            old: picture.old(target).count(),
            by_task,
            no_group: BTreeSet::new(),
            may_drop: false,
            read: picture.tasks.clone().map(|_| ()),
            progress,
        }
    }

    fn take(
        &mut self,
        question: &Question<'_>,
        group: &str,
        seen: &Seen<std::sync::Arc<LogEvents>>,
        streams: &[Stream],
        tasks: &[&Task],
        since: Option<Timestamp>,
    ) {
        if seen.value.no_group {
            self.no_group.insert(group.to_owned());
        }
        self.read = seen.clone().map(|_| ());
        for event in &seen.value.events {
            let stream = streams
                .iter()
                .find(|stream| stream.group == group && stream.name == event.stream);
            let Some(stream) = stream else { continue };
            let created = tasks
                .iter()
                .find(|task| task.id == stream.task)
                .and_then(|task| task.created_at);
            let counts = [created, since]
                .into_iter()
                .flatten()
                .all(|start| event.at >= start);
            if counts && self.progress.is_new(event) {
                self.by_task
                    .entry(stream.task.clone())
                    .or_default()
                    .add(question, stream, event);
            }
        }
    }

    /// How many lines all judged tasks wrote.
    pub fn total(&self) -> usize {
        self.by_task.values().map(|lines| lines.total).sum()
    }

    /// The tasks in which a meant line was seen.
    pub fn matched(&self) -> impl Iterator<Item = (&String, &TaskLines)> {
        self.by_task.iter().filter(|(_, lines)| lines.matched > 0)
    }

    /// A line that settles the check, and its task.
    pub fn broken_by(&self) -> Option<(&String, &LogLine)> {
        self.by_task
            .iter()
            .find_map(|(task, lines)| Some((task, lines.broken_by.as_ref()?)))
    }

    /// The meant lines, quoted.
    pub fn matched_lines(&self, title: &str) -> Evidence {
        let omitted = self
            .matched()
            .map(|(_, lines)| lines.matched - lines.first.len())
            .sum();
        self.excerpt(title, omitted, |lines| lines.first.iter().collect())
    }

    /// The last lines that there were, of whatever kind.
    pub fn last_lines(&self) -> Evidence {
        let omitted = self
            .by_task
            .values()
            .map(|lines| lines.total - lines.last.len())
            .sum();
        let title = format!("the last lines of {} tasks", self.by_task.len());
        self.excerpt(&title, omitted, |lines| lines.last.iter().collect())
    }

    fn excerpt(
        &self,
        title: &str,
        omitted: usize,
        pick: impl Fn(&TaskLines) -> Vec<&LogLine>,
    ) -> Evidence {
        let quoted = self
            .by_task
            .iter()
            .flat_map(|(task, lines)| pick(lines).into_iter().map(move |line| quote(task, line)));
        let lines = quoted.collect();
        self.read.evidence(Body::Excerpt {
            title: title.to_owned(),
            lines,
            omitted,
        })
    }
}

/// A line with its time and task.
pub(super) fn quote(task: &str, line: &LogLine) -> Line {
    let short = task.get(..8).unwrap_or(task);
    Line {
        at: Some(line.at),
        origin: Some(format!("task {short}, {}", line.container)),
        text: line.text.clone(),
    }
}

impl TaskLines {
    fn add(&mut self, question: &Question<'_>, stream: &Stream, event: &LogEvent) {
        let line = LogLine {
            at: event.at,
            container: stream.container.clone(),
            text: event.message.clone(),
        };
        self.total += 1;
        if question.sought.matches(&line.text) {
            self.matched += 1;
            if self.first.len() < FIRST {
                self.first.push(line.clone());
            }
        }
        if self.broken_by.is_none()
            && question
                .broken_when
                .is_some_and(|broken| broken.matches(&line.text))
        {
            self.broken_by = Some(line.clone());
        }
        self.last.push_back(line);
        if self.last.len() > LAST {
            self.last.pop_front();
        }
    }
}

/// Where each container that the question is about logs.
fn destinations(
    question: &Question<'_>,
    target: &Target,
    definition: &crate::reads::TaskDefinition,
) -> Result<Vec<(String, Destination)>, Unobserved> {
    let containers = match question.container {
        Some(name) => match definition.container(name) {
            Some(container) => vec![container],
            None => {
                let names: Vec<&str> = definition
                    .containers
                    .iter()
                    .map(|c| c.name.as_str())
                    .collect();
                return Err(Unobserved::lasting(format!(
                    "{} has no container `{name}`",
                    definition.name()
                ))
                .hint(format!("Its containers: {}.", names.join(", "))));
            }
        },
        None => judged_containers(target, definition)?,
    };
    let mut found = Vec::new();
    let mut unreadable = None;
    for container in containers {
        match Destination::of(container, &target.region) {
            Ok(destination) => found.push((container.name.clone(), destination)),
            Err(unobserved) => unreadable = Some(unobserved),
        }
    }
    match unreadable {
        Some(unobserved) if found.is_empty() || question.all_containers => Err(unobserved),
        _ => Ok(found),
    }
}

#[cfg(test)]
pub(super) mod literal;
