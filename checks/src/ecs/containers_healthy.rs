//! `ecs.containers-healthy`: the containers' own health checks pass.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::every_task::{self, Said};
use super::judged_containers;
use super::picture::Picture;
use super::rows::{counted, moment};
use crate::contract::{Body, Check, Finding, Look, Period, Seen, Target, Unobserved};
use crate::reads::{ContainerDefinition, HealthCheck, Task};

/// **Asks** whether every judged container with a health check is HEALTHY, in every task of the
/// judged deployment.
///
/// **Why it matters**: RUNNING says that a process exists. ECS ends a task whose essential
/// container is UNHEALTHY and starts another, so a check that can't pass (a missing `curl`, a
/// startPeriod that is too short) is a service that restarts for ever.
///
/// UNHEALTHY and UNKNOWN are waited for. Where UNKNOWN stays after the container must have
/// been given up, it is a missing fact. Without any health check nothing is judged by ECS, and
/// the check is inconclusive.
///
/// **Evidence**: the health checks, and the health of each running task.
///
/// **Example**
/// ```yaml
/// - check: ecs.containers-healthy
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainersHealthy {}

/// What one look of `ecs.containers-healthy` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    /// The judged containers, as the judged deployment's task definition has them.
    containers: Seen<Vec<ContainerDefinition>>,
    /// AWS's time of the look.
    now: Timestamp,
}

impl Check for ContainersHealthy {
    const KIND: &'static str = "ecs.containers-healthy";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let (picture, definition) = futures_util::try_join!(
            Picture::observe(target, look.reads),
            look.reads
                .task_definition(&target.region, &target.deployment.task_definition),
        )?;
        let judged = judged_containers(target, &definition.value)?;
        let judged = judged.into_iter().cloned().collect();
        Ok(Facts {
            now: look.reads.aws_time(look.times.now),
            containers: definition.map(|_| judged),
            picture,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let checks = facts.checks();
        let table = facts.containers.evidence(health_checks(target, facts));
        if checks.is_empty() {
            return nothing_judged(target, facts).evidence(table);
        }
        let said = |task: &Task| of_task(task, &checks, facts.now);
        let names: Vec<String> = checks.keys().map(|name| format!("`{name}`")).collect();
        let right = format!("are HEALTHY in {}{}", names.join(", "), facts.unchecked());
        every_task::judge(target, &facts.picture, said, &right, &hint(&checks)).evidence(table)
    }
}

impl Facts {
    /// The health checks, by container.
    fn checks(&self) -> BTreeMap<&str, &HealthCheck> {
        let containers = self.containers.value.iter();
        let with_check =
            containers.filter_map(|c| Some((c.name.as_str(), c.health_check.as_ref()?)));
        with_check.collect()
    }

    /// `; 1 container has no health check`, where there is one.
    fn unchecked(&self) -> String {
        let containers = self.containers.value.iter();
        match containers.filter(|c| c.health_check.is_none()).count() {
            0 => String::new(),
            1 => "; 1 container has no health check".into(),
            more => format!("; {more} containers have no health check"),
        }
    }
}

fn of_task(task: &Task, checks: &BTreeMap<&str, &HealthCheck>, now: Timestamp) -> Said {
    let mut unknown = None;
    let mut waiting = None;
    for (name, check) in checks {
        match of_container(task, name, check, now) {
            unhealthy @ Said::NotYet { .. } if waiting.is_none() => waiting = Some(unhealthy),
            Said::Unknown(note) => unknown = Some(Said::Unknown(note)),
            _ => {}
        }
    }
    let healthy = || Said::Right("HEALTHY".into());
    waiting.or(unknown).unwrap_or_else(healthy)
}

fn of_container(task: &Task, name: &str, check: &HealthCheck, now: Timestamp) -> Said {
    let health = task
        .container(name)
        .and_then(|container| container.health.as_deref());
    match health {
        Some("HEALTHY") => Said::Right("HEALTHY".into()),
        Some("UNHEALTHY") => Said::not_yet(
            format!("{name} is UNHEALTHY"),
            format!(
                "is UNHEALTHY in `{name}`: `{}` failed {} in a row",
                check.line(),
                counted(check.retries as usize, "time")
            ),
        ),
        _ => unknown(task, name, check, now),
    }
}

/// UNKNOWN is what ECS says until a check passes, or has failed for good.
fn unknown(task: &Task, name: &str, check: &HealthCheck, now: Timestamp) -> Said {
    // A run may take as long as its timeout, and is reported a while later.
    let late = check.window() + 2 * u64::from(check.interval + check.timeout);
    let running = task
        .started_at
        .and_then(|at| std::time::Duration::try_from(now.duration_since(at)).ok());
    match running {
        Some(running) if running.as_secs() > late => Said::Unknown(format!(
            "reports no health of `{name}`, though it started {} and must have been judged after {}",
            task.started_at.map(moment).unwrap_or_default(),
            Period::seconds(late)
        )),
        _ => Said::not_yet(
            format!("{name} is UNKNOWN so far"),
            format!(
                "has not been found healthy in `{name}` so far (startPeriod {}, checked every {})",
                Period::seconds(check.start_period.into()),
                Period::seconds(check.interval.into())
            ),
        ),
    }
}

/// "Every container with a health check" is none, which proves nothing.
fn nothing_judged(target: &Target, facts: &Facts) -> Finding {
    let judged: Vec<String> = facts
        .containers
        .value
        .iter()
        .map(|container| format!("`{}`", container.name))
        .collect();
    Finding::unobserved(format!(
        "no judged container of {} has a health check ({}), so ECS judges the health of none",
        target.deployment.revision(),
        judged.join(", ")
    ))
    .hint("Give the container a `healthCheck` in the task definition, or ask the application itself with `http.responds`.")
    .lasting()
}

fn hint(checks: &BTreeMap<&str, &HealthCheck>) -> String {
    let told = checks.iter().map(|(name, check)| {
        format!(
            "In `{name}`, `{}` must exit with 0 within {}",
            check.line(),
            Period::seconds(check.timeout.into())
        )
    });
    format!(
        "{}. A program that the image lacks (curl, wget), another port or path, and a startPeriod shorter than the start are the usual causes.",
        told.collect::<Vec<_>>().join("; ")
    )
}

fn health_checks(target: &Target, facts: &Facts) -> Body {
    let rows = facts.containers.value.iter().map(|container| {
        let seconds = |of: fn(&HealthCheck) -> u32| {
            let check = container.health_check.as_ref();
            check.map_or_else(
                || "-".into(),
                |check| Period::seconds(of(check).into()).to_string(),
            )
        };
        let check = container.health_check.as_ref();
        [
            container.name.clone(),
            check.map_or_else(|| "none".into(), HealthCheck::line),
            seconds(|check| check.interval),
            seconds(|check| check.timeout),
            check.map_or_else(|| "-".into(), |check| check.retries.to_string()),
            seconds(|check| check.start_period),
        ]
    });
    let columns = [
        "container",
        "health check",
        "interval",
        "timeout",
        "retries",
        "startPeriod",
    ];
    let title = format!("health checks of {}", target.deployment.revision());
    Body::table(title, columns, rows)
}

#[cfg(test)]
mod tests;
