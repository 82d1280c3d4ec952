//! `logs.line-absent`: a line does not appear in the logs of the new tasks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::line_match::LineMatch;
use super::line_seen::{Facts, clipped, ingestion, nothing_to_read, short};
use super::lines::{Lines, Question};
use super::since::Since;
use crate::contract::{Check, Fault, Finding, Located, Look, Pattern, Period, Target, Unobserved};
use crate::json::JsonExpectation;

/// **Asks** whether a line stays away from the logs of the judged deployment's tasks.
///
/// **Why it matters**: a line that only the old code writes, seen in a new task, is proof
/// that the image holds old code; an error line is proof of worse. The check breaks at the
/// first such line, and passes at the end of its window (`within`) only.
///
/// Silence is no proof: a task that wrote no line at all leaves it open. Nor is absence
/// strong proof where the log driver may drop lines; the report says so.
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
        LineMatch {
            contains: self.contains.clone(),
            regex: self.regex.clone(),
            json: self.json.clone(),
        }
    }
}

impl Check for LineAbsent {
    const KIND: &'static str = "logs.line-absent";
    const FORBIDS: bool = true;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let question = Question {
            sought: &self.forbidden(),
            broken_when: None,
            container: self.container.as_deref(),
            since: &self.since,
            all_containers: true,
        };
        let before = look.before.map(|facts| &facts.0);
        Lines::observe(&question, look.subject, look.times, before, look.reads)
            .await
            .map(Facts)
    }

    fn judge(&self, _: &Target, facts: &Facts) -> Finding {
        let lines = &facts.0;
        let forbidden = self.forbidden();
        if let Some((task, found)) = lines.matched().next() {
            let line = found
                .first
                .first()
                .map(|line| clipped(&line.text))
                .unwrap_or_default();
            let count: usize = lines.matched().map(|(_, lines)| lines.matched).sum();
            let times = if count == 1 {
                String::new()
            } else {
                format!(" ({count} such lines)")
            };
            return Finding::broken(format!("task {} wrote the forbidden line `{line}`{times}", short(task)))
                .hint("The task belongs to the judged deployment, so its image holds the code that writes this line: compare its digest and layers with what you built.")
                .evidence(lines.matched_lines("the forbidden line, as it was written"));
        }
        if let Some(finding) = nothing_to_read(lines) {
            return finding;
        }
        let wrote = |task: &&String| {
            lines
                .by_task
                .get(*task)
                .is_some_and(|lines| lines.total > 0)
        };
        let silent: Vec<&String> = lines.staying.iter().filter(|task| !wrote(task)).collect();
        if let Some(task) = silent.first() {
            return Finding::unobserved(format!(
                "{} of {} tasks wrote no line at all, such as task {}: silence proves nothing",
                silent.len(),
                lines.staying.len(),
                short(task)
            ))
            .hint("Does the application write to standard output, and may the execution role write to the log group?");
        }
        if lines.staying.len() < lines.desired {
            return Finding::not_yet(format!(
                "{} of {} tasks of the deployment run so far",
                lines.staying.len(),
                lines.desired
            ));
        }
        let held = Finding::holds(format!(
            "{forbidden} was not seen in {} lines of {} tasks",
            lines.total(),
            lines.by_task.len()
        ))
        .evidence(lines.last_lines());
        if lines.may_drop {
            return held.hint("The log driver doesn't block, so it drops lines under pressure: absence is weak evidence.");
        }
        held
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        self.forbidden().mistakes(fields)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::{Body, State};
    use crate::ecs::literal::target;
    use crate::logs::lines::literal::lines;

    const OLD: &str = "Parsing final buffered content: length=18998, platform='linkedin'";

    fn judged(running: &[&str], desired: usize, written: &[(&str, &str, &str)]) -> Finding {
        let check: LineAbsent =
            serde_json::from_value(json!({"contains": "platform='linkedin'"})).expect("a check");
        let question = Question {
            sought: &check.forbidden(),
            broken_when: None,
            container: None,
            since: &Since::TaskStart,
            all_containers: true,
        };
        check.judge(
            &target("ecs-svc/1"),
            &Facts(lines(running, desired, &question, written)),
        )
    }

    #[test]
    fn the_forbidden_line_breaks_it_and_is_quoted() {
        let finding = judged(
            &["be59a750f7"],
            1,
            &[
                ("be59a750f7", "23:48:00", OLD),
                ("be59a750f7", "23:48:30", OLD),
            ],
        );
        assert_eq!(finding.state, State::Broken);
        assert_eq!(
            finding.headline,
            format!("task be59a750 wrote the forbidden line `{OLD}` (2 such lines)")
        );
        let Body::Excerpt { lines, omitted, .. } = &finding.evidence[0].body else {
            panic!("an excerpt")
        };
        assert_eq!((lines.len(), *omitted), (2, 0));
    }

    #[test]
    fn other_lines_hold_and_are_counted() {
        let finding = judged(
            &["a"],
            1,
            &[("a", "23:48:00", "requested_platforms=['linkedin']")],
        );
        assert_eq!(finding.state, State::Holds);
        assert_eq!(
            finding.headline,
            "`platform='linkedin'` was not seen in 1 lines of 1 tasks"
        );
    }

    #[test]
    fn silence_proves_nothing() {
        let finding = judged(&["a", "b"], 2, &[("a", "23:48:00", "ready")]);
        assert_eq!(finding.state, State::Unobserved);
        assert!(
            finding
                .headline
                .contains("1 of 2 tasks wrote no line at all, such as task b")
        );
    }

    #[test]
    fn waits_for_tasks() {
        assert_eq!(judged(&[], 1, &[]).state, State::NotYet);
        assert_eq!(
            judged(&["a"], 2, &[("a", "23:48:00", "ready")]).state,
            State::NotYet
        );
    }
}
