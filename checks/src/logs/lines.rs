//! The lines of the judged deployment's tasks, reduced to what a judge needs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::line_match::LineMatch;
use super::progress::Progress;
use super::streams::Stream;
use crate::contract::{Body, Evidence, Line, Seen, Unobserved};
use crate::diagnosis::Troubles;
use crate::reads::{LogEvent, short_task_id};

/// What the looks so far found in the logs.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// The judged tasks that run and are to stay.
    pub staying: BTreeSet<String>,
    /// How many tasks the deployment wants.
    pub desired: usize,
    /// How many tasks of other deployments still run.
    pub old: usize,
    /// Whether a look saw a task of the deployment that had started.
    pub ever_ran: bool,
    /// What failed of the deployment.
    pub troubles: Troubles,
    /// The containers whose lines are read.
    pub containers: Vec<String>,
    /// Why the lines of another container can't be read.
    pub unreadable: Option<Unobserved>,
    /// The lines of each judged task that wrote any, running or stopped.
    pub by_task: BTreeMap<String, TaskLines>,
    /// A log group that doesn't exist, as AWS says.
    pub no_group: Option<Seen<NoGroup>>,
    /// Up to when lines have been read, where there are more than one look can read.
    pub read_to: Option<Timestamp>,
    /// Whether a log driver may have dropped lines.
    pub may_drop: bool,
    /// The latest reading, for evidence.
    pub read: Seen<()>,
    pub progress: Progress,
}

/// The name of what isn't there.
#[derive(Clone, Debug)]
pub(super) struct NoGroup {
    pub region: String,
    pub group: String,
}

/// The lines of one task.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskLines {
    /// How many there were.
    pub total: usize,
    /// Which containers wrote any.
    pub containers: BTreeSet<String>,
    /// How many of them are meant.
    pub matched: usize,
    /// The first of those.
    pub first: Vec<LogLine>,
    /// The last lines of any kind, in the order of time.
    pub last: Vec<LogLine>,
    /// A line that settles the check.
    pub broken_by: Option<LogLine>,
}

/// A line and the container that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLine {
    pub at: Timestamp,
    pub container: String,
    /// Its text as far as it is kept.
    pub text: String,
    /// The part of the text that was looked for, where the line is kept for that.
    pub matched: Option<String>,
}

/// Which lines are meant, as a check is configured.
#[derive(Clone, Copy)]
pub(super) struct Meant<'a> {
    pub sought: &'a LineMatch,
    pub broken_when: Option<&'a LineMatch>,
}

/// Lines that are shown of each task.
const FIRST: usize = 3;
const LAST: usize = 5;

/// An event may have 256 KB, which is no quotation.
const MOST_BYTES: usize = 4096;

impl Lines {
    /// How many lines all judged tasks wrote.
    pub fn total(&self) -> usize {
        self.by_task.values().map(|lines| lines.total).sum()
    }

    /// `400 lines of 2 tasks`.
    pub fn count(&self) -> String {
        let tasks = counted(self.by_task.len(), "task");
        format!("{} of {tasks}", counted(self.total(), "line"))
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

    /// The tasks to stay in which a container wrote no line.
    pub fn silent_in(&self, container: &str) -> Vec<&String> {
        let wrote = |task: &String| {
            let lines = self.by_task.get(task);
            lines.is_some_and(|lines| lines.containers.contains(container))
        };
        self.staying.iter().filter(|task| !wrote(task)).collect()
    }

    /// The meant lines, quoted.
    pub fn matched_lines(&self, title: &str) -> Evidence {
        let omitted = self
            .matched()
            .map(|(_, lines)| lines.matched - lines.first.len())
            .sum();
        self.excerpt(title, omitted, |lines| &lines.first)
    }

    /// The last lines that there were, of whatever kind.
    pub fn last_lines(&self) -> Evidence {
        let omitted = self
            .by_task
            .values()
            .map(|lines| lines.total - lines.last.len())
            .sum();
        let title = format!("the last lines of {}", counted(self.by_task.len(), "task"));
        self.excerpt(&title, omitted, |lines| &lines.last)
    }

    fn excerpt(
        &self,
        title: &str,
        omitted: usize,
        pick: impl Fn(&TaskLines) -> &Vec<LogLine>,
    ) -> Evidence {
        let quoted = self
            .by_task
            .iter()
            .flat_map(|(task, lines)| pick(lines).iter().map(move |line| quote(task, line)));
        let lines = quoted.collect();
        self.read.evidence(Body::Excerpt {
            title: title.to_owned(),
            lines,
            omitted,
        })
    }
}

/// A line with its time and task.
pub(crate) fn quote(task: &str, line: &LogLine) -> Line {
    Line {
        at: Some(line.at),
        origin: Some(format!("task {}, {}", short_task_id(task), line.container)),
        text: line.text.clone(),
        matched: line.matched.clone(),
    }
}

/// `1 line`, `2 lines`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

impl LogLine {
    pub(super) fn kept(stream: &Stream, event: &LogEvent) -> Self {
        let end = event.message.floor_char_boundary(MOST_BYTES);
        let mut text = event.message[..end].to_owned();
        if end < event.message.len() {
            text.push('…');
        }
        Self {
            at: event.at,
            container: stream.container.clone(),
            text,
            matched: None,
        }
    }

    /// The same line, kept for what is looked for in it.
    fn kept_for(meant: &LineMatch, stream: &Stream, event: &LogEvent) -> Self {
        let mut line = Self::kept(stream, event);
        line.matched = meant.part_of(&line.text).map(str::to_owned);
        line
    }
}

impl TaskLines {
    /// Counts a line, and keeps it where it is one of those that are shown.
    pub fn add(&mut self, meant: Meant<'_>, stream: &Stream, event: &LogEvent) {
        let line = || LogLine::kept(stream, event);
        self.total += 1;
        if !self.containers.contains(&stream.container) {
            self.containers.insert(stream.container.clone());
        }
        if meant.sought.matches(&event.message) {
            self.matched += 1;
            if self.first.len() < FIRST {
                let line = LogLine::kept_for(meant.sought, stream, event);
                self.first.push(line);
            }
        }
        if self.broken_by.is_none()
            && let Some(broken) = meant.broken_when
            && broken.matches(&event.message)
        {
            self.broken_by = Some(LogLine::kept_for(broken, stream, event));
        }
        // The lines of several containers don't come in the order of time.
        let place = self.last.partition_point(|last| last.at <= event.at);
        if place > 0 || self.last.len() < LAST {
            self.last.insert(place, line());
        }
        if self.last.len() > LAST {
            self.last.remove(0);
        }
    }
}

#[cfg(test)]
pub(super) mod literal;
#[cfg(test)]
mod tests;
