//! Stopped tasks: which of them count, and how long they lived.

use jiff::Timestamp;

use super::clues;
use super::signature::{Clue, Match, Signature, Waiting, find};
use super::table::{Row, TASKS};
use crate::contract::Period;
use crate::reads::Task;

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

/// When it was told to stop, or ended by itself.
pub(super) fn ended(task: &Task) -> Option<Timestamp> {
    let ends = [task.stopping_at, task.execution_stopped_at, task.stopped_at];
    ends.into_iter().flatten().min()
}

/// From its start to its end; none where it never started.
pub(super) fn lived(task: &Task) -> Option<Period> {
    let lived = ended(task)?.duration_since(task.started_at?);
    std::time::Duration::try_from(lived).ok().map(Period::from)
}

/// A task that lived longer had come up: its end says little of whether the next one will.
const COME_UP: Period = Period::seconds(600);

/// Whether it ended while it was still coming up.
pub(super) fn died_young(task: &Task) -> bool {
    lived(task).is_none_or(|lived| lived <= COME_UP)
}
