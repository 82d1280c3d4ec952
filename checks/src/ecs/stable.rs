//! `ecs.stable`: the tasks of the judged deployment stay up.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::picture::Picture;
use super::rows::{apart, counted, moment, tasks};
use crate::contract::{Body, Check, Evidence, Finding, Look, Moment, Period, Target, Unobserved};
use crate::reads::Task;

mod memory;

use memory::{Memory, Stop, When};

/// **Asks** whether all wanted tasks of the judged deployment run, and keep running: none
/// stops but by a scale-in, no container starts anew, none is UNHEALTHY.
///
/// **Why it matters**: a task that dies after two minutes is RUNNING for two minutes, and ECS
/// replaces it before anyone looks. `failedTasks` falls back to zero with each task that comes up,
/// so a restart loop looks healthy between two crashes.
///
/// Give it a `hold`. A task that stops meanwhile starts the hold anew, also where its
/// replacement runs before the next look; when a second one of its own making stops, the check
/// breaks. What took the task from outside (a person, Spot, the host) doesn't count as its own.
/// What had stopped before the first look is told, and where that is several, those that run must
/// have outlived them. Without `hold`, that one look is all.
///
/// **Evidence**: every stop that was seen, also after ECS has forgotten it, and the running tasks.
///
/// **Example**
/// ```yaml
/// - check: ecs.stable
///   hold: 10m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stable {}

/// What one look of `ecs.stable` brings, and what the looks before it have.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    memory: Memory,
    /// AWS's time of the look.
    now: Timestamp,
}

