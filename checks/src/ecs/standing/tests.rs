//! Rollbacks and overtaking deployments, told apart with literal facts.

use super::*;
use crate::ecs::picture::literal::{deployment, seen, service, target, task};
use crate::reads::ServiceEvent;

fn event(message: &str) -> ServiceEvent {
    ServiceEvent {
        at: "2025-11-18T23:50:00Z".parse().ok(),
        message: message.to_owned(),
    }
}

#[test]
fn the_judged_deployment_may_be_primary_or_drain_the_old_one() {
    let service = seen(service(vec![
        deployment("ecs-svc/2", "PRIMARY"),
        deployment("ecs-svc/1", "ACTIVE"),
    ]));
    assert_eq!(judge(&target("ecs-svc/2"), &service, None), Ok(None));
}

#[test]
fn a_newer_deployment_leaves_nothing_to_judge() {
    let service = seen(service(vec![
        deployment("ecs-svc/3", "PRIMARY"),
        deployment("ecs-svc/2", "ACTIVE"),
    ]));
    let told = judge(&target("ecs-svc/2"), &service, None).expect_err("overtaken");
    assert!(told.lasting);
    assert!(
        told.headline
            .contains("ecs-svc/2 (web:5) was overtaken by ecs-svc/3"),
        "{}",
        told.headline
    );
}

#[test]
fn a_task_set_that_got_the_traffic_is_not_told_as_a_strangers_deployment() {
    let mut service = service(vec![
        deployment("ecs-svc/3", "PRIMARY"),
        deployment("ecs-svc/2", "ACTIVE"),
    ]);
    service.controller = "CODE_DEPLOY".into();
    let told = judge(&target("ecs-svc/2"), &seen(service), None).expect_err("it is another one");
    let hint = told.hint.unwrap_or_default();
    assert!(hint.starts_with("The traffic was shifted"), "{hint}");
}

#[test]
fn a_rollback_during_the_run_is_broken() {
    let mut failed = deployment("ecs-svc/2", "ACTIVE");
    failed.rollout_state = Some("FAILED".into());
    failed.rollout_reason =
        Some("ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/3.".into());
    let mut back = deployment("ecs-svc/3", "PRIMARY");
    back.task_definition = "arn:aws:ecs:us-east-1:1:task-definition/web:4".into();
    let service = seen(service(vec![back, failed]));
    let finding = judge(&target("ecs-svc/2"), &service, None)
        .expect("observed")
        .expect("a finding");
    assert_eq!(finding.state, crate::contract::State::Broken);
    assert_eq!(
        finding.headline,
        "the service was rolled back from web:5 to web:4: ECS deployment circuit breaker: \
         rolling back to deploymentId ecs-svc/3."
    );
}

#[test]
fn a_rollback_before_the_run_is_told_by_the_events_alone() {
    let mut completed = service(vec![deployment("ecs-svc/3", "PRIMARY")]);
    completed.deployments[0].rollout_state = Some("COMPLETED".into());
    completed.events = vec![
        event("(service web) (deployment ecs-svc/3) deployment completed."),
        event("(service web) rolling back to deployment ecs-svc/3."),
    ]
    .into();
    let finding = judge(&target("ecs-svc/3"), &seen(completed), None).expect("observed");
    assert!(
        finding
            .expect("a finding")
            .headline
            .starts_with("the service was rolled back to web:5")
    );
}

#[test]
fn a_rollback_may_name_the_deployment_that_it_goes_back_to() {
    let back = |created: &str| {
        let mut primary = deployment("ecs-svc/3", "PRIMARY");
        primary.created_at = created.parse().ok();
        let mut service = service(vec![primary]);
        service.events = [event("(service web) rolling back to deployment ecs-svc/1.")].into();
        judge(&target("ecs-svc/3"), &seen(service), None).expect("observed")
    };
    let finding = back("2025-11-18T23:50:03Z").expect("a finding");
    assert!(
        finding
            .headline
            .starts_with("the service was rolled back to web:5")
    );
    assert_eq!(
        back("2025-11-18T23:55:00Z"),
        None,
        "another deployment since then"
    );
    assert_eq!(back("2025-11-18T23:24:00Z"), None, "it was there before");
    let mut rollback = deployment("ecs-svc/2", "ACTIVE");
    rollback.created_at = "2025-11-18T23:50:02Z".parse().ok();
    let mut newer = deployment("ecs-svc/3", "PRIMARY");
    newer.created_at = "2025-11-18T23:50:40Z".parse().ok();
    let mut both = service(vec![newer, rollback]);
    both.events = [event("(service web) rolling back to deployment ecs-svc/1.")].into();
    let mended = judge(&target("ecs-svc/3"), &seen(both), None);
    assert_eq!(mended, Ok(None), "somebody deployed right after it");
}

