//! The lanes of a rollout: pushes, deployments and tasks.

use jiff::Timestamp;
use touchdown_checks::contract::{DeploymentCourse, Push, Rollout, Step, TaskCourse};

use super::lane::{Lane, MOST_TOLD, Mark, Phase, Sign, Span, short};
use super::limit::Limited;
use crate::report::words;

/// The most lanes of each kind.
const MOST_PUSHES: usize = 6;
const MOST_DEPLOYMENTS: usize = 6;
const MOST_TASKS: usize = 20;

/// The lanes of a rollout that was looked at until `end`.
pub(super) fn groups(rollout: &Rollout, end: Timestamp) -> Vec<Limited<Lane<'_>>> {
    let dated = rollout.deployments.iter();
    let dated = dated.filter_map(|one| Some((one, began(one, &rollout.tasks)?)));
    let mut tasks = Limited::of("tasks", MOST_TASKS, &rollout.tasks, |task| telling(task));
    tasks.left_out += rollout.omitted_tasks;
    vec![
        Limited::of("pushes", MOST_PUSHES, &rollout.pushes, |_| 0).map(push),
        Limited::of("deployments", MOST_DEPLOYMENTS, dated, |(one, _)| {
            u8::from(one.judged)
        })
        .map(deployment),
        tasks.map(|one| task(one, revision_of(one, rollout), end)),
    ]
}

/// When a deployment began. One that only its tasks tell of, such as one that was rolled back,
/// is dated by the first of them.
fn began(deployment: &DeploymentCourse, tasks: &[TaskCourse]) -> Option<Timestamp> {
    let own = tasks.iter().filter(|task| task.deployment == deployment.id);
    let first = || own.filter_map(|task| task.steps.get(&Step::Created)).min();
    deployment.created_at.or_else(|| first().copied())
}

/// The number of the revision that a task runs, where its deployment is known.
fn revision_of<'a>(task: &TaskCourse, rollout: &'a Rollout) -> Option<&'a str> {
    let mut deployments = rollout.deployments.iter();
    let deployment = deployments.find(|one| one.id == task.deployment)?;
    let (_, revision) = deployment.task_definition.rsplit_once(':')?;
    Some(revision)
}

/// How much a task has to tell: judged ones that stopped most, old ones that stay least.
fn telling(task: &TaskCourse) -> u8 {
    2 * u8::from(task.judged) + u8::from(task.steps.contains_key(&Step::Stopping))
}

fn push(push: &Push) -> Lane<'_> {
    let image = push.image.rsplit('/').next().unwrap_or(&push.image);
    Lane {
        label: format!("push of {image}"),
        note: "",
        judged: true,
        sets_the_scale: true,
        guides: true,
        anchor: None,
        spans: Vec::new(),
        marks: vec![Mark {
            at: push.at,
            sign: Sign::Pushed,
            what: "pushed".into(),
        }],
    }
}

fn deployment<'a>((one, created): (&'a DeploymentCourse, Timestamp)) -> Lane<'a> {
    Lane {
        label: match one.task_definition.rsplit_once(':') {
            // First what tells two deployments apart, because a long label is clipped.
            Some((family, revision)) => format!("revision {revision} of {family}"),
            None => one.task_definition.clone(),
        },
        note: note(one.judged),
        judged: one.judged,
        sets_the_scale: one.judged,
        guides: one.judged,
        anchor: None,
        spans: Vec::new(),
        marks: vec![Mark {
            at: created,
            sign: Sign::Began,
            what: match one.created_at {
                Some(_) => format!("created, {}", short(&one.id, MOST_TOLD)),
                None => format!("its first task created, {}", short(&one.id, MOST_TOLD)),
            }
            .into(),
        }],
    }
}

fn note(judged: bool) -> &'static str {
    if judged { "judged" } else { "other" }
}

fn task<'a>(task: &'a TaskCourse, revision: Option<&str>, end: Timestamp) -> Lane<'a> {
    let mark = |(step, at): (&Step, &Timestamp)| Mark {
        at: *at,
        sign: sign(*step, task.judged),
        what: told(*step, task).into(),
    };
    let mut marks: Vec<Mark<'_>> = task.steps.iter().map(mark).collect();
    marks.sort_by_key(|mark| mark.at);
    let id: String = task.id.chars().take(8).collect();
    Lane {
        label: match revision {
            Some(revision) => format!("task {id} of :{revision}"),
            None => format!("task {id}"),
        },
        note: note(task.judged),
        judged: task.judged,
        sets_the_scale: task.judged,
        guides: false,
        anchor: None,
        spans: phases(task, end),
        marks,
    }
}

fn sign(step: Step, judged: bool) -> Sign {
    match step {
        Step::Healthy => Sign::Healthy,
        Step::Stopped if judged => Sign::Lost,
        Step::Stopped => Sign::Stopped,
        Step::Created
        | Step::PullStarted
        | Step::Pulled
        | Step::Started
        | Step::Stopping
        | Step::Ended => Sign::Step,
    }
}

fn told(step: Step, task: &TaskCourse) -> String {
    let word = words::step(step);
    match (&task.stopped_reason, step) {
        (Some(reason), Step::Stopping | Step::Stopped) => {
            format!("{word}: {}", short(reason, MOST_TOLD))
        }
        _ => word.to_owned(),
    }
}

/// What lasted, as far as the times are known: a phase begins with its step and ends with the
/// next that is known, or with the end of the run.
fn phases(task: &TaskCourse, end: Timestamp) -> Vec<Span> {
    let begins = [
        (Step::Created, Phase::Starting),
        (Step::Started, Phase::Running),
        (Step::Stopping, Phase::Stopping),
    ];
    let known = begins.map(|(step, phase)| Some((*task.steps.get(&step)?, phase)));
    let known: Vec<(Timestamp, Phase)> = known.into_iter().flatten().collect();
    let last = task.steps.get(&Step::Stopped).copied().unwrap_or(end);
    let ends = known.iter().skip(1).map(|(at, _)| *at).chain([last]);
    let spans = known.iter().zip(ends);
    spans
        .map(|(&(from, phase), to)| Span {
            from,
            to: to.max(from),
            phase,
        })
        .collect()
}
