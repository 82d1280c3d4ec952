//! `ecs.tasks-replaced`: what ran before the deploy runs no more, and the new tasks do.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::every_task::{self, Said};
use super::picture::Picture;
use super::rows::{
    counted, deploy_new_revision, force_new_deployment, moment, tasks, with_baseline,
};
use crate::contract::{
    Baseline, Body, Check, Evidence, Finding, Look, Source, State, Target, Unobserved,
};
use crate::reads::{Task, short_task_id};

/// **Asks** whether none of the tasks that ran before the deploy still runs, and all wanted
/// tasks are of a deployment that is newer than the one before.
///
/// **Why it matters**: tasks that ECS starts in the place of stopped ones are new, and run
/// what the old deployment pinned. Only a new deployment brings new code, and only the ids of
/// the tasks from before tell for certain that those are gone.
///
/// It compares with a baseline: `touchdown snapshot CLUSTER/SERVICE --output before.json` before
/// the deploy, `touchdown run --baseline before.json` after it. Without one it is inconclusive.
///
/// **Evidence**: the tasks of the baseline beside those that run.
///
/// **Example**
/// ```yaml
/// - check: ecs.tasks-replaced
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksReplaced {}

/// What one look of `ecs.tasks-replaced` brings.
#[derive(Debug)]
pub struct Facts {
    baseline: Baseline,
    picture: Picture,
}

impl Check for TasksReplaced {
    const KIND: &'static str = "ecs.tasks-replaced";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let baseline = target.baseline.clone().ok_or_else(|| missing(target))?;
        let picture = Picture::observe(target, look.reads).await?;
        Ok(Facts { baseline, picture })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let Facts { baseline, picture } = facts;
        if baseline.deployment == target.deployment.id {
            return not_deployed(target, baseline)
                .evidence(before_and_now(target, facts))
                .evidence(tasks(target, picture, |_| "of the same deployment".into()));
        }
        let right = format!(
            "are of {} ({}), and 0 of the baseline's {} still run",
            target.deployment.id,
            target.deployment.revision(),
            baseline.tasks.len()
        );
        let said = |_: &Task| Said::Right("new".into());
        let finding = every_task::judge(target, picture, said, &right, "");
        match still_run(facts) {
            Some(told) if finding.state == State::NotYet => Finding {
                headline: told,
                ..finding
            },
            _ => finding,
        }
        .evidence(before_and_now(target, facts))
    }
}

fn missing(target: &Target) -> Unobserved {
    Unobserved::lasting(format!(
        "no baseline of {} was given, so nobody knows which tasks ran before the deploy",
        target.service
    ))
    .hint(format!(
        "Record one before the deploy, and give it to the run after it:\n  {}",
        with_baseline(target)
    ))
}

/// Waiting can't help: a deployment that comes later would not be the judged one.
fn not_deployed(target: &Target, baseline: &Baseline) -> Finding {
    Finding::broken(format!(
        "nothing was deployed since the baseline of {}: {} ({}) is what ran then",
        moment(baseline.taken_at),
        baseline.deployment,
        target.deployment.revision()
    ))
    .hint(format!(
        "If the deploy had begun when the baseline was taken, take it earlier. Else deploy a new revision:\n  {}\nor the same one anew:\n  {}",
        deploy_new_revision(target),
        force_new_deployment(target)
    ))
}

/// Which of the baseline's tasks still run.
fn still_run(facts: &Facts) -> Option<String> {
    let running: BTreeSet<&str> = facts
        .picture
        .tasks
        .value
        .iter()
        .filter(|task| task.runs())
        .map(|task| task.id.as_str())
        .collect();
    let before = &facts.baseline.tasks;
    let still: Vec<&str> = before
        .iter()
        .filter(|id| running.contains(id.as_str()))
        .map(|id| short_task_id(id))
        .collect();
    let first = still.first()?;
    let further = match still.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    Some(format!(
        "{} of {} of the baseline still run: {first}{further}",
        still.len(),
        counted(before.len(), "task")
    ))
}

fn before_and_now(target: &Target, facts: &Facts) -> Evidence {
    let list = |mut ids: Vec<&str>| {
        ids.sort_unstable();
        if ids.is_empty() {
            return "none".to_owned();
        }
        ids.join(", ")
    };
    let before = facts.baseline.tasks.iter().map(|id| short_task_id(id));
    let now = facts.picture.staying(target).map(Task::short_id);
    let body = Body::compared(
        format!("tasks of {}", target.service),
        format!("none of {}", list(before.collect())),
        list(now.collect()),
    );
    Evidence {
        source: Source {
            call: "touchdown snapshot".into(),
            resource: facts.baseline.service.clone(),
            request_id: None,
        },
        at: facts.baseline.taken_at,
        body,
    }
}

#[cfg(test)]
mod tests;
