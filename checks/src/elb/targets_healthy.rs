//! `elb.targets-healthy`: the load balancer finds every new task healthy, and sends requests to
//! no old one.

mod others;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::endpoint::Instances;
use super::reasons::{asked, remedy};
use super::registration::{self, Group, Registration, Standing};
use crate::contract::{Body, Check, Evidence, Finding, Look, State, Target, Unobserved};
use crate::ecs::Picture;
use crate::ecs::every_task::{self, Said};
use crate::reads::{TargetHealth, Task};

/// **Asks** whether the load balancer finds every task of the judged deployment healthy, and
/// sends production requests to them alone.
///
/// **Why it matters**: a task that runs may still get no request: its target is in its first
/// health checks, fails them, or waits in the target group that a blue/green deployment has not
/// shifted traffic to. And an old task that ECS has told to stop serves until it is
/// deregistered.
///
/// Tasks are joined to targets by the address of their network interface, or by instance and
/// host port. Unhealthy targets heal, so they fail this check at its deadline only. A target
/// that drains is told; a target of something else in the same target group is told too.
///
/// **Evidence**: every target with its state and reason, where production requests are sent,
/// and every running task.
///
/// **Example**
/// ```yaml
/// - check: elb.targets-healthy
///   hold: 2m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetsHealthy {}

/// What one look of `elb.targets-healthy` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    registrations: Vec<Registration>,
    instances: Instances,
}

impl Check for TargetsHealthy {
    const KIND: &'static str = "elb.targets-healthy";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeContainerInstances",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeListeners",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let picture = Picture::observe(look.subject, look.reads).await?;
        let looked = registration::observe(look.subject, &picture, look.reads);
        let (registrations, instances) = Box::pin(looked).await?;
        Ok(Facts {
            picture,
            registrations,
            instances,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let said = |task: &Task| facts.of_task(task);
        let right = format!("are healthy targets of {}", facts.served_by());
        let hint = facts.hint(target);
        let finding = every_task::judge(target, &facts.picture, said, &right, &hint);
        let finding = match (finding.state, facts.served_old(target)) {
            (State::Holds, Some(old)) => old.all_evidence(finding.evidence),
            (State::Holds, None) => Finding {
                headline: format!("{}{}", finding.headline, facts.others(target)),
                ..finding
            },
            _ => finding,
        };
        finding.all_evidence(facts.evidence())
    }
}

impl Facts {
    /// What is said of a task: the worst of what its registrations say.
    fn of_task(&self, task: &Task) -> Said {
        let mut right = Vec::new();
        let mut unknown = None;
        for registration in &self.registrations {
            match said(registration, registration.standing(task, &self.instances)) {
                Said::Right(note) => right.push(note),
                Said::Unknown(note) => unknown = Some(note),
                worse => return worse,
            }
        }
        unknown.map_or_else(|| Said::Right(right.join(", ")), Said::Unknown)
    }

    /// The names of the target groups that production requests are sent to.
    fn served_by(&self) -> String {
        let groups = self.groups().filter(|group| group.serves);
        let names: BTreeSet<&str> = groups.map(|group| group.described.name.as_str()).collect();
        names.into_iter().collect::<Vec<_>>().join(" and ")
    }

    fn groups(&self) -> impl Iterator<Item = &Group> {
        self.registrations.iter().flat_map(|r| &r.groups)
    }

    /// What to do about the first task that isn't served.
    fn hint(&self, target: &Target) -> String {
        let staying = self.picture.staying(target);
        let standings = staying.flat_map(|task| {
            let registrations = self.registrations.iter();
            registrations.map(move |each| each.standing(task, &self.instances))
        });
        let mut hints = standings.filter_map(|standing| match standing {
            Standing::Ill(group, ill) => Some(remedy(ill, &group.described, &target.region)),
            Standing::Idles(_) => Some(NOT_SHIFTED.to_owned()),
            Standing::Absent => Some(NOT_REGISTERED.to_owned()),
            Standing::Serves(_) | Standing::Nowhere => None,
        });
        hints.next().unwrap_or_default()
    }

    fn evidence(&self) -> Vec<Evidence> {
        let of_registration = |registration: &Registration| {
            let groups = registration.groups.iter();
            let mut evidence: Vec<_> = groups
                .map(|group| self.targets(registration, group))
                .collect();
            evidence.extend(registration.routing.as_ref().map(|routing| {
                let rows = routing.value.iter().map(|routed| {
                    let name = crate::reads::name_in(&routed.target_group);
                    [name.to_owned(), routed.weight.to_string()]
                });
                let title = "where production requests are sent";
                routing.evidence(Body::table(title, ["target group", "weight"], rows))
            }));
            evidence
        };
        self.registrations
            .iter()
            .flat_map(of_registration)
            .collect()
    }

    fn targets(&self, registration: &Registration, group: &Group) -> Evidence {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let rows = group.targets.value.iter().map(|one| {
            let task = self.task_of(registration, one);
            [
                format!("{}:{}", one.id, one.port),
                task.map_or_else(|| "-".into(), |task| task.id.clone()),
                one.state.clone(),
                or_dash(&one.reason),
                or_dash(&one.description),
            ]
        });
        let title = format!("targets of {}", group.described.name);
        let columns = ["target", "task", "state", "reason", "description"];
        group.targets.evidence(Body::table(title, columns, rows))
    }
}

const NOT_SHIFTED: &str = "The deployment shifts production traffic when its hooks and its bake time allow; its lifecycle stage tells where it is.";
const NOT_REGISTERED: &str =
    "ECS registers a task once it runs; where that fails, the service's events tell why.";

/// What a standing says of the statement.
fn said(registration: &Registration, standing: Standing<'_>) -> Said {
    match standing {
        Standing::Serves(group) => Said::Right(format!("healthy in {}", group.described.name)),
        Standing::Idles(group) => Said::not_yet(
            format!("healthy in {}, without traffic", group.described.name),
            format!(
                "is healthy in {}, which gets no production requests yet",
                group.described.name
            ),
        ),
        Standing::Ill(group, target) if target.state == "unavailable" => Said::Unknown(format!(
            "is not checked by the load balancer in {} ({})",
            group.described.name,
            target.reason.as_deref().unwrap_or("unavailable")
        )),
        Standing::Ill(group, target) => Said::not_yet(
            format!("{} in {}", target.state, group.described.name),
            ill(group, target),
        ),
        Standing::Absent => Said::not_yet(
            "not registered",
            format!("is not registered in {}", registration.names()),
        ),
        Standing::Nowhere => Said::Unknown(format!(
            "has no address or host port that container `{}` could be found by",
            registration.balancing.container
        )),
    }
}

/// `is unhealthy in web: Health checks failed with these codes: [503] (HTTP /health must …)`.
fn ill(group: &Group, target: &TargetHealth) -> String {
    let reason = target.description.as_deref().or(target.reason.as_deref());
    let reason = reason.map(|reason| format!(": {reason}"));
    let checked = if target.state == "unhealthy" {
        asked(&group.described)
    } else {
        String::new()
    };
    format!(
        "is {} in {}{}{checked}",
        target.state,
        group.described.name,
        reason.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests;
