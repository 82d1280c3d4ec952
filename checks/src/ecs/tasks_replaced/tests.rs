//! The judge of `ecs.tasks-replaced`, with literal facts.

use std::collections::BTreeMap;

use super::*;
use crate::ecs::picture::literal::{at, picture, target, task};

fn baseline(deployment: &str, tasks: &[&str]) -> Baseline {
    Baseline {
        version: Baseline::VERSION,
        taken_at: at("23:20:00"),
        cluster: "arn:aws:ecs:us-east-1:1:cluster/dev".into(),
        service: "arn:aws:ecs:us-east-1:1:service/dev/web".into(),
        deployment: deployment.into(),
        task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:4".into(),
        tasks: tasks.iter().map(|id| (*id).to_owned()).collect(),
        images: BTreeMap::new(),
    }
}

fn judged(baseline: Baseline, tasks: Vec<Task>) -> Finding {
    let picture = picture(2, tasks);
    TasksReplaced {}.judge(&target("ecs-svc/1"), &Facts { baseline, picture })
}

fn new(id: &str) -> Task {
    task(id, "ecs-svc/1", "23:45:00", None)
}

fn old(id: &str) -> Task {
    task(id, "ecs-svc/0", "22:00:00", None)
}

#[test]
fn holds_when_all_are_new_and_none_is_old() {
    let mut drained = old("before-1");
    drained.last_status = "STOPPED".into();
    let before = baseline("ecs-svc/0", &["before-1"]);
    let finding = judged(before, vec![new("a"), new("b"), drained]);
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "2 of 2 tasks are of ecs-svc/1 (web:5), and 0 of the baseline's 1 still run"
    );
}

#[test]
fn waits_while_a_task_of_the_baseline_runs() {
    let before = baseline("ecs-svc/0", &["before-1", "other-2"]);
    let finding = judged(before, vec![new("a"), new("b"), old("before-1")]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "1 of 2 tasks of the baseline still run: before-1"
        )
    );
}

#[test]
fn waits_while_new_tasks_are_missing_or_others_run() {
    let before = || baseline("ecs-svc/0", &["before-1"]);
    let missing = judged(before(), vec![new("a")]);
    assert_eq!(
        (missing.state, missing.headline.as_str()),
        (State::NotYet, "1 of 2 tasks of the deployment run so far")
    );
    let other = judged(before(), vec![new("a"), new("b"), old("replacement")]);
    assert_eq!(other.state, State::NotYet);
}

#[test]
fn where_nothing_was_deployed_restarted_tasks_fool_nobody() {
    let finding = judged(
        baseline("ecs-svc/1", &["before-1"]),
        vec![new("a"), new("b")],
    );
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "nothing was deployed since the baseline of 2025-11-18 23:20:00 UTC: ecs-svc/1 (web:5) \
         is what ran then"
    );
}

#[test]
fn without_a_baseline_it_is_unobserved_for_good_with_the_commands() {
    let told = missing(&target("ecs-svc/1"));
    assert!(told.lasting);
    let hint = told.hint.expect("a hint");
    assert!(
        hint.contains("touchdown snapshot dev/web --region us-east-1 --output before.json"),
        "{hint}"
    );
}
