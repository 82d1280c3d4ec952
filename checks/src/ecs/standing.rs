//! Whether the judged deployment still is what the service runs: not rolled back, and not
//! overtaken. Every statement about a service depends on it.

use jiff::{SignedDuration, Timestamp};

use super::rows::deployments;
use crate::contract::{
    Body, Evidence, Finding, JudgedDeployment, Moment, Seen, Subject, Target, Unobserved,
    last_segment,
};
use crate::diagnosis::{Troubles, has_failed};
use crate::reads::{Connections, Deployment, Reads, Service, ServiceEvent, Task};

impl Subject for Target {
    const IS_TARGET: bool = true;

    fn of(target: Option<&Target>) -> Option<&Self> {
        target
    }

    async fn standing(&self, reads: &Reads) -> Result<Option<Finding>, Unobserved> {
        let service = reads.service(self.scope(), &self.service).await?;
        let running = match failure_of(&service.value, &self.deployment.id) {
            Some(_) => Some(running(self, &service.value, reads).await?),
            None => None,
        };
        match judge(self, &service, running)? {
            Some(failed) => Ok(Some(
                Box::pin(with_cause(failed, self, &service, reads)).await,
            )),
            None => Ok(None),
        }
    }
}

/// How many tasks of the judged deployment run and are to stay. What ECS itself counts as running in a
/// deployment may be draining, and never come back; it has to do where the tasks may not be read, which
/// many kinds don't ask for.
async fn running(target: &Target, service: &Service, reads: &Reads) -> Result<usize, Unobserved> {
    let judged = &target.deployment.id;
    let tasks = match reads.tasks(target.scope(), &target.service).await {
        Err(unobserved) if unobserved.lasting => {
            let counted = service
                .deployment(judged)
                .map_or(0, |judged| judged.running);
            return Ok(usize::try_from(counted).unwrap_or(0));
        }
        other => other?,
    };
    let stays = |task: &&Task| task.started_by == *judged && task.runs() && !task.leaves();
    Ok(tasks.value.iter().filter(stays).count())
}

/// A finding about a deployment that failed, with what its stopped tasks tell of the cause, as
/// long as they are visible.
async fn with_cause(
    finding: Finding,
    target: &Target,
    service: &Seen<Service>,
    reads: &Reads,
) -> Finding {
    let Ok(tasks) = reads.tasks(target.scope(), &target.service).await else {
        return finding;
    };
    match failed(target, &service.value, &tasks.value) {
        Some(failed) => Troubles::of_deployment(&failed, target, service, &tasks, reads)
            .await
            .name_cause(finding),
        None => finding,
    }
}

/// The deployment that failed: the judged one; or where that is the one which the service was
/// rolled back to, the one before it.
fn failed(target: &Target, service: &Service, tasks: &[Task]) -> Option<JudgedDeployment> {
    let primary = service.primary()?;
    let is_before = primary.id != target.deployment.id;
    if is_before || rollback_to(service, primary).is_none() {
        return Some(target.deployment.clone());
    }
    if let Some(listed) = failed_beside(service) {
        return Some(JudgedDeployment {
            id: listed.id.clone(),
            task_definition: listed.task_definition.clone(),
            created_at: listed.created_at,
        });
    }
    // A deployment that is over is not listed any more; its tasks are for about an hour.
    let others = tasks.iter().filter(|task| {
        task.started_by != primary.id && task.created_at < primary.created_at && has_failed(task)
    });
    others
        .max_by_key(|task| task.created_at)
        .map(|task| JudgedDeployment {
            id: task.started_by.clone(),
            task_definition: task.task_definition.clone(),
            created_at: None,
        })
}

/// `running` is how many tasks of the judged deployment run and are to stay, where ECS has given it up.
fn judge(
    target: &Target,
    service: &Seen<Service>,
    running: Option<usize>,
) -> Result<Option<Finding>, Unobserved> {
    let judged = &target.deployment.id;
    let Some(primary) = service.value.primary() else {
        return Err(Unobserved::for_now(format!(
            "service `{}` has no PRIMARY deployment now",
            target.service
        ))
        .origin(service.source.clone()));
    };
    if let Some(reason) = rollback_to(&service.value, primary) {
        return Ok(Some(rolled_back(target, service, primary, &reason)));
    }
    match failure_of(&service.value, judged) {
        Some(reason) if primary.id != *judged => Ok(Some(given_up(target, service, &reason))),
        // ECS starts no further task for a deployment that has failed, and when it rolls back
        // it stops those that run.
        Some(reason) if is_short(primary, running) || reason.contains("rolling back") => {
            Ok(Some(given_up(target, service, &reason)))
        }
        _ if primary.id == *judged => Ok(None),
        _ => Err(overtaken(target, &service.value, primary).origin(service.source.clone())),
    }
}