fn crashed(started_by: &str, created: &str) -> Task {
    let mut task = task("0123456789", started_by, created, None);
    task.task_definition = "arn:aws:ecs:us-east-1:1:task-definition/web:6".into();
    task.last_status = "STOPPED".into();
    task.stop_code = Some("EssentialContainerExited".into());
    task
}

#[test]
fn the_deployment_before_a_rollback_is_the_one_that_failed() {
    let mut service = service(vec![deployment("ecs-svc/3", "PRIMARY")]);
    let target = target("ecs-svc/3");
    service.deployments[0].rollout_reason = Some("tasks failed to start.".into());
    let id = |service: &Service, tasks: &[Task]| {
        super::failed(&target, service, tasks).map(|failed| failed.id)
    };
    let tasks = [
        crashed("ecs-svc/1", "23:00:00"),
        crashed("ecs-svc/2", "23:20:00"),
        crashed("ecs-svc/3", "23:30:00"),
    ];
    assert_eq!(
        id(&service, &tasks).as_deref(),
        Some("ecs-svc/3"),
        "no rollback"
    );
    service.events = [event("(service web) rolling back to deployment ecs-svc/3.")].into();
    assert_eq!(
        id(&service, &tasks).as_deref(),
        Some("ecs-svc/2"),
        "its tasks are visible"
    );
    let mut ran = task("1123456789", "ecs-svc/2", "23:21:00", None);
    ran.last_status = "STOPPED".into();
    ran.stop_code = Some("ServiceSchedulerInitiated".into());
    ran.stopped_reason = Some("Scaling activity initiated by (deployment ecs-svc/2)".into());
    let scaled_in = [crashed("ecs-svc/1", "23:00:00"), ran];
    assert_eq!(
        id(&service, &scaled_in).as_deref(),
        Some("ecs-svc/1"),
        "who was scaled in did not fail"
    );
    assert_eq!(id(&service, &[]), None, "nothing tells of it any more");
    service
        .deployments
        .push(failed("ecs-svc/9", "INACTIVE", "tasks failed to start."));
    assert_eq!(
        id(&service, &[]).as_deref(),
        Some("ecs-svc/9"),
        "it is listed"
    );
}

#[test]
fn an_older_rollback_is_history() {
    let mut later = service(vec![deployment("ecs-svc/4", "PRIMARY")]);
    later.events = [event("(service web) rolling back to deployment ecs-svc/3.")].into();
    assert_eq!(judge(&target("ecs-svc/4"), &seen(later), None), Ok(None));
}

fn failed(id: &str, status: &str, reason: &str) -> crate::reads::Deployment {
    let mut failed = deployment(id, status);
    failed.rollout_state = Some("FAILED".into());
    failed.rollout_reason = Some(reason.into());
    failed
}

#[test]
fn a_deployment_that_ecs_gave_up_without_rollback_is_broken_while_tasks_are_missing() {
    // All that ECS counts as running may be draining.
    let given_up = failed("ecs-svc/2", "PRIMARY", "tasks failed to start.");
    assert_eq!(given_up.running, given_up.desired);
    let service = seen(service(vec![given_up]));
    let of = |running| judge(&target("ecs-svc/2"), &service, Some(running)).expect("observed");
    assert_eq!(
        of(0).expect("a finding").headline,
        "ECS gave up deployment ecs-svc/2 (web:5): tasks failed to start."
    );
    let desired = usize::try_from(service.value.deployments[0].desired).ok();
    let all = judge(&target("ecs-svc/2"), &service, desired);
    assert_eq!(all, Ok(None), "what runs can still be judged");
}

#[test]
fn a_failed_deployment_that_was_replaced_by_a_newer_one_is_no_rollback() {
    let service = service(vec![
        deployment("ecs-svc/3", "PRIMARY"),
        failed("ecs-svc/2", "ACTIVE", "tasks failed to start."),
    ]);
    let finding = judge(&target("ecs-svc/2"), &seen(service), None)
        .expect("observed")
        .expect("a finding");
    assert!(
        finding
            .headline
            .starts_with("ECS gave up deployment ecs-svc/2"),
        "{}",
        finding.headline
    );
}

#[test]
fn a_primary_that_is_itself_rolling_back_is_broken() {
    let mut primary = deployment("ecs-svc/2", "PRIMARY");
    primary.rollout_reason =
        Some("ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.".into());
    let finding =
        judge(&target("ecs-svc/2"), &seen(service(vec![primary])), None).expect("observed");
    let headline = finding.expect("a finding").headline;
    assert!(
        headline.starts_with("ECS gave up deployment ecs-svc/2 (web:5)"),
        "{headline}"
    );
}
