//! Stopped tasks: which of them count as failed, and how long they lived.

use jiff::{SignedDuration, Timestamp};

use super::clues;
use super::facts::Facts;
use super::known::one_line;
use super::signature::{Clue, Match, Signature, Waiting, find};
use super::table::{Row, TASKS};
use crate::contract::Period;
use crate::reads::{ServiceEvent, Task};

/// The first row whose signs are all among the clues.
pub(super) fn read(
    rows: &'static [Row],
    clues: &[Clue<'_>],
) -> Option<(&'static Signature, Match)> {
    rows.iter()
        .find_map(|row| Some((row.signature, find(&row.signs, clues)?)))
}

/// Whether the task is stopping or has stopped, and not because the deployment got smaller.
pub(crate) fn has_failed(task: &Task) -> bool {
    let told = task.stop_code.is_some() || task.stopped_reason.is_some();
    let stops = task.last_status == "STOPPED" || (task.leaves() && told);
    let found = || read(&TASKS, &clues::told_by(task));
    stops && found().is_some_and(|(row, _)| row.waiting != Waiting::NotAFailure)
}

/// Whether the end of a failed task is of its own doing, so that another such end makes a restart
/// loop: not what takes it from outside, nor what another try can well overcome.
pub(crate) fn is_its_own_doing(task: &Task) -> bool {
    read(&TASKS, &clues::told_by(task))
        .is_some_and(|(row, _)| row.waiting >= Waiting::UselessWhenRepeated)
}

/// When it was told to stop, or ended by itself.
pub(crate) fn ended(task: &Task) -> Option<Timestamp> {
    let ends = [task.stopping_at, task.execution_stopped_at, task.stopped_at];
    ends.into_iter().flatten().min()
}

/// When it was given up, as an event tells, or else ended; none where nothing tells it yet.
///
/// A task behind a load balancer drains before it is told to stop, so that the event which gives
/// it up is the better time.
pub(crate) fn given_up<'a>(
    task: &Task,
    events: impl IntoIterator<Item = &'a ServiceEvent>,
) -> Option<Timestamp> {
    let named = format!("(task {})", task.id);
    let gives_up = |event: &&ServiceEvent| {
        let words = ["failed container health checks", "is unhealthy in"];
        event.message.contains(&named) && words.iter().any(|w| event.message.contains(w))
    };
    let told = events.into_iter().find(gives_up).and_then(|event| event.at);
    told.or(ended(task))
}

/// Why it stops, as AWS says it: of the task, and behind it of its containers.
pub(crate) fn reasons(task: &Task) -> Option<String> {
    let of_containers = task.containers.iter().filter_map(|container| {
        let reason = container.reason.as_ref()?;
        Some(format!("{}: {}", container.name, one_line(reason)))
    });
    let own = task.stopped_reason.as_deref().map(one_line);
    let reasons: Vec<String> = own.into_iter().chain(of_containers).collect();
    Some(reasons.join("; ")).filter(|told| !told.is_empty())
}

/// How far a task has come: whether its images were being pulled, and how long it ran.
fn progress(task: &Task, until: Timestamp) -> (bool, Option<SignedDuration>) {
    let started = task.started_at;
    let ran = started.map(|started| until.duration_since(started));
    (task.pull_started_at.is_some(), ran)
}

/// A task that lived longer had come up: its end says little of whether the next one will.
const COME_UP: Period = Period::seconds(600);

impl Facts {
    /// From the task's start until it was given up or ended; none where it never started.
    pub fn lived(&self, task: &Task) -> Option<Period> {
        let lived = given_up(task, self.events())?.duration_since(task.started_at?);
        std::time::Duration::try_from(lived).ok().map(Period::from)
    }

    /// Whether its end says nothing of the next task any more: one that was created later has
    /// already come further than it did. Of one whose end nobody tells yet, nothing is over.
    pub fn is_over(&self, stopped: &Task) -> bool {
        let end = given_up(stopped, self.events()).unwrap_or(self.now);
        let reached = progress(stopped, end);
        self.surviving
            .iter()
            .any(|task| task.created_at > stopped.created_at && progress(task, self.now) > reached)
    }

    /// Whether it ended while it was still coming up.
    pub fn died_young(&self, task: &Task) -> bool {
        self.lived(task).is_none_or(|lived| lived <= COME_UP)
    }
}
