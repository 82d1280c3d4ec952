//! The judge of `ecs.old-tasks-gone`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, picture, target, task};
use crate::reads::LoadBalancing;

fn judged(desired: i32, tasks: Vec<Task>) -> Finding {
    let picture = picture(desired, tasks);
    judged_of(picture, Draining::default())
}

fn judged_of(picture: Picture, draining: Draining) -> Finding {
    OldTasksGone {}.judge(&target("ecs-svc/1"), &Facts { picture, draining })
}

fn new() -> Task {
    task("0123456789", "ecs-svc/1", "23:45:00", None)
}

fn old(status: &str) -> Task {
    let mut old = task("abcdefghij", "ecs-svc/0", "22:00:00", None);
    old.task_definition = "arn:aws:ecs:us-east-1:1:task-definition/web:4".into();
    old.last_status = status.into();
    old
}

/// The same, told to stop at 23:44:00.
fn leaving(status: &str) -> Task {
    Task {
        desired_status: "STOPPED".into(),
        stopping_at: Some(at("23:44:00")),
        ..old(status)
    }
}

#[test]
fn holds_when_the_new_tasks_are_alone() {
    let gone = ["DEPROVISIONING", "STOPPED"].map(leaving);
    let finding = judged(1, [vec![new()], gone.to_vec()].concat());
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "no old task is left beside 1 task of web:5"
    );
}

#[test]
fn waits_for_one_that_runs_drains_or_stops_and_says_since_when() {
    for (task, told) in [
        (
            old("RUNNING"),
            "1 old task still runs; abcdefgh of web:4, started 2025-11-18 22:00:00 UTC",
        ),
        (
            leaving("DEACTIVATING"),
            "1 old task still drains; abcdefgh of web:4, told to stop 2025-11-18 23:44:00 UTC",
        ),
        (
            leaving("STOPPING"),
            "1 old task still stops; abcdefgh of web:4, told to stop 2025-11-18 23:44:00 UTC",
        ),
        (
            Task {
                started_at: None,
                ..old("PENDING")
            },
            "1 old task still starts; abcdefgh of web:4",
        ),
    ] {
        let finding = judged(1, vec![new(), task]);
        assert_eq!(
            (finding.state, finding.headline.as_str()),
            (State::NotYet, told)
        );
    }
}

#[test]
fn several_are_counted_and_the_one_with_the_longest_way_is_named() {
    let tasks = vec![
        new(),
        leaving("STOPPING"),
        leaving("DEACTIVATING"),
        old("RUNNING"),
    ];
    let finding = judged(1, tasks);
    assert!(
        finding.headline.starts_with(
            "3 old tasks are left: 1 runs, 1 drains, 1 stops; abcdefgh of web:4, started"
        ),
        "{}",
        finding.headline
    );
}

#[test]
fn where_a_task_drains_the_command_that_tells_the_delay_is_given() {
    let mut picture = picture(1, vec![new(), leaving("DEACTIVATING")]);
    picture.service_mut().load_balancers = vec![LoadBalancing {
        target_group: Some("arn:tg".into()),
        ..LoadBalancing::default()
    }];
    let finding = judged_of(picture, Draining::default());
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.ends_with(
            "describe-target-group-attributes --target-group-arn arn:tg --region us-east-1"
        ),
        "{hint}"
    );
}

#[test]
fn an_empty_service_has_replaced_nothing() {
    let none = judged(2, vec![]);
    assert_eq!(none.state, State::NotYet);
    assert_eq!(
        none.headline,
        "no old task is left, and none of the 2 wanted ones of web:5 runs"
    );
    assert_eq!(judged(0, vec![]).state, State::NotYet);
}

#[test]
fn since_when_a_task_drains_is_remembered_and_until_when_it_may() {
    let target = target("ecs-svc/1");
    let drains = Task {
        stopping_at: None,
        ..leaving("DEACTIVATING")
    };
    let picture = picture(1, vec![new(), drains]);
    let mut first = Draining::after(None, &target, &picture, at("23:44:10"));
    first.delay = Some("395s".parse().expect("a period"));
    let later = Draining::after(Some(&first), &target, &picture, at("23:46:00"));
    assert_eq!(later, first, "the first look counts");
    let finding = judged_of(picture, later);
    assert_eq!(
        finding.headline,
        "1 old task still drains; abcdefgh of web:4, seen to drain since 2025-11-18 23:44:10 UTC"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("until about 2025-11-18 23:50:45 UTC (deregistration delay 6m35s)"),
        "{hint}"
    );
}
