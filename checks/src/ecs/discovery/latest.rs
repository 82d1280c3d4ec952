//! Which deployment may be judged: not one that AWS shows in place of the one that `not_before` means.

use jiff::{SignedDuration, Timestamp};

use super::find;
use crate::contract::{Baseline, JudgedDeployment, Target, TargetSpec, Unobserved, last_segment};
use crate::reads::{Deployment, MISSING, Reads, Service};

/// How long AWS's reads may go on to show a service as it was before a deployment. ECS says only
/// that they do so for a while, and advises to ask again.
pub const LAG: SignedDuration = SignedDuration::from_secs(20);

/// Where the run's clock isn't AWS's, that is known by the `Date` of answers, in whole seconds.
const PRECISION: SignedDuration = SignedDuration::from_secs(1);

/// How far the clock that told `not_before` may be ahead of AWS's.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Finds the service of `spec`, and the deployment to judge: as [`find`] does, and not before AWS must
/// show a deployment of the spec's `not_before`.
///
/// # Errors
/// [`Unobserved`], as of [`find`]; and for now where all deployments that AWS shows are older than
/// `not_before`, while it may still answer from a state before that time; where the task set of that time
/// waits for the traffic; and where that time has not come yet by AWS's clock.
pub async fn find_latest(
    spec: &TargetSpec,
    baselines: &[Baseline],
    reads: &Reads,
) -> Result<Target, Unobserved> {
    let found = Box::pin(find(spec, baselines, reads)).await;
    let target = found.map_err(|unobserved| Unobserved {
        // A service that was made just then may not be known everywhere yet.
        lasting: unobserved.lasting && !(is_missing(&unobserved) && may_be_hidden(spec, reads)),
        ..unobserved
    })?;
    match doubt(&target, reads).await? {
        Some(doubt) => Err(doubt),
        None => Ok(target),
    }
}

/// Whether [`find_latest`] is to be asked again before it finds what it looks for: all that it finds now may be
/// older than the spec's `not_before`. What can't be found for another reason is not waited for.
pub async fn awaits_latest(spec: &TargetSpec, reads: &Reads) -> bool {
    let target = match Box::pin(find(spec, &[], reads)).await {
        Ok(target) => target,
        Err(unobserved) => return is_missing(&unobserved) && may_be_hidden(spec, reads),
    };
    matches!(doubt(&target, reads).await, Ok(Some(_)))
}

/// Why the deployment of a target may not be the one that its `not_before` means, while time can tell.
async fn doubt(target: &Target, reads: &Reads) -> Result<Option<Unobserved>, Unobserved> {
    let Some(not_before) = target.spec.not_before else {
        return Ok(None);
    };
    let seen = reads.service(&target.scope, &target.service).await?;
    let primary = &target.deployment;
    let doubt = if not_before.duration_since(target.found_at) > TOLERANCE {
        Some(not_passed_yet(not_before, target.found_at))
    } else if let Some(waiting) = waiting_for_traffic(&seen.value, primary, not_before) {
        Some(without_traffic(waiting, primary))
    } else if may_be_hidden(&target.spec, reads) && !shows_one_since(&seen.value, not_before) {
        Some(not_shown_yet(primary, not_before))
    } else {
        None
    };
    Ok(doubt.map(|doubt| doubt.origin(seen.source.clone())))
}

fn is_missing(unobserved: &Unobserved) -> bool {
    unobserved.code.as_deref() == Some(MISSING)
}

/// Whether what is there since the spec's `not_before` may not be shown yet.
fn may_be_hidden(spec: &TargetSpec, reads: &Reads) -> bool {
    let now = reads.clock().now();
    let since_run_began = now.duration_since(reads.run_began());
    let deployed = spec.not_before;
    let by_aws = match reads.aws_time(now) {
        same if same == now => now,
        guessed => guessed - PRECISION,
    };
    deployed.is_some_and(|at| is_within_lag(at, by_aws, since_run_began))
}

/// Whether a deployment of that time may not be shown yet: by AWS's clock, and, whatever the clock was
/// that the time was read from, so long after the run's beginning at most.
fn is_within_lag(deployed: Timestamp, now: Timestamp, since_run_began: SignedDuration) -> bool {
    now.duration_since(deployed) < LAG && since_run_began < LAG
}

/// Whether something that was created then is of that time or later.
fn is_since(created: Timestamp, time: Timestamp) -> bool {
    created >= time - TOLERANCE
}

/// Whether the service shows a deployment of that time or later, PRIMARY or not. What AWS doesn't date is no
/// older one.
fn shows_one_since(service: &Service, time: Timestamp) -> bool {
    let mut created = service.deployments.iter().map(|one| one.created_at);
    created.any(|created| created.is_none_or(|created| is_since(created, time)))
}

/// The task set of that time or later which is not PRIMARY yet: under CODE_DEPLOY and EXTERNAL it runs beside
/// the one before until it has the traffic.
fn waiting_for_traffic<'a>(
    service: &'a Service,
    primary: &JudgedDeployment,
    time: Timestamp,
) -> Option<&'a Deployment> {
    let dated_since = |created: Option<Timestamp>| created.is_some_and(|at| is_since(at, time));
    if service.controller == "ECS" || dated_since(primary.created_at) {
        return None;
    }
    let mut others = service.deployments.iter();
    others.find(|other| other.status == "ACTIVE" && dated_since(other.created_at))
}

fn not_passed_yet(not_before: Timestamp, now: Timestamp) -> Unobserved {
    Unobserved::for_now(format!(
        "`not_before` ({not_before:.0}) has not come yet: AWS's clock shows {now:.0}"
    ))
    .hint("Nothing can have started since then. The clock of the machine that told it is ahead: set it right, or tell an earlier time.")
}

fn without_traffic(waiting: &Deployment, primary: &JudgedDeployment) -> Unobserved {
    Unobserved::for_now(format!(
        "task set {} ({}) since `not_before` has no traffic yet; PRIMARY is still {} ({})",
        waiting.id,
        last_segment(&waiting.task_definition),
        primary.id,
        primary.revision()
    ))
    .hint("It is judged as soon as it is PRIMARY. Does the deployment wait for a person, a hook or a wait time? CodeDeploy's console, or `aws deploy list-deployments`, tells.")
}

fn not_shown_yet(shown: &JudgedDeployment, not_before: Timestamp) -> Unobserved {
    let of = shown.created_at.map(|at| format!(" of {at:.0}"));
    Unobserved::for_now(format!(
        "AWS shows no deployment since `not_before` ({not_before:.0}) yet, only {} ({}){}",
        shown.id,
        shown.revision(),
        of.unwrap_or_default()
    ))
    .hint("AWS's reads are eventually consistent: touchdown looks again until a deployment of that time must be visible, 20 s after it.")
}

#[cfg(test)]
mod tests;
