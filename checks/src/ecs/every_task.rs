//! Statements about every task of the judged deployment: from what is said of each task to
//! what is said of all.

use super::picture::Picture;
use super::rows;
use crate::contract::{Finding, Target};
use crate::reads::Task;

/// What is said of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// The statement is true of it; the note says how.
    Right(String),
    /// The statement is not true of it, and never will be.
    Wrong {
        /// Why, behind the task's id: `started …, 16m before …`.
        note: String,
        /// The same, as short as a table's cell.
        brief: String,
    },
    /// A fact is missing.
    Unknown(String),
}

impl Said {
    /// A task of which the statement is not true.
    pub fn wrong(brief: impl Into<String>, note: impl Into<String>) -> Self {
        Self::Wrong {
            note: note.into(),
            brief: brief.into(),
        }
    }

    fn note(&self) -> &str {
        match self {
            Self::Right(note) | Self::Unknown(note) | Self::Wrong { note, .. } => note,
        }
    }

    fn brief(&self) -> &str {
        match self {
            Self::Right(note) | Self::Unknown(note) => note,
            Self::Wrong { brief, .. } => brief,
        }
    }
}

/// Judges a statement about every task. `right` completes "2 of 2 tasks …", `hint` says what
/// to do about tasks of which it isn't true.
///
/// A task that is wrong and stays makes the statement broken; one that leaves anyway does
/// not. Nothing holds before all wanted tasks run, nor while old ones do.
pub(crate) fn judge(
    target: &Target,
    picture: &Picture,
    said: impl Fn(&Task) -> Said,
    right: &str,
    hint: &str,
) -> Finding {
    let staying: Vec<(&Task, Said)> = picture
        .staying(target)
        .map(|task| (task, said(task)))
        .collect();
    let count = staying.len();
    let is = |wanted: fn(&Said) -> bool| staying.iter().filter(move |(_, said)| wanted(said));
    let mut wrong = is(|said| matches!(said, Said::Wrong { .. }));
    let mut unknown = is(|said| matches!(said, Said::Unknown(_)));
    let finding = if let Some((task, said)) = wrong.next() {
        let number = 1 + wrong.count();
        Finding::broken(of_all(
            number,
            count,
            &format!("task {} {}", task.short_id(), said.note()),
        ))
        .hint(hint)
    } else if let Some((task, said)) = unknown.next() {
        let number = 1 + unknown.count();
        Finding::unobserved(of_all(number, count, &format!("task {} {}", task.short_id(), said.note())))
            .hint("A missing fact is no proof. If it stays missing, check the service with a log line or a version page.")
    } else {
        let leaving = picture
            .judged(target)
            .filter(|task| task.runs() && task.leaves());
        let wrong = leaving
            .filter(|task| matches!(said(task), Said::Wrong { .. }))
            .count();
        complete(
            target,
            picture,
            Running {
                new: count,
                leaving: wrong,
            },
            right,
        )
    };
    let brief = |task: &Task| said(task).brief().to_owned();
    finding.evidence(rows::tasks(target, picture, brief))
}

/// `1 of 2 tasks: …`, or without the count where there is one task.
fn of_all(number: usize, count: usize, told: &str) -> String {
    if count == 1 {
        told.to_owned()
    } else {
        format!("{number} of {count} tasks: {told}")
    }
}

/// The judged deployment's running tasks.
#[derive(Clone, Copy)]
struct Running {
    /// Those that stay; the statement is true of each.
    new: usize,
    /// Those that are on their way out, and of which it is not true.
    leaving: usize,
}

/// Nothing is wrong with those that stay: are they all, and alone?
fn complete(target: &Target, picture: &Picture, running: Running, right: &str) -> Finding {
    let desired = picture.desired(target);
    let old = picture.old(target).count() + running.leaving;
    let new = running.new;
    let revision = target.deployment.revision();
    if desired == 0 {
        return Finding::not_yet(format!(
            "no task is wanted: the deployment of {revision} has a desired count of 0, so nothing is verified"
        ))
        .hint("Scale the service up, or leave it out of the suite.");
    }
    if new < desired {
        let missing = Finding::not_yet(format!(
            "{new} of {desired} tasks of the deployment run so far"
        ))
        .hint("ECS is still starting tasks, or can't: see the service's events.");
        return picture.troubles.explain(missing);
    }
    if old > 0 {
        let (tasks, run) = if old == 1 {
            ("task", "runs")
        } else {
            ("tasks", "run")
        };
        return Finding::not_yet(format!("{old} old {tasks} still {run} beside {new} new")).hint(
            "Old tasks serve until they have drained (deregistration delay, then stop timeout).",
        );
    }
    let drains = match picture.draining().count() {
        0 => String::new(),
        1 => "; 1 old task still drains".into(),
        more => format!("; {more} old tasks still drain"),
    };
    Finding::holds(format!("{new} of {desired} tasks {right}{drains}"))
}

#[cfg(test)]
mod tests;
