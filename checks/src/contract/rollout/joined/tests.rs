//! What stays, what is renewed, what is left out.

use super::*;
use crate::contract::Push;

fn at(time: &str) -> Timestamp {
    format!("2025-11-18T{time}Z").parse().expect("a time")
}

fn task(id: &str, last_status: &str, steps: &[(Step, &str)]) -> TaskCourse {
    TaskCourse {
        id: id.into(),
        deployment: "ecs-svc/2".into(),
        judged: true,
        last_status: last_status.into(),
        steps: steps.iter().map(|(step, time)| (*step, at(time))).collect(),
        stopped_reason: None,
    }
}

fn deployment(id: &str, created_at: Option<&str>) -> DeploymentCourse {
    DeploymentCourse {
        id: id.into(),
        task_definition: "web:5".into(),
        judged: id == "ecs-svc/2",
        created_at: created_at.map(at),
    }
}

fn of_tasks(tasks: Vec<TaskCourse>) -> Rollout {
    Rollout {
        tasks,
        ..Rollout::default()
    }
}

fn ids(rollout: &Rollout) -> Vec<&str> {
    rollout.tasks.iter().map(|task| task.id.as_str()).collect()
}

#[test]
fn what_aws_has_forgotten_stays() {
    let mut known = of_tasks(vec![
        task("a", "RUNNING", &[(Step::Created, "23:00:00")]),
        task("b", "RUNNING", &[(Step::Created, "23:01:00")]),
    ]);
    known.deployments = vec![
        deployment("ecs-svc/1", Some("22:00:00")),
        deployment("ecs-svc/2", Some("23:00:00")),
    ];
    let mut later = of_tasks(vec![task("b", "STOPPED", &[(Step::Created, "23:01:00")])]);
    later.deployments = vec![deployment("ecs-svc/2", None)];
    known.advance(later);
    assert_eq!(ids(&known), ["a", "b"]);
    assert_eq!(known.tasks[0].last_status, "RUNNING", "as it was last seen");
    assert_eq!(known.tasks[1].last_status, "STOPPED");
    assert_eq!(known.deployments.len(), 2);
    assert_eq!(known.deployments[1].created_at, Some(at("23:00:00")));
}

#[test]
fn a_task_is_healthy_since_the_first_look_that_saw_it_and_all_else_as_aws_says_now() {
    let mut known = of_tasks(vec![task(
        "a",
        "RUNNING",
        &[(Step::Started, "23:01:00"), (Step::Healthy, "23:02:00")],
    )]);
    let mut later = task(
        "a",
        "STOPPED",
        &[
            (Step::Started, "23:01:01"),
            (Step::Healthy, "23:03:00"),
            (Step::Stopped, "23:04:00"),
        ],
    );
    later.stopped_reason = Some("Essential container in task exited".into());
    known.advance(of_tasks(vec![later]));
    // A look that tells less takes nothing away.
    known.advance(of_tasks(vec![task("a", "STOPPED", &[])]));
    let steps: Vec<_> = known.tasks[0].steps.clone().into_iter().collect();
    assert_eq!(
        steps,
        [
            (Step::Started, at("23:01:01")),
            (Step::Healthy, at("23:02:00")),
            (Step::Stopped, at("23:04:00")),
        ]
    );
    assert!(known.tasks[0].stopped_reason.is_some());
}

#[test]
fn the_order_is_that_of_time_whatever_order_aws_lists_in() {
    let tasks = [
        task("c", "RUNNING", &[(Step::Created, "23:00:00")]),
        task("b", "RUNNING", &[(Step::Created, "23:00:00")]),
        task("a", "RUNNING", &[(Step::Created, "23:01:00")]),
    ];
    let mut one = Rollout::default();
    one.advance(of_tasks(tasks.to_vec()));
    let mut other = Rollout::default();
    for task in tasks.into_iter().rev() {
        other.advance(of_tasks(vec![task]));
    }
    assert_eq!(ids(&one), ["b", "c", "a"]);
    assert_eq!(one, other);
}

#[test]
fn the_latest_judged_tasks_are_kept_and_the_others_counted() {
    let mut old = task("old", "RUNNING", &[(Step::Created, "23:59:00")]);
    old.judged = false;
    let mut known = of_tasks(vec![old]);
    known.advance(of_tasks(
        (0..4)
            .map(|n| {
                let created = format!("23:0{n}:00");
                task(&format!("new{n}"), "STOPPED", &[(Step::Created, &created)])
            })
            .collect(),
    ));
    let kept = known.clone().with_at_most(3);
    assert_eq!(ids(&kept), ["new1", "new2", "new3"]);
    assert_eq!(kept.omitted_tasks, 2);
    assert_eq!(known.clone().with_at_most(5), known, "nothing to leave out");
}

#[test]
fn pushes_that_are_known_stay_until_others_are() {
    let push = |image: &str, time| Push {
        image: image.into(),
        at: at(time),
    };
    let of = |pushes| Rollout {
        pushes,
        ..Rollout::default()
    };
    let mut known = of(vec![push("web:1", "23:00:00")]);
    known.advance(Rollout::default());
    assert_eq!(known.pushes.len(), 1);
    known.advance(of(vec![
        push("web:1", "23:05:00"),
        push("db:1", "23:01:00"),
    ]));
    let images: Vec<&str> = known.pushes.iter().map(|push| &*push.image).collect();
    assert_eq!(images, ["db:1", "web:1"]);
}
