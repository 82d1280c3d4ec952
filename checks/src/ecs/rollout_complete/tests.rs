//! The judge of `ecs.rollout-complete`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, deployment, picture, seen, target, task};
use crate::reads::{Deployment, RevisionShare, Task};

fn of(picture: Picture, staged: Option<Option<ServiceDeployment>>) -> Finding {
    let facts = Facts {
        picture,
        staged: staged.map(seen),
    };
    RolloutComplete {}.judge(&target("ecs-svc/1"), &facts)
}

fn two() -> Vec<Task> {
    ["a", "b"]
        .map(|id| task(id, "ecs-svc/1", "23:45:00", None))
        .to_vec()
}

/// A rolling update that wants two tasks.
fn rolling(state: Option<&str>, tasks: Vec<Task>) -> Picture {
    let mut picture = picture(2, tasks);
    let service = picture.service_mut();
    service.controller = "ECS".into();
    service.deployments[0].rollout_state = state.map(str::to_owned);
    picture
}

fn told(finding: &Finding) -> (State, &str) {
    (finding.state, finding.headline.as_str())
}

#[test]
fn completed_holds_with_all_tasks_of_its_own() {
    let finding = of(rolling(Some("COMPLETED"), two()), None);
    assert_eq!(
        told(&finding),
        (
            State::Holds,
            "ecs-svc/1 is COMPLETED, and 2 of 2 tasks of web:5 run"
        )
    );
}

#[test]
fn completed_counts_for_nothing_without_its_own_tasks() {
    let mut others = two();
    others[0].started_by = "ecs-svc/0".into();
    let finding = of(rolling(Some("COMPLETED"), others), None);
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "ecs-svc/1 is COMPLETED, but 1 of 2 tasks of web:5 run"
        )
    );
    let mut zero = rolling(Some("COMPLETED"), vec![]);
    zero.service_mut().deployments[0].desired = 0;
    assert_eq!(
        told(&of(zero, None)),
        (
            State::NotYet,
            "ecs-svc/1 is COMPLETED, but web:5 has a desired count of 0, so nothing runs"
        )
    );
}

#[test]
fn in_progress_waits_and_failed_is_broken() {
    let finding = of(rolling(Some("IN_PROGRESS"), two()), None);
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "2 of 2 tasks of web:5 run; ecs-svc/1 is IN_PROGRESS"
        )
    );
    let mut failed = rolling(Some("FAILED"), two());
    failed.service_mut().deployments[0].rollout_reason = Some("alarm detected.".into());
    assert_eq!(
        told(&of(failed, None)),
        (State::Broken, "ecs-svc/1 has FAILED: alarm detected.")
    );
}

#[test]
fn without_a_rollout_state_it_must_be_the_only_deployment() {
    let alone = of(rolling(None, two()), None);
    assert_eq!(
        told(&alone),
        (
            State::Holds,
            "ecs-svc/1 is the only deployment, and 2 of 2 tasks of web:5 run"
        )
    );
    let mut beside = rolling(None, two());
    let older = deployment("ecs-svc/0", "ACTIVE");
    beside.service_mut().deployments.push(older);
    assert_eq!(of(beside, None).state, State::NotYet);
}

/// The PRIMARY task set, and another one that was created at the given time.
fn task_sets(stability: Option<&str>, other: Option<(&str, &str)>) -> Finding {
    let mut picture = rolling(None, two());
    let service = picture.service_mut();
    service.controller = "CODE_DEPLOY".into();
    service.deployments[0].stability = stability.map(str::to_owned);
    service
        .deployments
        .extend(other.map(|(status, created)| Deployment {
            created_at: Some(at(created)),
            task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:6".into(),
            ..deployment("ecs-svc/2", status)
        }));
    of(picture, None)
}

#[test]
fn a_task_set_must_be_primary_and_steady() {
    assert_eq!(
        told(&task_sets(Some("STEADY_STATE"), None)),
        (
            State::Holds,
            "web:5 (ecs-svc/1) is PRIMARY and in STEADY_STATE, and 2 of 2 tasks of web:5 run"
        )
    );
    assert_eq!(task_sets(Some("STABILIZING"), None).state, State::NotYet);
    assert_eq!(task_sets(None, None).state, State::Unobserved);
}

