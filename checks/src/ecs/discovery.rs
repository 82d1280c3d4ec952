//! Finding a target: the one service that the suite means, and the deployment to judge.

use globset::{Glob, GlobMatcher};

use jiff::{SignedDuration, Timestamp};

use crate::contract::{
    Baseline, JudgedDeployment, Seen, Target, TargetSpec, Unobserved, last_segment,
};
use crate::reads::{Deployment, MISSING, Reads, Scope, Service};

/// How long AWS's reads may go on to show a service as it was before a deployment. ECS says only
/// that they do so for a while, and advises to ask again.
pub const LAG: SignedDuration = SignedDuration::from_secs(20);

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

/// Finds the service of `spec`, and the deployment that is PRIMARY now. The one of the
/// `baselines` that is of this service belongs to the target.
///
/// # Errors
/// [`Unobserved`]: lasting where the names match nothing or more than one, or where the
/// service is gone; for now where AWS can't be asked.
pub async fn find(
    spec: &TargetSpec,
    baselines: &[Baseline],
    reads: &Reads,
) -> Result<Target, Unobserved> {
    let region = region(spec, reads).await?;
    let (scope, name) = names(spec, region.clone(), reads).await?;
    let seen = reads.service(&scope, &name).await?;
    let deployment = judged(&seen)?;
    let found_at = reads.aws_time(seen.at);
    let service = &seen.value;
    Ok(Target {
        found_at,
        region,
        scope,
        deployment,
        spec: spec.clone(),
        cluster: service.cluster.clone(),
        service: service.name.clone(),
        baseline: baselines
            .iter()
            .find(|baseline| baseline.service == service.arn)
            .cloned(),
        service_arn: service.arn.clone(),
        expected: tokio::sync::OnceCell::new(),
        expected_of_only: tokio::sync::OnceCell::new(),
    })
}

/// The cluster and the service that are meant: what is no glob is taken as it is, without
/// asking for a list.
async fn names(
    spec: &TargetSpec,
    region: String,
    reads: &Reads,
) -> Result<(Scope, String), Unobserved> {
    let scope = scope(spec, region, reads).await?;
    let service = if is_glob(&spec.service) {
        the_one("services", &spec.service, reads.services_of(&scope).await?)?
    } else {
        spec.service.clone()
    };
    // By its name from now on, so that all who ask for it ask the same.
    Ok((scope, last_segment(&service).to_owned()))
}

/// The region and the cluster that are meant.
pub(super) async fn scope(
    spec: &TargetSpec,
    region: String,
    reads: &Reads,
) -> Result<Scope, Unobserved> {
    let region = Some(region);
    let cluster = if is_glob(&spec.cluster) {
        let existing = reads.clusters(region.as_deref()).await?;
        the_one("clusters", &spec.cluster, existing)?
    } else {
        spec.cluster.clone()
    };
    Ok(Scope { region, cluster })
}

/// The deployment that is PRIMARY now.
fn judged(seen: &Seen<Service>) -> Result<JudgedDeployment, Unobserved> {
    let service = &seen.value;
    let name = &service.name;
    if service.status == "INACTIVE" {
        let gone = Unobserved::lasting(format!("service `{name}` was deleted (INACTIVE)"));
        return Err(gone
            .hint("Create it again, or name another service.")
            .origin(seen.source.clone()));
    }
    let Some(primary) = service.primary() else {
        let none = Unobserved::for_now(format!("service `{name}` has no PRIMARY deployment"));
        return Err(none
            .hint("Under an EXTERNAL controller, make one of its task sets the primary one.")
            .origin(seen.source.clone()));
    };
    Ok(JudgedDeployment {
        id: primary.id.clone(),
        task_definition: primary.task_definition.clone(),
        created_at: primary.created_at,
    })
}

fn is_missing(unobserved: &Unobserved) -> bool {
    unobserved.code.as_deref() == Some(MISSING)
}

/// Whether what is there since the spec's `not_before` may not be shown yet.
fn may_be_hidden(spec: &TargetSpec, reads: &Reads) -> bool {
    let now = reads.clock().now();
    let since_run_began = now.duration_since(reads.run_began());
    let deployed = spec.not_before;
    deployed.is_some_and(|at| is_within_lag(at, reads.aws_time(now), since_run_began))
}