impl Check for Stable {
    const KIND: &'static str = "ecs.stable";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    const REMEMBERS: bool = true;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let picture = Picture::observe(look.subject, look.reads).await?;
        let before = look.before().map(|facts| &facts.memory);
        Ok(Facts {
            memory: Memory::after(before, look.subject, &picture),
            now: look.reads.aws_time(look.times.now),
            picture,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        DOUBTS
            .iter()
            .find_map(|doubt| doubt(target, facts))
            .unwrap_or_else(|| stays_up(target, facts))
            .all_evidence(timeline(target, facts))
            .evidence(tasks(target, &facts.picture, |task| {
                task.health.clone().unwrap_or_else(|| "-".into())
            }))
    }
}

/// What speaks against it, the weightiest first.
const DOUBTS: [fn(&Target, &Facts) -> Option<Finding>; 6] = [
    keeps_stopping,
    keeps_restarting,
    lacks_tasks,
    is_unhealthy,
    just_stopped,
    not_outlived,
];

/// A second stop of its own making, of which the check has seen at least one.
fn keeps_stopping(target: &Target, facts: &Facts) -> Option<Finding> {
    let own: Vec<&Stop> = facts.memory.own().collect();
    let seen = own.iter().any(|stop| stop.seen != When::BeforeFirstLook);
    if own.len() < 2 || !seen {
        return None;
    }
    let told = Finding::broken(format!(
        "{} of {} stopped{}",
        counted(own.len(), "task"),
        target.deployment.revision(),
        span(&own)
    ))
    .hint(format!(
        "Its stopped tasks tell why, for about an hour:\n  {}",
        list_stopped(target)
    ));
    let named = facts.picture.troubles.name_cause(told.clone());
    if named.headline != told.headline {
        return Some(named);
    }
    let why = own.last().map_or("", |stop| &stop.why);
    Some(Finding {
        headline: format!("{}: {why}", told.headline),
        ..told
    })
}

/// ` within 4m10s, the last 2025-11-18 23:44:10 UTC`.
fn span(stops: &[&Stop]) -> String {
    let times = || stops.iter().filter_map(|stop| stop.at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return String::new();
    };
    let apart = apart(first, last);
    if apart < Period::seconds(1) {
        return format!(" at once, {}", moment(last));
    }
    format!(" within {apart}, the last {}", moment(last))
}

/// A container that started anew within its task, by its restart policy.
fn keeps_restarting(target: &Target, facts: &Facts) -> Option<Finding> {
    let restarts = &facts.memory.restarts;
    let last = restarts.last()?;
    let told = format!(
        "container `{}` of task {} started anew",
        last.container, last.task
    );
    if restarts.len() > 1 {
        let number = restarts.len();
        let headline = format!("{told}: {number} restarts since the first look");
        return Some(Finding::broken(headline).hint(logs_hint(target)));
    }
    last.now
        .then(|| Finding::not_yet(format!("{told} since the last look")).hint(logs_hint(target)))
}

fn lacks_tasks(target: &Target, facts: &Facts) -> Option<Finding> {
    let picture = &facts.picture;
    let (running, desired) = (picture.staying(target).count(), picture.desired(target));
    let revision = target.deployment.revision();
    if desired == 0 {
        let none = format!("{revision} has a desired count of 0, so nothing runs");
        let hint = "Scale the service up, or leave it out of the suite.";
        return Some(Finding::not_yet(none).hint(hint));
    }
    if running >= desired {
        return None;
    }
    let missing = Finding::not_yet(format!("{running} of {desired} tasks of {revision} run"))
        .hint("ECS is still starting tasks, or can't: see the service's events.");
    Some(picture.troubles.explain(missing))
}

fn is_unhealthy(target: &Target, facts: &Facts) -> Option<Finding> {
    let is_ill = |task: &&Task| task.health.as_deref() == Some("UNHEALTHY");
    let mut ill = facts.picture.staying(target).filter(is_ill);
    let first = ill.next()?;
    let further = match ill.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(
        Finding::not_yet(format!("task {}{further} is UNHEALTHY", first.short_id())).hint(
            "ECS will stop it and start another. `ecs.containers-healthy` names the health check.",
        ),
    )
}

/// A stop that no look before has seen, though everything runs again.
fn just_stopped(_: &Target, facts: &Facts) -> Option<Finding> {
    let mut stops = facts.memory.stops.iter();
    let (id, stop) = stops.find(|(_, stop)| stop.seen == When::SinceLastLook)?;
    let told = format!("task {id} stopped{}: {}", at(stop), stop.why);
    Some(facts.picture.troubles.tell(Finding::not_yet(told)))
}

/// Several had stopped before the first look, and none that runs has lived as long as they did; nor
/// has any outlived one whose end is not told yet.
fn not_outlived(target: &Target, facts: &Facts) -> Option<Finding> {
    let own: Vec<&Stop> = facts.memory.own().collect();
    let drain = own.iter().filter(|stop| stop.at.is_none()).count();
    let last = own.iter().filter_map(|stop| stop.at).max();
    let longest = own.iter().filter_map(|stop| stop.lived).max();
    let outlived = match last.zip(longest) {
        Some((last, longest)) => facts.now > last && apart(facts.now, last) > longest,
        None => true,
    };
    if own.len() < 2 || drain == 0 && outlived {
        return None;
    }
    let until = match (drain, longest) {
        (0, Some(longest)) => format!("up to {longest}"),
        _ => format!("{drain} of them still stop"),
    };
    let told = format!(
        "{} of {} stopped{}, and those that run have not outlived them ({until})",
        counted(own.len(), "task"),
        target.deployment.revision(),
        span(&own)
    );
    Some(facts.picture.troubles.tell(Finding::not_yet(told)))
}

/// All run. What had stopped is told.
fn stays_up(target: &Target, facts: &Facts) -> Finding {
    let desired = facts.picture.desired(target);
    let stops: Vec<&Stop> = facts.memory.stops.values().collect();
    let told = match stops.iter().max_by_key(|stop| stop.at) {
        None => ", and no stop of one is known".to_owned(),
        Some(last) => format!("; {} stopped before{}: {}", stops.len(), at(last), last.why),
    };
    Finding::holds(format!(
        "{} of {desired} tasks of {} run{told}",
        facts.picture.staying(target).count(),
        target.deployment.revision()
    ))
}

/// `, 2025-11-18 23:44:10 UTC`.
fn at(stop: &Stop) -> String {
    stop.at
        .map_or_else(String::new, |at| format!(", {}", moment(at)))
}

fn list_stopped(target: &Target) -> String {
    format!(
        "aws ecs list-tasks --cluster {} --service-name {} --desired-status STOPPED --region {}",
        target.cluster_name(),
        target.service,
        target.region
    )
}

fn logs_hint(target: &Target) -> String {
    format!(
        "Its restart policy starts it again; its last lines before that tell why, in the log group of {}.",
        target.deployment.revision()
    )
}

/// Every stop that was seen.
fn timeline(target: &Target, facts: &Facts) -> Option<Evidence> {
    let moment = |(id, stop): (&String, &Stop)| {
        let lived = stop
            .lived
            .map_or_else(|| "never ran".into(), |lived| format!("lived {lived}"));
        Some(Moment {
            at: stop.at?,
            what: format!("task {id} stopped ({lived}): {}", stop.why),
        })
    };
    let mut moments: Vec<Moment> = facts.memory.stops.iter().filter_map(moment).collect();
    moments.sort_by_key(|moment| moment.at);
    let title = format!("stops of {}", target.deployment.revision());
    let told = !moments.is_empty();
    told.then(|| {
        let body = Body::Timeline { title, moments };
        facts.picture.tasks.evidence(body)
    })
}

#[cfg(test)]
mod tests;