fn is_short(deployment: &Deployment, running: Option<usize>) -> bool {
    let desired = usize::try_from(deployment.desired).unwrap_or(0);
    running.is_some_and(|running| running < desired)
}

/// The words that say that the service went back to its PRIMARY deployment.
///
/// A rollback is a new deployment of what ran before, and it is not told which of the two the
/// words name. So they are those that name the PRIMARY, or with which it began.
fn rollback_to(service: &Service, primary: &Deployment) -> Option<String> {
    let reasons = service
        .deployments
        .iter()
        .filter_map(|other| other.rollout_reason.as_ref());
    let events = service.events.iter().map(|event| &event.message);
    let began = service
        .events
        .iter()
        .filter(|event| began_with(primary, event, &service.deployments))
        .map(|event| &event.message);
    reasons
        .chain(events)
        .find(|text| names_rollback_to(text, &primary.id))
        .or(began.into_iter().next())
        .map(|text| without_service(text, service))
}

/// What an event says, without the service's name in front, which a headline has elsewhere.
fn without_service(text: &str, service: &Service) -> String {
    let name = format!("(service {}) ", service.name);
    text.strip_prefix(&name).unwrap_or(text).to_owned()
}

/// How long after the event of a rollback its deployment is created, at most.
const SOON: SignedDuration = SignedDuration::from_secs(60);
/// How much earlier by the clocks of AWS's services.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// Whether the event tells of a rollback, and the PRIMARY deployment is the first that was
/// created then: not one that somebody started right after it.
fn began_with(primary: &Deployment, event: &ServiceEvent, deployments: &[Deployment]) -> bool {
    let after = |deployment: &Deployment| {
        let (created, told) = deployment.created_at.zip(event.at)?;
        let after = created.duration_since(told);
        (after >= -TOLERANCE && after <= SOON).then_some(after)
    };
    let first = deployments.iter().filter_map(after).min();
    event.message.contains(ROLLS_BACK) && first.is_some() && first == after(primary)
}

const ROLLS_BACK: &str = "rolling back to deployment";

/// `… rolling back to deploymentId ecs-svc/N.` in a deployment's reason, and
/// `… rolling back to deployment ecs-svc/N.` in an event.
fn names_rollback_to(text: &str, id: &str) -> bool {
    text.split_once(ROLLS_BACK).is_some_and(|(_, rest)| {
        let named = rest
            .trim_start_matches("Id")
            .trim()
            .trim_end_matches(['.', ')']);
        named == id
    })
}

/// The words that say that ECS gave up the deployment `id`.
fn failure_of(service: &Service, id: &str) -> Option<String> {
    let is_given_up = |deployment: &&Deployment| {
        let reason = deployment.rollout_reason.as_deref().unwrap_or_default();
        deployment.rollout_state.as_deref() == Some("FAILED") || reason.contains(ROLLS_BACK)
    };
    if let Some(deployment) = service.deployment(id).filter(is_given_up) {
        return Some(
            deployment
                .rollout_reason
                .clone()
                .unwrap_or_else(|| "FAILED".into()),
        );
    }
    let given_up = format!("(deployment {id}) deployment failed");
    let events = service.events.iter().map(|event| &event.message);
    events
        .into_iter()
        .find(|text| text.contains(&given_up))
        .cloned()
}

fn rolled_back(
    target: &Target,
    service: &Seen<Service>,
    primary: &Deployment,
    reason: &str,
) -> Finding {
    let now = last_segment(&primary.task_definition);
    let abandoned = abandoned(target, &service.value, primary);
    let headline = match abandoned {
        Some(revision) => format!("the service was rolled back from {revision} to {now}: {reason}"),
        None => format!("the service was rolled back to {now}: {reason}"),
    };
    Finding::broken(headline)
        .hint("What was deployed is not what runs. Find out why its tasks failed, mend that, and deploy again.")
        .all_evidence(what_happened(service))
}

