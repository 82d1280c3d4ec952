//! `logs.line-seen`: a line appears in the logs of the new tasks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::alike::{Facts, SILENT, clipped, ingestion, none_ran, unread};
use super::line_match::LineMatch;
use super::lines::{Lines, Meant, counted, quote};
use super::reading::Question;
use super::since::Since;
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Pattern, Period, Target, Unobserved,
};
use crate::ecs::Picture;
use crate::json::JsonExpectation;
use crate::reads::short_task_id;

/// **Asks** whether a line was written by the tasks of the judged deployment.
///
/// **Why it matters**: a line that only the new code writes is proof that the new code runs,
/// also where a cached image layer made a new digest of old code. Lines of older tasks prove
/// nothing, so only streams of the judged deployment's tasks are read, and the line of a task
/// that has crashed since counts only beside one that runs.
///
/// Group, region and stream come from each container's task definition: of the awslogs
/// driver, or of FireLens with a `log_stream_prefix`, without which a stream isn't per task.
/// Lines arrive up to 20 s after they were written; `ingestion` is added to `within` for that.
///
/// **Evidence**: the lines with time and task; where there are none, the last lines that were.
///
/// **Example**
/// ```yaml
/// - check: logs.line-seen
///   regex: requested_platforms=\['linkedin', 'twitter', 'pitch_deck'\]
///   in: each-task
///   since: task-start
///   broken_when: { contains: exec format error }
///   within: 2m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineSeen {
    /// A text that the line contains, upper and lower case being different.
    #[serde(default)]
    contains: Option<String>,
    /// A regular expression that matches somewhere in the line.
    #[serde(default)]
    regex: Option<Pattern>,
    /// Values in a line of JSON, by JSON path; all must be there.
    #[serde(default)]
    json: JsonExpectation,
    /// Whether one task's line is enough, or every task must write one.
    #[serde(default, rename = "in")]
    within_tasks: Which,
    /// From when on lines count.
    #[serde(default)]
    since: Since,
    /// The container whose lines count. Default: every judged container.
    #[serde(default)]
    container: Option<String>,
    /// A line that settles the check: once it is seen, waiting can't help.
    #[serde(default)]
    broken_when: Option<LineMatch>,
    /// How long lines may take to arrive in CloudWatch Logs.
    #[serde(default = "ingestion")]
    ingestion: Period,
}

/// In which tasks a line must be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Which {
    /// In any of them.
    #[default]
    AnyTask,
    /// In each of them.
    EachTask,
}

impl LineSeen {
    fn sought(&self) -> LineMatch {
        LineMatch::of(self.contains.as_ref(), self.regex.as_ref(), &self.json)
    }

    /// With why tasks fail that the line is waited for from. While any of them runs, it may
    /// yet write the line that one task is enough for.
    fn explained(&self, lines: &Lines, finding: Finding) -> Finding {
        match self.within_tasks {
            _ if lines.staying.is_empty() => lines.troubles.explain(finding),
            Which::EachTask if lines.staying.len() < lines.desired => {
                lines.troubles.explain(finding)
            }
            Which::EachTask | Which::AnyTask => finding,
        }
    }
}

