//! Tables and words that several kinds show.

use jiff::{SignedDuration, Timestamp};

use super::picture::Picture;
use crate::contract::{Body, Evidence, Period, Seen, Target, last_segment};
use crate::reads::{Deployment, Service, Task};

/// The running tasks, judged and old, each with what is said of it.
pub(super) fn tasks(
    target: &Target,
    picture: &Picture,
    note: impl Fn(&Task) -> String,
) -> Evidence {
    let row = |task: &Task, note: String| {
        let started = task.started_at.map_or_else(|| "-".into(), moment);
        let status = if task.leaves() {
            format!("{}, stopping", task.last_status)
        } else {
            task.last_status.clone()
        };
        [task.id.clone(), status, started, note]
    };
    let judged = picture.judged(target).filter(|task| task.runs());
    let judged = judged.map(|task| row(task, note(task)));
    let old = picture
        .old(target)
        .map(|task| row(task, format!("old: of {}", task.started_by)));
    let draining = picture
        .draining()
        .map(|task| row(task, format!("drains: of {}", task.started_by)));
    let title = format!("running tasks of {}", target.service);
    let columns = ["task", "status", "started", "says"];
    picture.tasks.evidence(Body::table(
        title,
        columns,
        judged.chain(old).chain(draining),
    ))
}

/// The service's deployments, or task sets.
pub(super) fn deployments(service: &Seen<Service>) -> Evidence {
    let row = |deployment: &Deployment| {
        let state = deployment.rollout_state.as_ref();
        let state = state.or(deployment.stability.as_ref());
        let reason = deployment.rollout_reason.as_ref();
        let or_dash = |text: Option<&String>| text.cloned().unwrap_or_else(|| "-".into());
        [
            deployment.id.clone(),
            deployment.status.clone(),
            last_segment(&deployment.task_definition).to_owned(),
            format!("{} of {}", deployment.running, deployment.desired),
            or_dash(state),
            or_dash(reason),
        ]
    };
    let columns = [
        "deployment",
        "status",
        "task definition",
        "running",
        "rollout",
        "reason",
    ];
    let rows = service.value.deployments.iter().map(row);
    service.evidence(Body::table("deployments", columns, rows))
}

/// `2025-11-18 23:41:07 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The first twelve hexadecimal digits of a digest, enough to tell images apart by eye.
pub(crate) fn short(digest: &str) -> String {
    match digest.strip_prefix("sha256:").and_then(|hex| hex.get(..12)) {
        Some(hex) => format!("sha256:{hex}"),
        None => digest.to_owned(),
    }
}

/// How far two moments are apart, without a sign.
pub(crate) fn apart(one: Timestamp, other: Timestamp) -> Period {
    let apart: SignedDuration = one.duration_since(other);
    apart.unsigned_abs().into()
}

/// The command that starts a new deployment of the same revision, which resolves its tags
/// afresh.
pub(crate) fn force_new_deployment(target: &Target) -> String {
    format!(
        "aws ecs update-service --cluster {} --service {} --region {} --force-new-deployment",
        target.cluster_name(),
        target.service,
        target.region
    )
}

/// The commands that register another revision and deploy it.
pub(super) fn deploy_new_revision(target: &Target) -> String {
    let revision = target.deployment.revision();
    let family = revision.split(':').next().unwrap_or(revision);
    format!(
        "aws ecs register-task-definition --region {region} --cli-input-json file://{family}.json\n  \
         aws ecs update-service --cluster {} --service {} --region {region} --task-definition {family}",
        target.cluster_name(),
        target.service,
        region = target.region,
    )
}

/// The commands that record what runs before a deploy, and compare with it after.
pub(super) fn with_baseline(target: &Target) -> String {
    format!(
        "touchdown snapshot {}/{} --region {} --output before.json\n  \
         touchdown run --baseline before.json",
        target.cluster_name(),
        target.service,
        target.region
    )
}

/// `2 old tasks`, `1 old task`.
pub(super) fn counted(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        more => format!("{more} {thing}s"),
    }
}
