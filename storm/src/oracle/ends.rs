//! How tasks end, and when their ends say that waiting can't help.

use jiff::{SignedDuration, Timestamp};
use touchdown_simulator::truth::{Cause, StopTruth, TaskTruth, Truth};

use super::standing::running;
use super::{Says, Watched};

/// A task that ran for longer had come up: its end says little of the next one's.
const COMES_UP: SignedDuration = SignedDuration::from_mins(10);

/// ECS stamps the end of a task, `stoppingAt`, up to so long after a container of it ended.
pub(super) const STAMPED: SignedDuration = SignedDuration::from_secs(3);

/// The ends of a deployment's tasks that were not because they were no longer needed.
pub(super) fn failed(truth: &Truth, deployment: usize) -> impl Iterator<Item = &StopTruth> {
    failed_tasks(truth, deployment).map(|(_, stop)| stop)
}

fn failed_tasks(
    truth: &Truth,
    deployment: usize,
) -> impl Iterator<Item = (&TaskTruth, &StopTruth)> {
    let own = truth
        .tasks
        .iter()
        .filter(move |task| task.deployment == deployment);
    let ended = own.filter_map(|task| Some((task, task.stop.as_ref()?)));
    ended.filter(move |(_, stop)| stop.cause != Cause::Scaling && stop.at <= truth.at)
}

/// Whether an end is of the task's own making.
pub(super) fn is_own(cause: Cause) -> bool {
    !matches!(cause, Cause::Scaling | Cause::Spot | Cause::StoppedByUser)
}

/// How long a task ran until its end was decided; none where it never started.
pub(super) fn lived(task: &TaskTruth, until: Timestamp) -> Option<SignedDuration> {
    task.started_at.map(|started| until.duration_since(started))
}

/// What is said by who waits for tasks: in vain where the judged deployment lacks some and AWS tells why
/// waiting can't bring them. Once an image turned out not to run on the platform, or two tasks ended of
/// their own making.
pub(super) fn waits(watched: &Watched<'_>, truth: &Truth) -> Says {
    let exact = are_terminal(watched, truth, SignedDuration::ZERO);
    let stamped = are_terminal(watched, truth, STAMPED);
    match (exact, stamped) {
        (true, true) => Says::BROKEN,
        (false, false) => Says::NOT_YET,
        _ => Says::BROKEN | Says::NOT_YET,
    }
}

fn are_terminal(watched: &Watched<'_>, truth: &Truth, stamped: SignedDuration) -> bool {
    let judged = watched.judged();
    if running(truth, judged).count() >= truth.desired {
        return false;
    }
    let counts = |(task, stop): &(&TaskTruth, &StopTruth)| {
        let young = lived(task, stop.at).is_none_or(|lived| lived <= COMES_UP);
        young && !is_outlived(task, stop.at + stamped, truth, judged)
    };
    let young: Vec<_> = failed_tasks(truth, judged).filter(counts).collect();
    let once = young.iter().any(|(task, stop)| match stop.cause {
        Cause::NoPlatform => true,
        Cause::ExecFormat => is_told(watched, task, truth.at),
        _ => false,
    });
    let own = young.iter().filter(|(_, stop)| is_own(stop.cause)).count();
    (once && !watched.story.unpinned) || own >= 2
}

/// Whether CloudWatch Logs shows by then what the program of another platform wrote.
fn is_told(watched: &Watched<'_>, task: &TaskTruth, by: Timestamp) -> bool {
    let tells = |text: &str| text.contains("exec format error");
    let mut lines = watched.lines.iter();
    lines.any(|line| line.task == task.id && line.readable_at <= by && tells(&line.text))
}

/// Whether a later task that stays has come further already: has begun to pull where the ended one had not,
/// or has run for longer.
fn is_outlived(ended: &TaskTruth, end: Timestamp, truth: &Truth, judged: usize) -> bool {
    let reached = (ended.pulls_since.is_some(), lived(ended, end));
    let mut others = truth
        .tasks
        .iter()
        .filter(|task| task.deployment == judged && task.stays);
    others.any(|task| {
        let has_reached = (task.pulls_since.is_some(), lived(task, truth.at));
        task.created_at > ended.created_at && has_reached > reached
    })
}
