//! The course of a rollout in the report, as the looks of a run saw it, in-process on the paused
//! clock.

mod common;

use std::time::Duration;

use common::{incident, judge};
use jiff::Timestamp;
use touchdown::checks::contract::{Rollout, Step, TaskCourse};
use touchdown::report::{Report, Verdict, json};

const CHECKOUT: &str = "version: 1
targets: { it: { cluster: prod-shop, service: checkout, region: eu-west-1 } }
checks:
  - check: ecs.tasks-started-after-push
  - check: ecs.containers-healthy
  - { check: ecs.old-tasks-gone, hold: 2m }
";

fn course(report: &Report) -> &Rollout {
    let rollout = report.targets["it"].rollout.as_ref();
    rollout.expect("the tasks were looked at")
}

fn at(task: &TaskCourse, step: Step) -> Timestamp {
    let at = task.steps.get(&step);
    *at.unwrap_or_else(|| panic!("{step:?} of {task:#?}"))
}

/// Whether each comes after the one before it, or at the same time.
fn assert_ordered(times: &[Timestamp]) {
    assert!(times.is_sorted(), "{times:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollout_runs_from_the_push_to_healthy_tasks_and_stopped_old_ones() {
    let simulator = incident("healthy");
    let action = simulator.perform("deploy-again");
    action.expect("an action of the scenario");
    let report = judge(&simulator, CHECKOUT).await;
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    let course = course(&report);

    let [push] = &course.pushes[..] else {
        panic!("{:#?}", course.pushes);
    };
    assert!(push.image.ends_with("/checkout:2.4.0"), "{}", push.image);
    let judged = course.deployments.iter().filter(|one| one.judged);
    let judged: Vec<_> = judged.collect();
    assert_eq!(judged.len(), 1, "{:#?}", course.deployments);
    assert_eq!(judged[0].task_definition, "checkout:42");
    let deployed = judged[0].created_at.expect("a time");

    // The two before those stopped before the run, and are visible for about an hour.
    let (new, old): (Vec<_>, Vec<_>) = course.tasks.iter().partition(|task| task.judged);
    assert_eq!((new.len(), old.len()), (2, 4), "{:#?}", course.tasks);
    for task in new {
        assert_eq!(task.deployment, judged[0].id);
        assert_eq!(task.last_status, "RUNNING");
        assert_eq!(task.stopped_reason, None);
        let steps = [
            Step::Created,
            Step::PullStarted,
            Step::Pulled,
            Step::Started,
            Step::Healthy,
        ];
        let steps = steps.map(|step| at(task, step));
        assert!(push.at < deployed && deployed < steps[0]);
        assert_ordered(&steps);
    }
    for task in old {
        assert_eq!(task.last_status, "STOPPED");
        let steps = [Step::Started, Step::Stopping, Step::Ended, Step::Stopped];
        assert_ordered(&steps.map(|step| at(task, step)));
        let why = task.stopped_reason.as_deref().unwrap_or_default();
        assert!(why.starts_with("Scaling activity"), "{why}");
    }
    let saved = json::render(&report);
    assert_eq!(json::read(&saved).expect("a report"), report);
}

#[tokio::test(start_paused = true)]
async fn a_crash_loop_is_a_row_of_tasks_that_never_start() {
    let suite = "version: 1
targets: { it: { cluster: aura*, service: aura-dev-service, region: us-east-2 } }
checks: [{ check: ecs.rollout-complete }]
";
    let simulator = incident("restart-loop");
    simulator.advance(Duration::from_secs(60));
    let report = judge(&simulator, suite).await;
    assert_eq!(report.verdict, Verdict::Failed, "{report:#?}");
    let course = course(&report);
    let stopped = course.tasks.iter().filter(|t| t.last_status == "STOPPED");
    let stopped: Vec<_> = stopped.collect();
    assert!(stopped.len() >= 2, "{course:#?}");
    for task in &stopped {
        assert!(task.judged && !task.steps.contains_key(&Step::Started));
        assert_ordered(&[at(task, Step::Created), at(task, Step::Stopped)]);
        let why = task.stopped_reason.as_deref().unwrap_or_default();
        assert!(why.contains("linux/amd64"), "{why}");
    }
    let created: Vec<_> = stopped.iter().map(|task| at(task, Step::Created)).collect();
    assert_ordered(&created);
}

#[tokio::test(start_paused = true)]
async fn where_no_check_reads_tasks_nothing_is_told_of_them() {
    let suite = "version: 1
targets: { it: { cluster: prod-shop, service: checkout, region: eu-west-1 } }
checks: [{ check: ecr.image-pushed }]
";
    let report = judge(&incident("healthy"), suite).await;
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    assert_eq!(report.targets["it"].rollout, None);
}
