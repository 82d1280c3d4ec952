//! `ecs.rollout-complete`: ECS calls the judged deployment complete, and its tasks bear it out.

use schemars::JsonSchema;
use serde::Deserialize;

use super::picture::Picture;
use super::rows::{deployments, tasks};
use crate::contract::{Body, Check, Evidence, Finding, Look, Seen, Target, Unobserved};
use crate::reads::ServiceDeployment;

mod course;

use course::Course;

/// **Asks** whether the judged deployment is complete by what its controller says, and by its
/// tasks: those that it started and that stay are as many as wanted, and more than none.
///
/// **Why it matters**: `aws ecs wait services-stable` counts tasks of whatever deployment, and
/// is content with a rollback. COMPLETED alone says as little: a rollback ends so, also one that
/// leaves nothing running.
///
/// What says "complete" depends on how the service deploys: `rolloutState` for rolling updates;
/// the service deployment for blue/green, linear and canary ones, whose stage is named while they
/// go on; a steady PRIMARY task set under CODE_DEPLOY and EXTERNAL. Where a newer task set waits
/// for traffic, that one is not deployed so far. Behind a Classic Load Balancer, where ECS says
/// nothing, the deployment must be the only one.
///
/// **Evidence**: the service's deployments, and the running tasks.
///
/// **Example**
/// ```yaml
/// - check: ecs.rollout-complete
///   within: 15m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolloutComplete {}

/// What one look of `ecs.rollout-complete` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    /// The latest service deployment, where the service shifts traffic by stages.
    staged: Option<Seen<Option<ServiceDeployment>>>,
}

impl Check for RolloutComplete {
    const KIND: &'static str = "ecs.rollout-complete";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "logs:FilterLogEvents",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let picture = Picture::observe(target, look.reads).await?;
        let service = &picture.service.value;
        let staged = if course::by_stages(service) {
            let reading = look.reads.service_deployment(target.scope(), service);
            Some(reading.await?)
        } else {
            None
        };
        Ok(Facts { picture, staged })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let picture = &facts.picture;
        let course = course::of(target, facts);
        summed_up(target, picture, course)
            .evidence(deployments(&picture.service))
            .all_evidence(stage(facts))
            .evidence(tasks(target, picture, |task| {
                format!("of {}", task.revision())
            }))
    }
}

/// What the controller says, held against the tasks.
fn summed_up(target: &Target, picture: &Picture, course: Course) -> Finding {
    let revision = target.deployment.revision();
    let (running, desired) = (picture.staying(target).count(), picture.desired(target));
    let counts = format!("{running} of {desired} tasks of {revision} run");
    match course {
        Course::Failed { told, hint } => Finding::broken(told).hint(hint),
        Course::Unknown { told, hint } => Finding::unobserved(told).hint(hint),
        Course::Complete(told) | Course::UnderWay { told, .. } if desired == 0 => Finding::not_yet(
            format!("{told}, but {revision} has a desired count of 0, so nothing runs"),
        )
        .hint("Scale the service up, or leave it out of the suite."),
        Course::Complete(told) if running != desired => {
            picture
                .troubles
                .explain(Finding::not_yet(format!("{told}, but {counts}")).hint(
                    "A deployment that is complete can lose tasks again: see the service's events.",
                ))
        }
        Course::UnderWay { told, hint } => picture
            .troubles
            .explain(Finding::not_yet(format!("{counts}; {told}")).hint(hint)),
        Course::Complete(told) => Finding::holds(format!("{told}, and {counts}")),
    }
}

/// The stage of a deployment that goes by stages.
fn stage(facts: &Facts) -> Option<Evidence> {
    let seen = facts.staged.as_ref()?;
    let deployment = seen.value.as_ref()?;
    let stage = deployment.lifecycle_stage.as_deref().unwrap_or("no stage");
    Some(seen.evidence(Body::compared(
        "service deployment",
        "SUCCESSFUL",
        format!("{} ({stage})", deployment.status),
    )))
}

#[cfg(test)]
mod tests;
