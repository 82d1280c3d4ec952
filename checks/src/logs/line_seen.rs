//! `logs.line-seen`: a line appears in the logs of the new tasks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::line_match::LineMatch;
use super::lines::{Lines, Question, quote};
use super::since::Since;
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Pattern, Period, Target, Unobserved,
};
use crate::json::JsonExpectation;

/// **Asks** whether a line was written by the tasks of the judged deployment.
///
/// **Why it matters**: a line that only the new code writes is proof that the new code runs,
/// also where a cached image layer made a new digest of old code. Lines of older tasks prove
/// nothing, so only streams of the judged deployment's tasks are read.
///
/// Group, region and stream come from each container's task definition. Lines arrive up to
/// 20 s after they were written; `ingestion` is added to `within` for that.
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

/// What is usual: lines arrive 5 to 10 s late, at most 20 s.
pub(super) fn ingestion() -> Period {
    Period::seconds(20)
}

/// What the looks of a `logs` kind bring.
#[derive(Debug)]
pub struct Facts(pub(super) Lines);

impl LineSeen {
    fn sought(&self) -> LineMatch {
        LineMatch {
            contains: self.contains.clone(),
            regex: self.regex.clone(),
            json: self.json.clone(),
        }
    }
}

impl Check for LineSeen {
    const KIND: &'static str = "logs.line-seen";
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let question = Question {
            sought: &self.sought(),
            broken_when: self.broken_when.as_ref(),
            container: self.container.as_deref(),
            since: &self.since,
            all_containers: false,
        };
        let before = look.before.map(|facts| &facts.0);
        Lines::observe(&question, look.subject, look.times, before, look.reads)
            .await
            .map(Facts)
    }

    fn judge(&self, _: &Target, facts: &Facts) -> Finding {
        let lines = &facts.0;
        if let Some((task, line)) = lines.broken_by() {
            let quoted = Body::Excerpt {
                title: "the line that settles it".into(),
                lines: vec![quote(task, line)],
                omitted: 0,
            };
            return Finding::broken(format!(
                "task {} wrote `{}`, which is `broken_when`",
                short(task),
                clipped(&line.text)
            ))
            .hint("The suite names this line as one after which waiting can't help.")
            .evidence(lines.read.evidence(quoted))
            .evidence(lines.last_lines());
        }
        let sought = self.sought();
        let seen: Vec<&String> = lines.matched().map(|(task, _)| task).collect();
        match self.within_tasks {
            Which::AnyTask => any_task(lines, &sought, &seen),
            Which::EachTask => each_task(lines, &sought, &seen),
        }
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
        match &self.since {
            Since::Check(id) => Some(id),
            _ => None,
        }
    }
}

fn any_task(lines: &Lines, sought: &LineMatch, seen: &[&String]) -> Finding {
    match seen {
        [] => not_seen(lines, sought),
        [one] => Finding::holds(format!("{sought} was written by task {}", short(one))),
        many => Finding::holds(format!("{sought} was written by {} tasks", many.len())),
    }
    .all_evidence((!seen.is_empty()).then(|| lines.matched_lines("the line, as it was written")))
}

fn each_task(lines: &Lines, sought: &LineMatch, seen: &[&String]) -> Finding {
    let silent: Vec<&String> = lines
        .staying
        .iter()
        .filter(|task| !seen.contains(task))
        .collect();
    let running = lines.staying.len();
    if running == 0 || running == silent.len() {
        return not_seen(lines, sought);
    }
    let quoted = lines.matched_lines("the line, as it was written");
    if let Some(first) = silent.first() {
        return Finding::not_yet(format!(
            "{sought} was written by {} of {running} tasks, not by task {}",
            running - silent.len(),
            short(first)
        ))
        .evidence(quoted)
        .evidence(lines.last_lines());
    }
    if running < lines.desired {
        return Finding::not_yet(format!(
            "{sought} was written by {running} tasks; {} of {} run so far",
            running, lines.desired
        ))
        .evidence(quoted);
    }
    if lines.old > 0 {
        return Finding::not_yet(format!(
            "{sought} was written by {running} tasks, but {} old still run",
            lines.old
        ))
        .evidence(quoted);
    }
    Finding::holds(format!(
        "{sought} was written by {running} of {running} tasks"
    ))
    .evidence(quoted)
}

fn not_seen(lines: &Lines, sought: &LineMatch) -> Finding {
    if let Some(finding) = nothing_to_read(lines) {
        return finding;
    }
    let total = lines.total();
    if total == 0 {
        return Finding::not_yet(format!("{sought} was not seen: {} tasks wrote no line at all", lines.staying.len()))
            .hint("Does the application write to standard output, and may the execution role write to the log group?")
            .evidence(lines.read.evidence(Body::compared("lines", sought.to_string(), "none")));
    }
    Finding::not_yet(format!("{sought} was not seen in {total} lines of {} tasks", lines.by_task.len()))
        .hint("If the code that writes it is in the image, it did not run; if not, the image is not the one you think: compare digest and layers.")
        .evidence(lines.last_lines())
}

/// Where there is no log group, or no task, there is nothing to read.
pub(super) fn nothing_to_read(lines: &Lines) -> Option<Finding> {
    if let Some(group) = lines.no_group.first().filter(|_| lines.total() == 0) {
        return Some(
            Finding::unobserved(format!("there is no log group `{group}`")).hint(
                "The task definition names it: check its `awslogs-group` and `awslogs-region`.",
            ),
        );
    }
    if lines.staying.is_empty() && lines.total() == 0 {
        return Some(
            Finding::not_yet(format!(
                "0 of {} tasks of the deployment run so far, so there are no lines",
                lines.desired
            ))
            .hint("ECS is still starting tasks, or can't: see the service's events."),
        );
    }
    None
}

pub(super) fn short(task: &str) -> &str {
    task.get(..8).unwrap_or(task)
}

/// A line as far as it fits into a headline.
pub(super) fn clipped(line: &str) -> String {
    const WIDTH: usize = 120;
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