/// Whether a deployment of that time may not be shown yet: by AWS's clock, and, whatever the clock was
/// that the time was read from, so long after the run's beginning at most.
fn is_within_lag(deployed: Timestamp, now: Timestamp, since_run_began: SignedDuration) -> bool {
    now.duration_since(deployed) < LAG && since_run_began < LAG
}

/// Whether the service shows a deployment of that time or later, PRIMARY or not. What AWS doesn't date is no
/// older one.
fn shows_one_since(service: &Service, time: Timestamp) -> bool {
    let mut created = service.deployments.iter().map(|one| one.created_at);
    created.any(|created| created.is_none_or(|created| created >= time - TOLERANCE))
}

/// The task set of that time or later which is not PRIMARY yet: under CODE_DEPLOY and EXTERNAL it runs beside
/// the one before until it has the traffic.
fn waiting_for_traffic<'a>(
    service: &'a Service,
    primary: &JudgedDeployment,
    time: Timestamp,
) -> Option<&'a Deployment> {
    let is_since = |created: Option<Timestamp>| created.is_some_and(|at| at >= time - TOLERANCE);
    if service.controller == "ECS" || is_since(primary.created_at) {
        return None;
    }
    let mut others = service.deployments.iter();
    others.find(|other| other.status == "ACTIVE" && is_since(other.created_at))
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

impl Target {
    /// Where the target's service and tasks are looked up.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// The region that the target names, else the environment's.
pub(super) async fn region(spec: &TargetSpec, reads: &Reads) -> Result<String, Unobserved> {
    let named = spec.region.clone().or_else(|| region_of(spec));
    reads.region(named.as_deref()).await
}

/// The region that an ARN in the target names.
fn region_of(spec: &TargetSpec) -> Option<String> {
    region_in(&spec.service).or_else(|| region_in(&spec.cluster))
}

fn region_in(arn: &str) -> Option<String> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty() && !is_glob(region)).then(|| region.to_owned())
}

pub(super) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// The one ARN that the glob matches.
fn the_one(what: &str, glob: &str, existing: Vec<String>) -> Result<String, Unobserved> {
    let found = all_of(what, glob, &existing)?;
    match found[..] {
        [one] => Ok(one.clone()),
        ref many => Err(Unobserved::lasting(format!(
            "`{glob}` matches {} {what}: {}",
            many.len(),
            many.iter()
                .take(5)
                .map(|arn| last_segment(arn))
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .hint(several(what))),
    }
}

/// What to do where a glob matches several.
fn several(what: &str) -> &'static str {
    match what {
        "services" => {
            "A target is one service: write more of the name. In a suite, `services:` judges them all."
        }
        _ => "A target is in one cluster: write more of the name.",
    }
}

/// The ARNs that the glob matches, one at least: by their names, or as a whole where the glob is
/// of an ARN. Other globs don't see the whole, which holds the cluster's name too.
pub(super) fn all_of<'a>(
    what: &str,
    glob: &str,
    existing: &'a [String],
) -> Result<Vec<&'a String>, Unobserved> {
    let matcher = matcher(glob)?;
    let whole = glob.starts_with("arn:");
    let matches = |arn: &&String| {
        let seen = if whole { arn } else { last_segment(arn) };
        matcher.is_match(seen)
    };
    let found: Vec<&String> = existing.iter().filter(matches).collect();
    if found.is_empty() {
        return Err(Unobserved::lasting(format!(
            "`{glob}` matches none of the {} {what}",
            existing.len()
        ))
        .hint(crate::reads::there_are(what, existing)));
    }
    Ok(found)
}

fn matcher(glob: &str) -> Result<GlobMatcher, Unobserved> {
    Glob::new(glob)
        .map(|glob| glob.compile_matcher())
        .map_err(|error| Unobserved::lasting(format!("`{glob}` is no glob: {}", error.kind())))
}

#[cfg(test)]
mod tests;
