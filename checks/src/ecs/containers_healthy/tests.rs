//! The judge of `ecs.containers-healthy`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, picture, seen, target, task};

fn check() -> HealthCheck {
    HealthCheck {
        command: vec!["CMD-SHELL".into(), "curl -f http://localhost/".into()],
        interval: 10,
        timeout: 5,
        retries: 3,
        start_period: 60,
    }
}

fn container(name: &str, health_check: Option<HealthCheck>) -> ContainerDefinition {
    ContainerDefinition {
        name: name.into(),
        health_check,
        ..ContainerDefinition::default()
    }
}

fn with_health(id: &str, health: &str) -> Task {
    let mut task = task(id, "ecs-svc/1", "23:45:00", None);
    task.containers[0].health = Some(health.into());
    task
}

fn judged_of(containers: Vec<ContainerDefinition>, tasks: Vec<Task>, now: &str) -> Finding {
    let facts = Facts {
        picture: picture(i32::try_from(tasks.len()).expect("few"), tasks),
        containers: seen(containers),
        now: at(now),
    };
    ContainersHealthy {}.judge(&target("ecs-svc/1"), &facts)
}

fn judged(tasks: Vec<Task>) -> Finding {
    judged_of(vec![container("app", Some(check()))], tasks, "23:46:00")
}

fn told(finding: &Finding) -> (State, &str) {
    (finding.state, finding.headline.as_str())
}

#[test]
fn holds_where_every_checked_container_is_healthy() {
    let healthy = || vec![with_health("a", "HEALTHY"), with_health("b", "HEALTHY")];
    assert_eq!(
        told(&judged(healthy())),
        (State::Holds, "2 of 2 tasks are HEALTHY in `app`")
    );
    let containers = vec![container("app", Some(check())), container("proxy", None)];
    assert_eq!(
        told(&judged_of(containers, healthy(), "23:46:00")),
        (
            State::Holds,
            "2 of 2 tasks are HEALTHY in `app`; 1 container has no health check"
        )
    );
}

#[test]
fn unhealthy_waits_and_names_the_command() {
    let finding = judged(vec![
        with_health("a", "HEALTHY"),
        with_health("b", "UNHEALTHY"),
    ]);
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "1 of 2 tasks: task b is UNHEALTHY in `app`: `curl -f http://localhost/` failed 3 times in a row"
        )
    );
    let hint = finding.hint.expect("a hint");
    assert!(hint.contains("must exit with 0 within 5s"), "{hint}");
}

#[test]
fn unknown_waits_within_the_start_and_is_a_missing_fact_after_it() {
    let unknown = || vec![with_health("a", "UNKNOWN")];
    assert_eq!(
        told(&judged(unknown())),
        (
            State::NotYet,
            "task a has not been found healthy in `app` so far (startPeriod 1m, checked every 10s)"
        )
    );
    let containers = vec![container("app", Some(check()))];
    let late = judged_of(containers.clone(), unknown(), "23:47:01");
    assert_eq!(late.state, State::Unobserved);
    let just = judged_of(containers.clone(), unknown(), "23:47:00");
    assert_eq!(just.state, State::NotYet);
    let mut silent = unknown();
    silent[0].containers[0].health = None;
    assert_eq!(
        judged_of(containers, silent, "23:59:00").state,
        State::Unobserved
    );
}

#[test]
fn unhealthy_is_told_before_unknown() {
    let containers = vec![
        container("app", Some(check())),
        container("proxy", Some(check())),
    ];
    let unhealthy = vec![with_health("a", "UNHEALTHY")];
    let finding = judged_of(containers, unhealthy, "23:59:00");
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
}

#[test]
fn without_a_health_check_nothing_is_judged() {
    let finding = judged_of(
        vec![container("app", None)],
        vec![with_health("a", "UNKNOWN")],
        "23:46:00",
    );
    assert_eq!(
        told(&finding),
        (
            State::Unobserved,
            "no judged container of web:5 has a health check (`app`), so ECS judges the health of none"
        )
    );
    assert!(finding.lasting);
}
