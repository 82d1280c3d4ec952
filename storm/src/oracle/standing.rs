//! What has become of the judged deployment: it still is what the service runs, was rolled back or given up,
//! or another one has overtaken it.

use touchdown_simulator::truth::{Phase, TaskTruth, Truth};

use super::Says;

/// What goes for every statement of the service, whatever it states; none where the judged deployment still
/// stands.
pub(super) fn of(truth: &Truth, judged: usize) -> Option<Says> {
    let primary = truth.deployments.len() - 1;
    let now = &truth.deployments[primary];
    let was_failed = truth.deployments[judged].failed;
    if primary != judged {
        return Some(match now.undoes {
            Some(undone) if undone == judged => Says::BROKEN,
            // What overtook was rolled back, or what was overtaken had failed: both can be said.
            Some(_) => Says::BROKEN | Says::OPEN,
            None if was_failed => Says::BROKEN | Says::OPEN,
            None => Says::OPEN,
        });
    }
    let lacks = running(truth, judged).count() < truth.desired;
    (now.undoes.is_some() || was_failed && lacks).then_some(Says::BROKEN)
}

/// The tasks of a deployment that run and are to stay.
pub(super) fn running(truth: &Truth, deployment: usize) -> impl Iterator<Item = &TaskTruth> {
    let own = truth
        .tasks
        .iter()
        .filter(move |task| task.deployment == deployment);
    own.filter(|task| task.phase == Phase::Runs && task.stays)
}