impl Check for LineSeen {
    const KIND: &'static str = "logs.line-seen";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    const REMEMBERS: bool = true;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let question = Question {
            meant: Meant {
                sought: &self.sought(),
                broken_when: self.broken_when.as_ref(),
            },
            container: self.container.as_deref(),
            since: &self.since,
            ingestion: self.ingestion.get(),
        };
        let before = look.before().map(|facts| &facts.0);
        Lines::observe(&question, look.subject, look.times, before, look.reads)
            .await
            .map(Facts)
    }

    fn judge(&self, _: &Target, facts: &Facts) -> Finding {
        let lines = &facts.0;
        if let Some(settled) = settled(lines) {
            return settled;
        }
        let sought = self.sought();
        let seen: Vec<&String> = lines.matched().map(|(task, _)| task).collect();
        if seen.is_empty() {
            return self.explained(lines, not_seen(lines, &sought));
        }
        let mut finding = match self.within_tasks {
            _ if lines.staying.is_empty() => gone(lines, &sought, &seen),
            Which::AnyTask => Finding::holds(format!("{sought} was written by {}", by(&seen))),
            Which::EachTask => each_task(lines, &sought, &seen),
        };
        let quoted = lines.matched_lines("the line, as it was written");
        finding.evidence.insert(0, quoted);
        self.explained(lines, finding)
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = self.sought().mistakes(fields);
        if let (Some(broken), Some(written)) = (&self.broken_when, fields.get("broken_when")) {
            found.extend(broken.mistakes(written));
        }
        found
    }

    fn allowance(&self) -> Duration {
        self.ingestion.get()
    }

    fn follows(&self) -> Option<&str> {
        self.since.follows()
    }
}

/// A line was seen after which waiting can't help.
fn settled(lines: &Lines) -> Option<Finding> {
    let (task, line) = lines.broken_by()?;
    let quoted = Body::Excerpt {
        title: "the line that settles it".into(),
        lines: vec![quote(task, line)],
        omitted: 0,
    };
    let finding = Finding::broken(format!(
        "task {} wrote `{}`, which is `broken_when`",
        short_task_id(task),
        clipped(&line.text)
    ));
    Some(
        finding
            .hint("The suite names this line as one after which waiting can't help.")
            .evidence(lines.read.evidence(quoted))
            .evidence(lines.last_lines()),
    )
}

/// `task be59a750`, or `2 tasks`.
fn by(seen: &[&String]) -> String {
    match seen {
        [one] => format!("task {}", short_task_id(one)),
        many => format!("{} tasks", many.len()),
    }
}

/// The code that wrote the line doesn't run any more.
fn gone(lines: &Lines, sought: &LineMatch, seen: &[&String]) -> Finding {
    Finding::not_yet(format!(
        "{sought} was written by {}, but 0 of {} tasks run",
        by(seen),
        lines.desired
    ))
    .hint("What wrote it has stopped: see why the tasks stop, and the service's events.")
}

fn each_task(lines: &Lines, sought: &LineMatch, seen: &[&String]) -> Finding {
    let running = lines.staying.len();
    let silent = lines.staying.iter().filter(|task| !seen.contains(task));
    let silent: Vec<&String> = silent.collect();
    if let Some(first) = silent.first() {
        return unread(lines).unwrap_or_else(|| {
            Finding::not_yet(format!(
                "{sought} was written by {} of {}, not by task {}",
                running - silent.len(),
                counted(running, "task"),
                short_task_id(first)
            ))
            .evidence(lines.last_lines())
        });
    }
    let tasks = counted(running, "task");
    if running < lines.desired {
        return Finding::not_yet(format!(
            "{sought} was written by {tasks}; {running} of {} run so far",
            lines.desired
        ));
    }
    if lines.old > 0 {
        return Finding::not_yet(format!(
            "{sought} was written by {tasks}, but {} old still run",
            lines.old
        ));
    }
    Finding::holds(format!("{sought} was written by {running} of {tasks}"))
}

fn not_seen(lines: &Lines, sought: &LineMatch) -> Finding {
    if let Some(finding) = none_ran(lines).or_else(|| unread(lines)) {
        return finding;
    }
    if lines.total() == 0 {
        let tasks = counted(lines.staying.len(), "task");
        let compared = Body::compared("lines", sought.to_string(), "none");
        return Finding::not_yet(format!(
            "{sought} was not seen: {tasks} wrote no line at all"
        ))
        .hint(SILENT)
        .evidence(lines.read.evidence(compared));
    }
    Finding::not_yet(format!("{sought} was not seen in {}", lines.count()))
        .hint("If the code that writes it is in the image, it did not run; if not, the image is not the one you think: compare digest and layers.")
        .evidence(lines.last_lines())
}

#[cfg(test)]
mod tests;
