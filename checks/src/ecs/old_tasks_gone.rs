//! `ecs.old-tasks-gone`: nothing of another deployment is left.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::picture::Picture;
use super::rows::{counted, moment};
use crate::contract::{Body, Check, Evidence, Finding, Look, Target, Unobserved};
use crate::reads::Task;

mod draining;

use draining::Draining;

/// **Asks** whether every task of another deployment of the service has ended: none starts,
/// runs, drains (DEACTIVATING) or stops (STOPPING).
///
/// **Why it matters**: an old task may serve long after the pipeline is green. One that drains
/// gets no new connections, but keeps those it has until the target group's deregistration delay
/// is over (five minutes, where nobody changed it): who holds one still talks to the old code.
///
/// It waits for them. It doesn't hold before a task of the judged deployment runs, since
/// then nothing has taken their place.
///
/// **Evidence**: the service's tasks that have not ended, with their deployment, and since when
/// the old ones are to stop.
///
/// **Example**
/// ```yaml
/// - check: ecs.old-tasks-gone
///   within: 10m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OldTasksGone {}

/// What one look of `ecs.old-tasks-gone` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    draining: Draining,
}

impl Check for OldTasksGone {
    const KIND: &'static str = "ecs.old-tasks-gone";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "logs:FilterLogEvents",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
    ];
    const REMEMBERS: bool = true;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let picture = Picture::observe(look.subject, look.reads).await?;
        let before = look.before().map(|facts| &facts.draining);
        Ok(Facts {
            draining: Draining::observe(before, look, &picture).await,
            picture,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let picture = &facts.picture;
        let mut old: Vec<(&Stage, &Task)> = picture
            .lingering(target)
            .map(|task| (Stage::of(task), task))
            .collect();
        // Those that have the longest way to go come first.
        old.sort_by_key(|(stage, task)| (stage.to_go, task.stopping_at, task.started_at));
        let finding = match old.first() {
            Some(first) => waits(target, facts, &old, first),
            None => alone(target, picture),
        };
        finding.evidence(table(target, picture))
    }
}

/// How far an old task is from its end.
struct Stage {
    status: &'static str,
    /// What it does, behind one.
    one: &'static str,
    /// The same, of several.
    several: &'static str,
    /// The smaller, the longer its way.
    to_go: u8,
    /// How it goes on; none where that depends on the load balancer.
    hint: Option<&'static str>,
}

/// The stages before the end. A task that isn't in one of them is still starting.
static STAGES: [Stage; 3] = [
    Stage {
        status: "RUNNING",
        one: "runs",
        several: "run",
        to_go: 1,
        hint: Some(
            "ECS stops old tasks once enough new ones are healthy; under blue/green, after the bake or termination wait time.",
        ),
    },
    Stage {
        status: "DEACTIVATING",
        one: "drains",
        several: "drain",
        to_go: 2,
        hint: None,
    },
    Stage {
        status: "STOPPING",
        one: "stops",
        several: "stop",
        to_go: 3,
        hint: Some(
            "Its containers were told to end; they are killed after their stopTimeout (30s where it was not set).",
        ),
    },
];

static STARTING: Stage = Stage {
    status: "",
    one: "starts",
    several: "start",
    to_go: 0,
    hint: Some("Another deployment still starts tasks: the service is not settled."),
};

impl Stage {
    fn of(task: &Task) -> &'static Self {
        let is = |stage: &&Stage| stage.status == task.last_status;
        STAGES.iter().find(is).unwrap_or(&STARTING)
    }
}

