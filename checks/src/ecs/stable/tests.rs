//! The judge of `ecs.stable` and its memory, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, picture, target, task};

/// One look after another, each at its time and with its tasks; what the last one finds.
fn looked(looks: &[(&str, Vec<Task>)]) -> Finding {
    let target = target("ecs-svc/1");
    let mut before: Option<Memory> = None;
    let mut found = None;
    for (now, tasks) in looks {
        let picture = picture(2, tasks.clone());
        let memory = Memory::after(before.as_ref(), &target, &picture);
        let facts = Facts {
            picture,
            memory: memory.clone(),
            now: at(now),
        };
        found = Some(Stable {}.judge(&target, &facts));
        before = Some(memory);
    }
    found.expect("at least one look")
}

fn runs(id: &str) -> Task {
    task(id, "ecs-svc/1", "23:45:00", None)
}

fn both() -> Vec<Task> {
    vec![runs("a"), runs("b")]
}

/// A task that started at 23:30:00 and ended at the given time.
fn stopped(id: &str, ended: &str, code: &str, reason: &str) -> Task {
    Task {
        started_at: Some(at("23:30:00")),
        last_status: "STOPPED".into(),
        desired_status: "STOPPED".into(),
        stopping_at: Some(at(ended)),
        stop_code: Some(code.into()),
        stopped_reason: Some(reason.into()),
        ..runs(id)
    }
}

fn exited(id: &str, ended: &str) -> Task {
    let reason = "Essential container in task exited";
    stopped(id, ended, "EssentialContainerExited", reason)
}

fn with(stops: Vec<Task>) -> Vec<Task> {
    [both(), stops].concat()
}

fn told(finding: &Finding) -> (State, &str) {
    (finding.state, finding.headline.as_str())
}

#[test]
fn holds_while_all_run() {
    let finding = looked(&[("23:46:00", both()), ("23:47:00", both())]);
    assert_eq!(
        told(&finding),
        (
            State::Holds,
            "2 of 2 tasks of web:5 run, and no stop of one is known"
        )
    );
}

#[test]
fn one_old_stop_is_told_and_does_not_fail() {
    let finding = looked(&[("23:46:00", with(vec![exited("x", "23:40:00")]))]);
    assert_eq!(
        told(&finding),
        (
            State::Holds,
            "2 of 2 tasks of web:5 run; 1 stopped before, 2025-11-18 23:40:00 UTC: Essential \
             container in task exited"
        )
    );
}

#[test]
fn a_stop_between_two_looks_starts_the_hold_anew_once() {
    let after = || with(vec![exited("x", "23:46:30")]);
    let finding = looked(&[("23:46:00", both()), ("23:47:00", after())]);
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "task x stopped, 2025-11-18 23:46:30 UTC: Essential container in task exited"
        )
    );
    let finding = looked(&[
        ("23:46:00", both()),
        ("23:47:00", after()),
        ("23:47:10", after()),
    ]);
    assert_eq!(finding.state, State::Holds, "{}", finding.headline);
}

#[test]
fn a_second_stop_is_broken_also_where_ecs_has_forgotten_the_first() {
    let finding = looked(&[
        ("23:46:00", both()),
        ("23:47:00", with(vec![exited("x", "23:46:30")])),
        ("23:51:00", with(vec![exited("y", "23:50:40")])),
    ]);
    assert_eq!(
        told(&finding),
        (
            State::Broken,
            "2 tasks of web:5 stopped within 4m10s, the last 2025-11-18 23:50:40 UTC: Essential \
             container in task exited"
        )
    );
    let evidence = format!("{:?}", finding.evidence);
    assert!(
        evidence.contains("task x stopped (lived 16m30s)"),
        "{evidence}"
    );
}

#[test]
fn an_old_stop_and_a_new_one_are_two() {
    let finding = looked(&[
        ("23:46:00", with(vec![exited("x", "23:40:00")])),
        (
            "23:47:00",
            with(vec![exited("x", "23:40:00"), exited("y", "23:46:30")]),
        ),
    ]);
    assert_eq!(finding.state, State::Broken, "{}", finding.headline);
}

#[test]
fn what_another_try_can_overcome_is_no_loop() {
    let limited = |id: &str, ended: &str| {
        stopped(
            id,
            ended,
            "TaskFailedToStart",
            "CannotPullContainerError: toomanyrequests: Rate exceeded",
        )
    };
    let stops = vec![limited("x", "23:46:10"), limited("y", "23:46:30")];
    let finding = looked(&[("23:46:00", both()), ("23:47:00", with(stops))]);
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
}

