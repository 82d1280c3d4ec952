//! What becomes of a container: worked out from what its image holds, once that is pulled.

use jiff::{SignedDuration, Timestamp};

use super::{
    health_command::HealthCommand,
    task_definition::{Container, HealthCheck, TaskDefinition},
};
use crate::{
    identity,
    scenario::format::{Image, Layer, LogLine},
    time::{after, after_ms},
};

/// The last line is written so long before the end, and the one before it as long before that.
const BEFORE_THE_END: SignedDuration = SignedDuration::from_millis(-3);

/// The course of one container from its start, as far as its image decides it.
#[derive(Debug, Clone)]
pub(crate) struct Vitals {
    /// Whether its program can be executed at all.
    pub executes: bool,
    /// When it begins to answer requests and health checks.
    pub answers: Timestamp,
    /// When its health check passes for the first time.
    pub healthy: Option<Timestamp>,
    /// When its health check has failed too often.
    pub unhealthy: Option<Timestamp>,
    /// When it ends by itself.
    pub end: Option<End>,
    /// What each run of its health check writes to the container's output.
    pub complaint: Option<Complaint>,
}

/// How a container ends by itself.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub at: Timestamp,
    pub code: i32,
    /// `containers[].reason`.
    pub reason: Option<&'static str>,
    pub last_lines: Vec<String>,
}

/// A line that a failing health check writes at each run.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub every: SignedDuration,
    pub line: String,
}

impl Vitals {
    /// The course of a container that starts at `started`. Nothing happens to an image of which nothing is
    /// known.
    pub(crate) fn of(
        task: &str,
        (definition, container): (&TaskDefinition, &Container),
        image: Option<&Image>,
        started: Timestamp,
    ) -> Self {
        let boots_in = image.map_or(SignedDuration::ZERO, |image| image.boots_in);
        let end = image.and_then(|image| End::of(task, (definition, container), image, started));
        let mut vitals = Self {
            executes: image.is_none_or(|image| image.runs_on(definition.platform())),
            answers: after(started, boots_in),
            healthy: None,
            unhealthy: None,
            end,
            complaint: None,
        };
        if let Some(check) = &container.health_check {
            vitals.examine(check, image, started);
        }
        vitals
    }

    /// What the container logs: the lines of its image, what its health check says, and its last words.
    pub(crate) fn lines(&self, of_image: &[LogLine], started: Timestamp) -> Vec<LogLine> {
        let mut lines = if self.executes {
            of_image.to_vec()
        } else {
            Vec::new()
        };
        lines.extend(self.complaint.as_ref().map(|complaint| LogLine {
            after: complaint.every,
            every: Some(complaint.every),
            line: complaint.line.clone(),
        }));
        if let Some(end) = &self.end {
            let last = end.last_lines.iter().rev().zip(1..);
            let last = last.map(|(line, number)| LogLine {
                after: after(end.at, BEFORE_THE_END.saturating_mul(number)).duration_since(started),
                every: None,
                line: line.clone(),
            });
            lines.extend(last);
        }
        lines
    }

    /// Runs the health check: once every interval, and within the start period no failure counts.
    fn examine(&mut self, check: &HealthCheck, image: Option<&Image>, started: Timestamp) {
        let command = HealthCommand::of(&check.command);
        let interval = SignedDuration::from_secs(check.interval.max(1));
        let run = |number: i64| {
            after(
                started,
                SignedDuration::from_secs(check.interval.max(1).saturating_mul(number)),
            )
        };
        let can_pass = image.is_none_or(|image| command.can_pass(image));
        let boots_in = self.answers.duration_since(started).as_millis();
        let interval_ms = interval.as_millis().max(1);
        // The first run that finds it answering.
        let passes = i64::try_from(
            boots_in.div_euclid(interval_ms) + i128::from(boots_in % interval_ms > 0),
        )
        .unwrap_or(i64::MAX)
        .max(1);
        let counted_from = (check.start_period.div_euclid(check.interval.max(1))
            + i64::from(check.start_period % check.interval.max(1) > 0))
        .max(1);
        let fails = counted_from + i64::from(check.retries.max(1)) - 1;
        let lives = |at: &Timestamp| self.end.as_ref().is_none_or(|end| *at < end.at);
        if can_pass && passes <= fails {
            self.healthy = Some(run(passes)).filter(lives);
        } else {
            self.unhealthy = Some(run(fails)).filter(lives);
        }
        self.complaint = image
            .and_then(|image| command.complaint(image))
            .map(|line| Complaint {
                every: interval,
                line,
            });
    }
}

impl End {
    /// The first thing that ends a container of the image.
    fn of(
        task: &str,
        (definition, container): (&TaskDefinition, &Container),
        image: &Image,
        started: Timestamp,
    ) -> Option<Self> {
        let ends = [
            Self::of_platform(task, definition, image, started),
            Self::of_exit(container, image, started),
            Self::of_memory(definition, image, started),
        ];
        ends.into_iter().flatten().min_by_key(|end| end.at)
    }

    /// A plain image of another platform can be pulled; its program cannot be executed. The exit code was
    /// seen on Fargate.
    fn of_platform(
        task: &str,
        definition: &TaskDefinition,
        image: &Image,
        started: Timestamp,
    ) -> Option<Self> {
        let runs = image.runs_on(definition.platform());
        (!runs).then(|| Self {
            at: after_ms(started, identity::between(&[task, "exec"], 300, 1_200)),
            code: 255,
            reason: None,
            last_lines: vec![format!("exec {}: exec format error", image.program())],
        })
    }

    fn of_exit(container: &Container, image: &Image, started: Timestamp) -> Option<Self> {
        let exit = image.exit.as_ref()?;
        let mended = |variable: &String| container.sets(variable);
        if exit.unless_set.as_ref().is_some_and(mended) {
            return None;
        }
        Some(Self {
            at: after(started, exit.after),
            code: exit.code,
            reason: None,
            last_lines: exit.last_lines.clone(),
        })
    }

    /// The kernel kills what takes more memory than the task has.
    fn of_memory(definition: &TaskDefinition, image: &Image, started: Timestamp) -> Option<Self> {
        let memory = image.memory.as_ref()?;
        (memory.peak > definition.memory_in_mib()?).then(|| Self {
            at: after(started, memory.after),
            code: 137,
            reason: Some("OutOfMemoryError: Container killed due to memory usage"),
            last_lines: Vec::new(),
        })
    }
}

impl Image {
    fn runs_on(&self, platform: &str) -> bool {
        self.platforms.iter().any(|has| has == platform)
    }

    /// The path of what a container of it executes: the program of its last `CMD` or `ENTRYPOINT`.
    fn program(&self) -> String {
        let starts = |layer: &&Layer| {
            layer.made_by.starts_with("CMD") || layer.made_by.starts_with("ENTRYPOINT")
        };
        let instruction = self.layers.iter().rfind(starts);
        let word = instruction.and_then(|layer| layer.made_by.split('"').nth(1));
        match word {
            Some(path) if path.starts_with('/') => path.to_owned(),
            Some(name) => format!("/usr/local/bin/{name}"),
            None => "/bin/sh".to_owned(),
        }
    }
}