fn waits(
    target: &Target,
    facts: &Facts,
    old: &[(&'static Stage, &Task)],
    (stage, task): &(&'static Stage, &Task),
) -> Finding {
    let stages = [&STARTING].into_iter().chain(&STAGES);
    let counts = stages.filter_map(|stage| {
        let of_it = |(of, _): &&(&Stage, &Task)| of.to_go == stage.to_go;
        match old.iter().filter(of_it).count() {
            0 => None,
            1 => Some(format!("1 {}", stage.one)),
            more => Some(format!("{more} {}", stage.several)),
        }
    });
    let counts: Vec<String> = counts.collect();
    let told = match (old, &counts[..]) {
        ([_], _) => format!("1 old task still {}", stage.one),
        (_, [_]) => format!("{} old tasks still {}", old.len(), stage.several),
        _ => format!("{} old tasks are left: {}", old.len(), counts.join(", ")),
    };
    let described = described(task, &facts.draining);
    let hint = stage.hint.map(str::to_owned);
    let hint = hint.unwrap_or_else(|| drains(target, facts, task));
    Finding::not_yet(format!("{told}; {described}")).hint(hint)
}

/// `0123abcd of web:4, told to stop 2025-11-18 23:41:07 UTC`.
fn described(task: &Task, draining: &Draining) -> String {
    let times = [
        ("told to stop", task.stopping_at),
        ("seen to drain since", draining.since(&task.id)),
        ("started", task.started_at),
    ];
    let mut times = times.iter().filter_map(|(what, at)| Some((what, (*at)?)));
    let since = times
        .next()
        .map(|(what, at)| format!(", {what} {}", moment(at)));
    format!(
        "{} of {}{}",
        task.short_id(),
        task.revision(),
        since.unwrap_or_default()
    )
}

/// How long a task that drains may take.
fn drains(target: &Target, facts: &Facts, task: &Task) -> String {
    let since = task.stopping_at.or(facts.draining.since(&task.id));
    let until = since.zip(facts.draining.delay).and_then(|(since, delay)| {
        let until = since.checked_add(delay.get()).ok()?;
        Some((moment(until), delay))
    });
    if let Some((until, delay)) = until {
        return format!(
            "It may keep its connections until about {until} (deregistration delay {delay}), and then has its stopTimeout (30s where it was not set)."
        );
    }
    let command = draining::target_groups(&facts.picture).next().map(|arn| {
        let region = &target.region;
        format!("\n  aws elbv2 describe-target-group-attributes --target-group-arn {arn} --region {region}")
    });
    format!(
        "It may keep its connections until the deregistration delay is over (300s where it was not set), and then has its stopTimeout (30s).{}",
        command.unwrap_or_default()
    )
}

/// No old task is left. That says something only once a new one runs.
fn alone(target: &Target, picture: &Picture) -> Finding {
    let revision = target.deployment.revision();
    let (new, desired) = (picture.staying(target).count(), picture.desired(target));
    if desired == 0 {
        return Finding::not_yet(format!(
            "no old task is left, but {revision} has a desired count of 0, so nothing runs at all"
        ))
        .hint("Scale the service up, or leave it out of the suite.");
    }
    if new == 0 {
        let none = format!(
            "no old task is left, and none of the {desired} wanted ones of {revision} runs"
        );
        let missing = Finding::not_yet(none)
            .hint("ECS is still starting tasks, or can't: see the service's events.");
        return picture.troubles.explain(missing);
    }
    Finding::holds(format!(
        "no old task is left beside {} of {revision}",
        counted(new, "task")
    ))
}

/// Every task that has not ended.
fn table(target: &Target, picture: &Picture) -> Evidence {
    let or_dash = |at: Option<Timestamp>| at.map_or_else(|| "-".into(), moment);
    let row = |task: &Task| {
        let whose = if task.started_by == target.deployment.id {
            "judged"
        } else {
            "old"
        };
        [
            task.id.clone(),
            format!("{whose}: {} ({})", task.started_by, task.revision()),
            task.last_status.clone(),
            or_dash(task.started_at),
            or_dash(task.stopping_at),
        ]
    };
    let present = picture.tasks.value.iter().filter(|task| !task.is_gone());
    let columns = ["task", "deployment", "status", "started", "told to stop"];
    let title = format!("tasks of {} that have not ended", target.service);
    picture
        .tasks
        .evidence(Body::table(title, columns, present.map(row)))
}

#[cfg(test)]
mod tests;