fn given_up(target: &Target, service: &Seen<Service>, reason: &str) -> Finding {
    let judged = &target.deployment;
    Finding::broken(format!(
        "ECS gave up deployment {} ({}): {reason}",
        judged.id,
        judged.revision()
    ))
    .hint("Find out why its tasks failed, mend that, and deploy again.")
    .all_evidence(what_happened(service))
}

/// The deployments, and the events that tell of a failure.
fn what_happened(service: &Seen<Service>) -> Vec<Evidence> {
    const TELLING: [&str; 3] = [
        "rolling back",
        "deployment failed",
        "unable to consistently start",
    ];
    let told = service.value.events.iter().filter_map(|event| {
        let matters = TELLING.iter().any(|words| event.message.contains(words));
        Some(Moment {
            at: event.at.filter(|_| matters)?,
            what: event.message.clone(),
        })
    });
    let mut moments: Vec<Moment> = told.collect();
    moments.sort_by_key(|moment| moment.at);
    let mut evidence = vec![deployments(service)];
    if !moments.is_empty() {
        evidence.push(service.evidence(Body::Timeline {
            title: "service events".into(),
            moments,
        }));
    }
    evidence
}

/// The revision that was given up: the judged one, or the failed one beside the PRIMARY.
fn abandoned<'a>(
    target: &'a Target,
    service: &'a Service,
    primary: &Deployment,
) -> Option<&'a str> {
    if target.deployment.id != primary.id {
        return Some(target.deployment.revision());
    }
    failed_beside(service).map(|failed| last_segment(&failed.task_definition))
}

/// A deployment of the service that failed, while it is listed.
fn failed_beside(service: &Service) -> Option<&Deployment> {
    let is_failed = |other: &&Deployment| other.rollout_state.as_deref() == Some("FAILED");
    service.deployments.iter().find(is_failed)
}

fn overtaken(target: &Target, service: &Service, primary: &Deployment) -> Unobserved {
    let names = both_named(target, primary);
    if service.is_rolling() && was_there_before(target, primary) {
        return judged_an_older_state(&names);
    }
    // A task set that waited for the traffic is PRIMARY once it has it.
    let hint = match service.controller.as_str() {
        "CODE_DEPLOY" | "EXTERNAL" => {
            "The traffic was shifted to that task set while touchdown looked, or someone deployed again. Run it again to judge that one."
        }
        _ => {
            "Someone deployed again while touchdown looked. Run it again to judge the newer deployment."
        }
    };
    Unobserved::lasting(format!("deployment {names}")).hint(hint)
}

fn both_named(target: &Target, primary: &Deployment) -> String {
    let judged = &target.deployment;
    let created = primary
        .created_at
        .map(|at| format!(" of {at:.0}"))
        .unwrap_or_default();
    format!(
        "{} ({}) was overtaken by {} ({}){created}",
        judged.id,
        judged.revision(),
        primary.id,
        last_segment(&primary.task_definition),
    )
}

/// Whether a run's later looks showed that the deployment which it judged was not the latest when it began:
/// when the first of them did, and why whatever was said of the target before is void.
#[must_use]
pub fn hindsight(target: &Target, connections: &Connections) -> Option<(Timestamp, Unobserved)> {
    let Seen {
        value: primary, at, ..
    } = connections.newest_primary(&target.service_arn)?;
    let is_other = primary.id != target.deployment.id && was_there_before(target, &primary);
    is_other.then(|| (at, judged_an_older_state(&both_named(target, &primary))))
}

fn judged_an_older_state(names: &str) -> Unobserved {
    Unobserved::lasting(format!(
        "deployment {names}, which was there before the run began: AWS answered its first look from an older state"
    ))
    .hint("AWS's reads are eventually consistent. Run it again to judge the newer deployment.")
}

/// Whether the deployment that overtook the judged one should have been seen when the run began. Where
/// traffic is shifted, this tells nothing: one may stand by for long before it becomes PRIMARY.
fn was_there_before(target: &Target, primary: &Deployment) -> bool {
    let before = |created: Timestamp| target.found_at.duration_since(created) > TOLERANCE;
    primary.created_at.is_some_and(before)
}

#[cfg(test)]
mod tests;
