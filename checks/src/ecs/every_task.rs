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
    /// The statement is not true of it now, but it may become so.
    NotYet {
        /// Why, behind the task's id.
        note: String,
        /// The same, as short as a table's cell.
        brief: String,
    },
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

    /// A task of which the statement is not true yet.
    pub fn not_yet(brief: impl Into<String>, note: impl Into<String>) -> Self {
        Self::NotYet {
            note: note.into(),
            brief: brief.into(),
        }
    }

    fn note(&self) -> &str {
        match self {
            Self::Right(note) | Self::Unknown(note) => note,
            Self::Wrong { note, .. } | Self::NotYet { note, .. } => note,
        }
    }

    fn brief(&self) -> &str {
        match self {
            Self::Right(note) | Self::Unknown(note) => note,
            Self::Wrong { brief, .. } | Self::NotYet { brief, .. } => brief,
        }
    }
}

/// Judges a statement about every task. `right` completes "2 of 2 tasks …", `hint` says what
/// to do about tasks of which it isn't true.
///
/// A task that is wrong and stays makes the statement broken; one that leaves anyway does
/// not. What is known to be untrue is told before what is unknown. Nothing holds before all wanted tasks run, nor while old ones do.
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
    let of = |is: fn(&Said) -> bool| headline(&staying, is);
    let finding = if let Some(headline) = of(|said| matches!(said, Said::Wrong { .. })) {
        Finding::broken(headline).hint(hint)
    } else if let Some(headline) = of(|said| matches!(said, Said::NotYet { .. })) {
        picture
            .troubles
            .explain(Finding::not_yet(headline).hint(hint))
    } else if let Some(headline) = of(|said| matches!(said, Said::Unknown(_))) {
        Finding::unobserved(headline).hint("A missing fact is no proof. If it stays missing, check the service with a log line or a version page.")
    } else {
        let leaving = picture
            .judged(target)
            .filter(|task| task.runs() && task.leaves());
        let wrong = leaving
            .filter(|task| matches!(said(task), Said::Wrong { .. }))
            .count();
        let running = Running {
            new: staying.len(),
            leaving: wrong,
        };
        complete(target, picture, running, right)
    };
    let brief = |task: &Task| said(task).brief().to_owned();
    finding.evidence(rows::tasks(target, picture, brief))
}

/// The first task of which that is said, and of how many it is.
fn headline(staying: &[(&Task, Said)], is: fn(&Said) -> bool) -> Option<String> {
    let mut found = staying.iter().filter(|(_, said)| is(said));
    let (task, said) = found.next()?;
    let told = format!("task {} {}", task.short_id(), said.note());
    Some(of_all(1 + found.count(), staying.len(), &told))
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
