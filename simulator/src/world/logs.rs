//! What the containers logged, worked out from their lives: nothing is stored.

use jiff::Timestamp;

use super::{World, log_configuration::LogGroup, task::Task};
use crate::{identity, scenario::format::LogLine, time::after};

/// A line in CloudWatch Logs. Times are milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogEvent {
    pub timestamp: i64,
    /// Orders events of one millisecond.
    pub id: String,
    pub stream: String,
    pub ingested: i64,
    pub message: String,
}

/// A container's log stream.
#[derive(Debug)]
pub(crate) struct LogStream {
    pub name: String,
    pub created: Timestamp,
    task: usize,
    container: usize,
}

impl World {
    /// Whether any task definition writes to the group.
    pub(crate) fn has_log_group(&self, group: &LogGroup) -> bool {
        let mut containers = self
            .task_definitions
            .iter()
            .flat_map(|definition| &definition.containers);
        containers.any(|container| container.log.as_ref().is_some_and(|log| log.goes_to(group)))
    }

    /// The streams of a group, one for each container that has started, in the order of their names.
    pub(crate) fn log_streams(&self, group: &LogGroup) -> Vec<LogStream> {
        let mut streams = Vec::new();
        for (position, task) in self
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, task)| task.has_started(self.now))
        {
            for (number, container) in task.definition.containers.iter().enumerate() {
                if let Some(log) = container.log.as_ref().filter(|log| log.goes_to(group)) {
                    streams.push(LogStream {
                        name: log.stream(self, task, container),
                        created: task.life.started,
                        task: position,
                        container: number,
                    });
                }
            }
        }
        streams.sort_by(|one, other| one.name.cmp(&other.name));
        streams
    }

    /// The events of a stream with a time of `from..=to` that have arrived by now, oldest first.
    pub(crate) fn log_events(&self, stream: &LogStream, from: i64, to: i64) -> Vec<LogEvent> {
        let mut events = self.written_to(stream, from, to);
        events.retain(|event| event.ingested <= self.now.as_millisecond());
        events
    }

    /// What a container of a task has written by now with a time of `from..=to`, whether or not it has
    /// arrived, oldest first; nothing where it doesn't log.
    pub(crate) fn written(
        &self,
        task: usize,
        container: usize,
        from: i64,
        to: i64,
    ) -> Vec<LogEvent> {
        let of = &self.tasks[task];
        let logs = of.definition.containers.get(container);
        let log = logs.and_then(|container| Some((container, container.log.as_ref()?)));
        let Some((described, log)) = log.filter(|_| of.has_started(self.now)) else {
            return Vec::new();
        };
        let stream = LogStream {
            name: log.stream(self, of, described),
            created: of.life.started,
            task,
            container,
        };
        self.written_to(&stream, from, to)
    }

    /// The events of a stream with a time of `from..=to`, whether or not they have arrived.
    fn written_to(&self, stream: &LogStream, from: i64, to: i64) -> Vec<LogEvent> {
        let task = &self.tasks[stream.task];
        let image = task
            .pulled
            .get(stream.container)
            .and_then(|pulled| pulled.image.as_ref());
        let Some(image) = image.and_then(|image| self.document.images.get(image)) else {
            return Vec::new();
        };
        let Some(vitals) = task.vitals.get(stream.container) else {
            return Vec::new();
        };
        let lines = vitals.lines(&image.logs, task.life.started);
        // No container outlives the present, and no event is read before it happened.
        let to = to.min(self.now.as_millisecond());
        let mut events = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            self.line_events((stream, task), (number, line), (from, to), &mut events);
        }
        self.said_events((stream, task), (from, to), &mut events);
        events.sort();
        events
    }

    /// What the container logged in the window because of messages that came.
    fn said_events(
        &self,
        (stream, task): (&LogStream, &Task),
        (from, to): (i64, i64),
        events: &mut Vec<LogEvent>,
    ) {
        let said = self.said.iter().enumerate().filter(|(_, said)| {
            said.task == task.id
                && said.container == stream.container
                && (from..=to).contains(&said.at)
        });
        for (number, said) in said {
            let number = number.to_string();
            let parts = [stream.name.as_str(), "said", &number];
            events.push(LogEvent {
                timestamp: said.at,
                stream: stream.name.clone(),
                id: event_id(said.at, &parts),
                ingested: said.at.saturating_add(self.log_lag(&parts)),
                message: self.message(stream, task, said.line.clone()),
            });
        }
    }

    /// The times that one line of the image was logged in the window.
    fn line_events(
        &self,
        (stream, task): (&LogStream, &Task),
        (number, line): (usize, &LogLine),
        (from, to): (i64, i64),
        events: &mut Vec<LogEvent>,
    ) {
        let first = after(task.life.started, line.after).as_millisecond();
        let last = task
            .container_end(stream.container)
            .map_or(i64::MAX, Timestamp::as_millisecond)
            .min(to);
        let every = line.every.map_or(i64::MAX, |every| {
            i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1)
        });
        let skipped = from.saturating_sub(first).max(0);
        // Rounded up: the first repetition that is not before the window.
        let mut repetition = skipped / every + i64::from(skipped % every > 0);
        if line.every.is_none() && repetition > 0 {
            return;
        }
        loop {
            let timestamp = first.saturating_add(every.saturating_mul(repetition));
            if timestamp > last || (line.every.is_none() && repetition > 0) {
                return;
            }
            let count = (repetition + 1).to_string();
            let parts = [stream.name.as_str(), &number.to_string(), &count];
            let ingested = timestamp.saturating_add(self.log_lag(&parts));
            let line = line.line.replace("{task}", &task.id).replace("{n}", &count);
            let message = self.message(stream, task, line);
            let (stream, id) = (stream.name.clone(), event_id(timestamp, &parts));
            events.push(LogEvent {
                timestamp,
                stream,
                id,
                ingested,
                message,
            });
            repetition += 1;
        }
    }

    /// A line as the container's log driver delivers it.
    fn message(&self, stream: &LogStream, task: &Task, line: String) -> String {
        let container = task.definition.containers.get(stream.container);
        let log = container.and_then(|container| Some((container, container.log.as_ref()?)));
        match log {
            Some((container, log)) => log.message(self, task, container, line),
            None => line,
        }
    }

    /// How many milliseconds an event takes to arrive.
    fn log_lag(&self, parts: &[&str]) -> i64 {
        let milliseconds =
            |span: jiff::SignedDuration| u64::try_from(span.as_millis()).unwrap_or(0);
        let logs = &self.document.logs;
        let lag = identity::between(
            parts,
            milliseconds(logs.least_lag),
            milliseconds(logs.most_lag),
        );
        i64::try_from(lag).unwrap_or(0)
    }
}

/// 56 digits, which grow with time as AWS's do.
fn event_id(timestamp: i64, parts: &[&str]) -> String {
    let tail = format!(
        "{}{}",
        identity::digits19(parts),
        identity::digits19(&[parts[0], "tail", parts[2]])
    );
    format!("{:018}{tail}", timestamp.saturating_mul(29))
}