#[test]
fn a_newer_task_set_that_waits_for_traffic_is_not_deployed() {
    let finding = task_sets(Some("STEADY_STATE"), Some(("ACTIVE", "23:40:00")));
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "2 of 2 tasks of web:5 run; the newer web:6 (ecs-svc/2) waits for traffic, which \
             still goes to web:5 (ecs-svc/1)"
        )
    );
    for other in [("ACTIVE", "22:00:00"), ("DRAINING", "23:40:00")] {
        let finding = task_sets(Some("STEADY_STATE"), Some(other));
        assert_eq!(finding.state, State::Holds, "{other:?}");
    }
}

fn staged(status: &str, stage: &str) -> ServiceDeployment {
    ServiceDeployment {
        arn: "arn:deployment".into(),
        status: status.into(),
        lifecycle_stage: Some(stage.into()),
        strategy: Some("CANARY".into()),
        created_at: Some(at("23:24:00")),
        target: Some(RevisionShare {
            arn: "arn:revision/dev/web/77".into(),
            production_weight: Some(20.0),
            ..RevisionShare::default()
        }),
        ..ServiceDeployment::default()
    }
}

fn by_stages(status: &str, stage: &str) -> Finding {
    let picture = rolling(Some("COMPLETED"), two());
    of(picture, Some(Some(staged(status, stage))))
}

#[test]
fn a_deployment_by_stages_names_the_one_it_is_at() {
    for (stage, words) in [
        ("BAKE_TIME", "it is paused at BAKE_TIME"),
        (
            "POST_TEST_TRAFFIC_SHIFT",
            "it waits at the hook of POST_TEST_TRAFFIC_SHIFT",
        ),
        ("SOMETHING_NEW", "it is at SOMETHING_NEW"),
    ] {
        let finding = by_stages("IN_PROGRESS", stage);
        let headline = format!(
            "2 of 2 tasks of web:5 run; the CANARY deployment is IN_PROGRESS: {words}, 20% of \
             the traffic is meant for it"
        );
        assert_eq!(told(&finding), (State::NotYet, headline.as_str()));
    }
}

#[test]
fn a_deployment_by_stages_ends_successful_or_broken() {
    assert_eq!(
        told(&by_stages("SUCCESSFUL", "CLEAN_UP")),
        (
            State::Holds,
            "the CANARY deployment is SUCCESSFUL, and 2 of 2 tasks of web:5 run"
        )
    );
    for status in ["STOPPED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"] {
        assert_eq!(by_stages(status, "CLEAN_UP").state, State::Broken);
    }
}

#[test]
fn an_earlier_service_deployment_says_nothing_of_this_one() {
    let picture = || rolling(Some("COMPLETED"), two());
    assert_eq!(of(picture(), Some(None)).state, State::Unobserved);
    let earlier = |arn: &str| {
        let mut earlier = staged("SUCCESSFUL", "CLEAN_UP");
        earlier.created_at = Some(at("22:00:00"));
        earlier.target = Some(RevisionShare {
            arn: arn.into(),
            ..RevisionShare::default()
        });
        of(picture(), Some(Some(earlier))).state
    };
    assert_eq!(earlier("arn:revision/dev/web/77"), State::Unobserved);
    let same_number = earlier("arn:revision/dev/web/1");
    assert_eq!(same_number, State::Holds, "its number confirms it");
}

#[test]
fn every_strategy_but_rolling_goes_by_stages_where_ecs_deploys() {
    for (controller, strategy, by_stages) in [
        ("ECS", None, false),
        ("ECS", Some("ROLLING"), false),
        ("ECS", Some("BLUE_GREEN"), true),
        ("ECS", Some("CANARY"), true),
        ("CODE_DEPLOY", Some("BLUE_GREEN"), false),
        ("EXTERNAL", None, false),
    ] {
        let service = crate::reads::Service {
            controller: controller.into(),
            strategy: strategy.map(str::to_owned),
            ..crate::reads::Service::default()
        };
        assert_eq!(
            course::by_stages(&service),
            by_stages,
            "{controller} {strategy:?}"
        );
    }
}
