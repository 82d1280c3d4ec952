//! How far a deployment has come, by what its controller says. Who says it differs.

use super::Facts;
use crate::contract::{Target, last_segment};
use crate::reads::{Deployment, Service, ServiceDeployment};

/// How far a deployment has come, each told in words that go on with a subject of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// It is complete.
    Complete(String),
    /// It goes on.
    UnderWay { told: String, hint: String },
    /// It was given up or taken back.
    Failed { told: String, hint: String },
    /// Nobody says.
    Unknown { told: String, hint: String },
}

/// Whether the service shifts traffic by stages, which only the service deployment tells.
pub(super) fn by_stages(service: &Service) -> bool {
    let strategy = service.strategy.as_deref().unwrap_or("ROLLING");
    service.controller == "ECS" && strategy != "ROLLING"
}

pub(super) fn of(target: &Target, facts: &Facts) -> Course {
    let service = &facts.picture.service.value;
    let Some(deployment) = facts.picture.deployment(target) else {
        return Course::Unknown {
            told: format!("the service does not list {} now", target.deployment.id),
            hint: see(target),
        };
    };
    if service.controller != "ECS" {
        return of_task_set(target, service, deployment);
    }
    match (&facts.staged, deployment.rollout_state.as_deref()) {
        (Some(staged), _) => of_stages(target, staged.value.as_ref()),
        (None, Some(state)) => of_rollout(target, deployment, state),
        (None, None) => of_counts(target, service),
    }
}

/// A rolling update: `rolloutState`.
fn of_rollout(target: &Target, deployment: &Deployment, state: &str) -> Course {
    let id = &deployment.id;
    let reason = deployment.rollout_reason.as_deref().unwrap_or_default();
    match state {
        "COMPLETED" => Course::Complete(format!("{id} is COMPLETED")),
        "FAILED" => Course::Failed {
            told: format!("{id} has FAILED: {reason}"),
            hint: "Find out why, mend that, and deploy again.".into(),
        },
        _ => Course::UnderWay {
            told: format!("{id} is {state}"),
            hint: format!(
                "ECS waits for healthy new tasks, and for old ones to drain.\n  {}",
                see(target)
            ),
        },
    }
}

/// ECS gives no `rolloutState` behind a Classic Load Balancer: what goes on shows as another
/// deployment beside the PRIMARY.
fn of_counts(target: &Target, service: &Service) -> Course {
    let others = service.deployments.len().saturating_sub(1);
    let id = &target.deployment.id;
    if others == 0 {
        return Course::Complete(format!("{id} is the only deployment"));
    }
    Course::UnderWay {
        told: format!("{others} older beside {id}, which has no rollout state"),
        hint: format!(
            "ECS drops an older deployment once its last task has stopped.\n  {}",
            see(target)
        ),
    }
}

/// CODE_DEPLOY and EXTERNAL: task sets, of which the PRIMARY gets the traffic.
fn of_task_set(target: &Target, service: &Service, set: &Deployment) -> Course {
    let newer = service.deployments.iter().find(|other| {
        other.status == "ACTIVE" && other.id != set.id && other.created_at > set.created_at
    });
    let name = |set: &Deployment| {
        let revision = last_segment(&set.task_definition);
        format!("{revision} ({})", set.id)
    };
    if let Some(newer) = newer {
        return Course::UnderWay {
            told: format!(
                "the newer {} waits for traffic, which still goes to {}",
                name(newer),
                name(set)
            ),
            hint: shift(target, service, newer),
        };
    }
    match set.stability.as_deref() {
        Some("STEADY_STATE") => {
            Course::Complete(format!("{} is PRIMARY and in STEADY_STATE", name(set)))
        }
        Some(stability) => Course::UnderWay {
            told: format!("{} is PRIMARY and {stability}", name(set)),
            hint: see(target),
        },
        None => Course::Unknown {
            told: format!("{} tells no stability status", name(set)),
            hint: see(target),
        },
    }
}

/// Who gives traffic to a task set. The run judges the one that has it: it doesn't see the next
/// one arrive.
fn shift(target: &Target, service: &Service, newer: &Deployment) -> String {
    let command = match service.controller.as_str() {
        "CODE_DEPLOY" => format!(
            "aws deploy list-deployments --include-only-statuses InProgress Ready --region {}",
            target.region
        ),
        _ => format!(
            "aws ecs update-service-primary-task-set --cluster {} --service {} --primary-task-set {} --region {}",
            target.cluster_name(),
            target.service,
            newer.id,
            target.region
        ),
    };
    format!(
        "Once the traffic is shifted, run touchdown again to judge the newer one. What holds it up:\n  {command}"
    )
}

