//! From what is said of each task to what is said of all.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{picture, target, task};

fn judged(desired: i32, tasks: Vec<Task>) -> Finding {
    let said = |task: &Task| match task.id.as_str() {
        id if id.starts_with("wrong") => Said::wrong("wrong", "is wrong"),
        id if id.starts_with("unknown") => Said::Unknown("is unknown".into()),
        _ => Said::Right("is right".into()),
    };
    judge(
        &target("ecs-svc/1"),
        &picture(desired, tasks),
        said,
        "are right",
        "mend it",
    )
}

fn new(id: &str) -> Task {
    task(id, "ecs-svc/1", "23:45:00", None)
}

fn told(finding: &Finding) -> (State, &str) {
    (finding.state, finding.headline.as_str())
}

#[test]
fn holds_when_all_wanted_tasks_are_right() {
    let finding = judged(2, vec![new("a"), new("b")]);
    assert_eq!(told(&finding), (State::Holds, "2 of 2 tasks are right"));
}

#[test]
fn one_wrong_task_that_stays_breaks_it() {
    let finding = judged(2, vec![new("a"), new("wrong")]);
    assert_eq!(
        told(&finding),
        (State::Broken, "1 of 2 tasks: task wrong is wrong")
    );
    assert_eq!(finding.hint.as_deref(), Some("mend it"));
}

#[test]
fn a_wrong_task_that_leaves_only_waits() {
    let mut leaving = new("wrong");
    leaving.desired_status = "STOPPED".into();
    assert_eq!(told(&judged(1, vec![leaving.clone()])).0, State::NotYet);
    assert_eq!(told(&judged(1, vec![leaving, new("a")])).0, State::NotYet);
}

#[test]
fn unknown_is_never_passed_but_wrong_beats_it() {
    let finding = judged(2, vec![new("a"), new("unknown")]);
    assert_eq!(
        told(&finding),
        (State::Unobserved, "1 of 2 tasks: task unknown is unknown")
    );
    assert_eq!(
        judged(2, vec![new("unknown"), new("wrong")]).state,
        State::Broken
    );
}

#[test]
fn waits_for_the_missing_and_for_the_old() {
    let finding = judged(3, vec![new("a")]);
    assert_eq!(
        told(&finding),
        (State::NotYet, "1 of 3 tasks of the deployment run so far")
    );
    let finding = judged(
        1,
        vec![new("a"), task("old", "ecs-svc/0", "22:00:00", None)],
    );
    assert_eq!(
        told(&finding),
        (State::NotYet, "1 old task still runs beside 1 new")
    );
}

#[test]
fn nothing_wanted_is_nothing_verified() {
    assert_eq!(judged(0, vec![]).state, State::NotYet);
}

#[test]
fn a_stopped_task_counts_for_nothing() {
    let mut stopped = new("wrong");
    stopped.last_status = "STOPPED".into();
    stopped.desired_status = "STOPPED".into();
    assert_eq!(judged(1, vec![stopped, new("a")]).state, State::Holds);
}

#[test]
fn a_task_that_drains_is_told() {
    let mut draining = task("old", "ecs-svc/0", "22:00:00", None);
    draining.last_status = "DEACTIVATING".into();
    draining.desired_status = "STOPPED".into();
    let finding = judged(1, vec![new("a"), draining]);
    assert_eq!(
        told(&finding),
        (
            State::Holds,
            "1 of 1 tasks are right; 1 old task still drains"
        )
    );
    let shown = format!("{:?}", finding.evidence);
    assert!(shown.contains("drains: of ecs-svc/0"), "{shown}");
}

#[test]
fn how_many_are_wrong_is_counted() {
    let finding = judged(3, vec![new("a"), new("wrong"), new("wronger")]);
    assert_eq!(
        told(&finding),
        (State::Broken, "2 of 3 tasks: task wrong is wrong")
    );
}