#[test]
fn what_takes_tasks_from_outside_is_no_loop_but_starts_the_hold_anew() {
    let spot = |id: &str, ended: &str| {
        stopped(
            id,
            ended,
            "SpotInterruption",
            "Your Spot Task was interrupted.",
        )
    };
    let finding = looked(&[
        ("23:46:00", with(vec![spot("x", "23:40:00")])),
        (
            "23:47:00",
            with(vec![spot("x", "23:40:00"), spot("y", "23:46:30")]),
        ),
    ]);
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
}

#[test]
fn a_scale_in_is_no_stop() {
    let reason = "Scaling activity initiated by (deployment ecs-svc/1)";
    let scaled = stopped("x", "23:46:30", "ServiceSchedulerInitiated", reason);
    let finding = looked(&[("23:46:00", both()), ("23:47:00", with(vec![scaled]))]);
    assert_eq!(
        told(&finding),
        (
            State::Holds,
            "2 of 2 tasks of web:5 run, and no stop of one is known"
        )
    );
}

#[test]
fn tasks_that_run_must_outlive_several_that_stopped_before() {
    // They lived 12 and 15 minutes.
    let stops = || with(vec![exited("x", "23:42:00"), exited("y", "23:45:00")]);
    let finding = looked(&[("23:46:00", stops())]);
    assert_eq!(
        told(&finding),
        (
            State::NotYet,
            "2 tasks of web:5 stopped within 3m, the last 2025-11-18 23:45:00 UTC, and those \
             that run have not outlived them (up to 15m)"
        )
    );
    assert_eq!(looked(&[("23:59:59", stops())]).state, State::NotYet);
    let later = Task {
        started_at: Some(at("23:41:00")),
        ..exited("y", "23:42:30")
    };
    let outlived = with(vec![exited("x", "23:31:00"), later]);
    assert_eq!(looked(&[("23:46:00", outlived)]).state, State::Holds);
}

#[test]
fn what_drains_after_failed_health_checks_is_not_outlived() {
    let drains = |id: &str| {
        Task {
        last_status: "DEACTIVATING".into(),
        desired_status: "STOPPED".into(),
        stopping_at: None,
        execution_stopped_at: None,
        stopped_at: None,
        stopped_reason: Some("Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:099200121087:targetgroup/web/6d0ecf831eec9f09)".into()),
        ..exited(id, "23:45:00")
    }
    };
    let looks = |now| looked(&[(now, with(vec![drains("x"), drains("y")]))]);
    assert_eq!(
        told(&looks("23:46:00")),
        (
            State::NotYet,
            "2 tasks of web:5 stopped, and those that run have not outlived them (2 of them still stop)"
        )
    );
    // Their ends are learnt later, from the stamps.
    let ended = with(vec![exited("x", "23:46:10"), exited("y", "23:46:20")]);
    let drain = with(vec![drains("x"), drains("y")]);
    let finding = looked(&[("23:46:00", drain), ("23:47:00", ended)]);
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .contains("the last 2025-11-18 23:46:20 UTC"),
        "{}",
        finding.headline
    );
}

#[test]
fn missing_and_unhealthy_tasks_wait() {
    let missing = looked(&[("23:46:00", vec![runs("a")])]);
    assert_eq!(told(&missing), (State::NotYet, "1 of 2 tasks of web:5 run"));
    let mut ill = both();
    ill[1].health = Some("UNHEALTHY".into());
    let unhealthy = looked(&[("23:46:00", ill)]);
    assert_eq!(told(&unhealthy), (State::NotYet, "task b is UNHEALTHY"));
}

#[test]
fn a_container_that_starts_anew_within_its_task_is_seen() {
    let process = |id: &str| {
        let mut tasks = both();
        tasks[0].containers[0].runtime_id = Some(id.into());
        tasks
    };
    let once = [("23:46:00", process("1")), ("23:47:00", process("2"))];
    assert_eq!(
        told(&looked(&once)),
        (
            State::NotYet,
            "container `app` of task a started anew since the last look"
        )
    );
    let after = [&once[..], &[("23:48:00", process("2"))]].concat();
    assert_eq!(looked(&after).state, State::Holds);
    let again = [&after[..], &[("23:49:00", process("3"))]].concat();
    assert_eq!(
        told(&looked(&again)),
        (
            State::Broken,
            "container `app` of task a started anew: 2 restarts since the first look"
        )
    );
}