/// Blue/green, linear and canary: the service deployment.
fn of_stages(target: &Target, staged: Option<&ServiceDeployment>) -> Course {
    let id = &target.deployment.id;
    let Some(staged) = staged.filter(|staged| !is_older(target, staged)) else {
        return Course::Unknown {
            told: format!("ECS tells no service deployment of {id} so far"),
            hint: format!(
                "aws ecs list-service-deployments --cluster {} --service {} --region {}",
                target.cluster_name(),
                target.service,
                target.region
            ),
        };
    };
    let strategy = staged.strategy.as_deref().unwrap_or("staged");
    let reason = staged.status_reason.as_deref();
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    let status = &staged.status;
    match status.as_str() {
        "SUCCESSFUL" => Course::Complete(format!("the {strategy} deployment is SUCCESSFUL")),
        "PENDING" | "IN_PROGRESS" | "STOP_REQUESTED" => Course::UnderWay {
            told: format!(
                "the {strategy} deployment is {status}{}{}",
                at_stage(staged),
                share(staged)
            ),
            hint: describe(target, staged),
        },
        _ => Course::Failed {
            told: format!("the {strategy} deployment of {id} is {status}{reason}"),
            hint: describe(target, staged),
        },
    }
}

/// Whether it surely is of an earlier deployment. Numbers may confirm that it is the judged one's;
/// else it must be as young.
fn is_older(target: &Target, staged: &ServiceDeployment) -> bool {
    const BETWEEN: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
    let judged = &target.deployment;
    let (Some(created), Some(judged_created)) = (staged.created_at, judged.created_at) else {
        return false;
    };
    !staged.brings(&judged.id) && judged_created.duration_since(created) > BETWEEN
}

/// What each stage does, as a deployment that is at it.
const STAGES: [(&str, &str); 10] = [
    ("RECONCILE_SERVICE", "it settles what came before"),
    ("PRE_SCALE_UP", "it waits at the hook of PRE_SCALE_UP"),
    ("SCALE_UP", "it starts the new tasks (SCALE_UP)"),
    ("POST_SCALE_UP", "it waits at the hook of POST_SCALE_UP"),
    (
        "TEST_TRAFFIC_SHIFT",
        "it shifts test traffic (TEST_TRAFFIC_SHIFT)",
    ),
    (
        "POST_TEST_TRAFFIC_SHIFT",
        "it waits at the hook of POST_TEST_TRAFFIC_SHIFT",
    ),
    (
        "PRODUCTION_TRAFFIC_SHIFT",
        "it shifts production traffic (PRODUCTION_TRAFFIC_SHIFT)",
    ),
    (
        "POST_PRODUCTION_TRAFFIC_SHIFT",
        "it waits at the hook of POST_PRODUCTION_TRAFFIC_SHIFT",
    ),
    ("BAKE_TIME", "it is paused at BAKE_TIME"),
    ("CLEAN_UP", "it stops the old tasks (CLEAN_UP)"),
];

fn at_stage(staged: &ServiceDeployment) -> String {
    let Some(stage) = staged.lifecycle_stage.as_deref() else {
        return String::new();
    };
    let known = STAGES.iter().find(|(name, _)| *name == stage);
    known.map_or_else(
        || format!(": it is at {stage}"),
        |(_, words)| format!(": {words}"),
    )
}

/// `, 20% of the traffic is for it`.
fn share(staged: &ServiceDeployment) -> String {
    let weight = staged.target.as_ref().and_then(|t| t.production_weight);
    weight.map_or_else(String::new, |weight| {
        format!(", {weight}% of the traffic is meant for it")
    })
}

fn describe(target: &Target, staged: &ServiceDeployment) -> String {
    let stage = staged.lifecycle_stage.as_deref().unwrap_or_default();
    let waits = stage.starts_with("PRE_") || stage.starts_with("POST_");
    let advice = if waits {
        "A Lambda hook goes on by itself, a PAUSE hook by `aws ecs continue-service-deployment`. Which it is:"
    } else {
        "See its stage, hooks and alarms; where it only takes its time, raise `within`:"
    };
    format!(
        "{advice}\n  aws ecs describe-service-deployments --service-deployment-arns {} --region {}",
        staged.arn, target.region
    )
}

fn see(target: &Target) -> String {
    format!(
        "aws ecs describe-services --cluster {} --services {} --region {}",
        target.cluster_name(),
        target.service,
        target.region
    )
}
