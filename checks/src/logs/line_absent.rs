//! `logs.line-absent`: a line does not appear in the logs of the new tasks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::alike::{Facts, SILENT, STARTING, clipped, ingestion, none_ran, unread};
use super::line_match::LineMatch;
use super::lines::{Lines, Meant};
use super::reading::Question;
use super::since::Since;
use crate::contract::{Check, Fault, Finding, Located, Look, Pattern, Period, Target, Unobserved};
use crate::ecs::Picture;
use crate::json::JsonExpectation;
use crate::reads::short_task_id;

/// **Asks** whether a line stays away from the logs of the judged deployment's tasks.
///
/// **Why it matters**: a line that only the old code writes, seen in a new task, is proof
/// that the image holds old code; an error line is proof of worse. The check breaks at the
/// first such line, and passes at the end of its window (`within`) only.
///
/// Silence is no proof: each judged container of each running task must have written some
/// line, and all wanted tasks must run. What can't be read, such as a container without
/// awslogs or a log group that doesn't exist, leaves it open too. Nor is absence strong proof
/// where the log driver may drop lines; the report says so.
///
/// **Evidence**: the forbidden lines with time and task.
///
/// **Example**
/// ```yaml
/// - check: logs.line-absent
///   contains: platform='linkedin'
///   within: 2m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineAbsent {
    /// A text that the line contains, upper and lower case being different.
    #[serde(default)]
    contains: Option<String>,
    /// A regular expression that matches somewhere in the line.
    #[serde(default)]
    regex: Option<Pattern>,
    /// Values in a line of JSON, by JSON path; all must be there.
    #[serde(default)]
    json: JsonExpectation,
    /// From when on lines count.
    #[serde(default)]
    since: Since,
    /// The container whose lines count. Default: every judged container.
    #[serde(default)]
    container: Option<String>,
    /// How long lines may take to arrive in CloudWatch Logs.
    #[serde(default = "ingestion")]
    ingestion: Period,
}

impl LineAbsent {
    fn forbidden(&self) -> LineMatch {
        LineMatch::of(self.contains.as_ref(), self.regex.as_ref(), &self.json)
    }
}

impl Check for LineAbsent {
    const KIND: &'static str = "logs.line-absent";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    const FORBIDS: bool = true;
    const REMEMBERS: bool = true;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let question = Question {
            meant: Meant {
                sought: &self.forbidden(),
                broken_when: None,
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
        // Whatever else can't be told: what was seen was seen.
        written(lines)
            .or_else(|| unread(lines))
            .or_else(|| {
                let unreadable = lines.unreadable.clone()?;
                Some(unreadable.into_finding(lines.read.at))
            })
            // No line is no failure, so why tasks fail is told and settles nothing.
            .or_else(|| none_ran(lines).map(|none| lines.troubles.tell(none)))
            .or_else(|| too_few(lines))
            .or_else(|| silent(lines))
            .unwrap_or_else(|| absent(lines, &self.forbidden()))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        self.forbidden().mistakes(fields)
    }

    fn allowance(&self) -> Duration {
        self.ingestion.get()
    }

    fn follows(&self) -> Option<&str> {
        self.since.follows()
    }
}

/// The forbidden line was seen.
fn written(lines: &Lines) -> Option<Finding> {
    let (task, found) = lines.matched().next()?;
    let line = found.first.first().map(|line| clipped(&line.text));
    let line = line.unwrap_or_default();
    let count: usize = lines.matched().map(|(_, lines)| lines.matched).sum();
    let times = match count {
        1 => String::new(),
        _ => format!(" ({count} such lines)"),
    };
    let headline = format!(
        "task {} wrote the forbidden line `{line}`{times}",
        short_task_id(task)
    );
    let quoted = lines.matched_lines("the forbidden line, as it was written");
    Some(Finding::broken(headline)
        .hint("The task belongs to the judged deployment, so its image holds the code that writes this line: compare its digest and layers with what you built.")
        .evidence(quoted))
}

/// Of tasks that don't run, such as those of a scale-out, nothing is known; that is no
/// failure of those that do.
fn too_few(lines: &Lines) -> Option<Finding> {
    let (running, desired) = (lines.staying.len(), lines.desired);
    (running == 0 || running < desired)
        .then(|| {
            Finding::unobserved(format!(
                "{running} of {desired} tasks of the deployment run so far"
            ))
            .hint(STARTING)
            .evidence(lines.last_lines())
        })
        .map(|few| lines.troubles.tell(few))
}

/// A container that wrote nothing may have been read, or may log elsewhere: nobody can tell.
fn silent(lines: &Lines) -> Option<Finding> {
    let silent = |container: &String| {
        let tasks = lines.silent_in(container);
        let first = short_task_id(tasks.first()?);
        Some(Finding::unobserved(format!(
            "{} of {} tasks wrote no line at all in container `{container}`, such as task {first}: silence proves nothing",
            tasks.len(),
            lines.staying.len(),
        ))
        .hint(SILENT)
        .evidence(lines.last_lines()))
    };
    lines.containers.iter().find_map(silent)
}

fn absent(lines: &Lines, forbidden: &LineMatch) -> Finding {
    let held = Finding::holds(format!("{forbidden} was not seen in {}", lines.count()))
        .evidence(lines.last_lines());
    if lines.may_drop {
        return held.hint("The log driver doesn't block, so it drops lines under pressure: absence is weak evidence.");
    }
    held
}

#[cfg(test)]
mod tests;
