//! From literal facts to the course of a rollout.

use super::*;
use crate::contract::{Expected, ImageReference, Known, rfc3339};
use crate::ecs::picture::literal::{at, deployment, picture, target, task};
use crate::reads::Container;

fn expected(image: &str, pushed_at: Option<&str>) -> Expected {
    let image: ImageReference = image.parse().expect("an image");
    Expected {
        defined: image.clone(),
        image,
        known: Known::Pushed {
            digest: "sha256:aa".into(),
            at: pushed_at.map(at),
        },
        source: None,
    }
}

fn expecting(images: &[(&str, Expected)]) -> Target {
    let target = target("ecs-svc/1");
    let images = images.iter();
    let images = images.map(|(container, image)| ((*container).to_owned(), image.clone()));
    target.expected.set(images.collect()).expect("not set yet");
    target
}

/// What happened, in a line each: `ecs-svc/1 a RUNNING created 23:44:00 …`.
fn told(course: &Rollout) -> Vec<String> {
    let of_task = |task: &TaskCourse| {
        let mut line = format!("{} {} {}", task.deployment, task.id, task.last_status);
        for (step, at) in &task.steps {
            let at = rfc3339::text(*at);
            line.push_str(&format!(" {step:?} {}", &at[11..19]));
        }
        line
    };
    course.tasks.iter().map(of_task).collect()
}

#[test]
fn every_step_that_aws_tells_is_told_and_no_other() {
    let mut new = task("new", "ecs-svc/1", "23:44:00", None);
    new.pull_started_at = Some(at("23:44:10"));
    new.pulled_at = Some(at("23:44:20"));
    new.started_at = Some(at("23:44:30"));
    new.health = Some("HEALTHY".into());
    let mut waiting = task("waiting", "ecs-svc/1", "23:45:00", None);
    waiting.started_at = None;
    waiting.last_status = "PROVISIONING".into();
    let mut old = task("old", "ecs-svc/0", "23:00:00", None);
    old.last_status = "STOPPED".into();
    old.stopping_at = Some(at("23:45:00"));
    old.execution_stopped_at = Some(at("23:45:30"));
    old.stopped_at = Some(at("23:45:40"));
    old.stopped_reason = Some("Scaling activity initiated by (deployment ecs-svc/1)".into());
    let course = course(&target("ecs-svc/1"), &picture(2, vec![new, waiting, old]));
    assert_eq!(
        told(&course),
        [
            "ecs-svc/0 old STOPPED Created 23:00:00 Started 23:00:00 Stopping 23:45:00 Ended 23:45:30 Stopped 23:45:40",
            "ecs-svc/1 new RUNNING Created 23:44:00 PullStarted 23:44:10 Pulled 23:44:20 Started 23:44:30 Healthy 23:46:00",
            "ecs-svc/1 waiting PROVISIONING Created 23:45:00",
        ]
    );
    let judged: Vec<bool> = course.tasks.iter().map(|task| task.judged).collect();
    assert_eq!(judged, [false, true, true]);
    let why = course.tasks[0].stopped_reason.as_deref();
    assert!(why.is_some_and(|why| why.starts_with("Scaling")), "{why:?}");
}

#[test]
fn a_cause_that_only_a_container_tells_is_told() {
    let mut failed = task("failed", "ecs-svc/1", "23:44:00", None);
    failed.stopped_reason = Some("Task failed to start".into());
    failed.containers = vec![Container {
        name: "app".into(),
        reason: Some("CannotPullImageManifestError: manifest unknown".into()),
        ..Container::default()
    }];
    let course = course(&target("ecs-svc/1"), &picture(1, vec![failed]));
    assert_eq!(
        course.tasks[0].stopped_reason.as_deref(),
        Some("Task failed to start; app: CannotPullImageManifestError: manifest unknown")
    );
}

#[test]
fn deployments_are_those_listed_the_judged_one_and_those_of_tasks() {
    let target = target("ecs-svc/1");
    let mut picture = picture(
        1,
        vec![
            task("a", "ecs-svc/0", "22:00:00", None),
            task("b", "ecs-svc/1", "23:24:30", None),
            task("alone", "", "23:24:30", None),
        ],
    );
    let mut newer = deployment("ecs-svc/2", "PRIMARY");
    newer.created_at = Some(at("23:45:00"));
    picture.service_mut().deployments = vec![newer];
    let course = course(&target, &picture);
    let told = course.deployments.iter().map(|one| {
        let created = one
            .created_at
            .map(|at| rfc3339::text(at)[11..19].to_owned());
        (one.id.as_str(), one.judged, created)
    });
    let told: Vec<_> = told.collect();
    assert_eq!(
        told,
        [
            ("ecs-svc/0", false, None),
            ("ecs-svc/1", true, Some("23:24:00".to_owned())),
            ("ecs-svc/2", false, Some("23:45:00".to_owned())),
        ]
    );
    assert_eq!(course.deployments[0].task_definition, "web:5");
}

#[test]
fn pushes_are_of_the_expected_images_each_once() {
    let target = expecting(&[
        ("app", expected("repo/app:1", Some("23:41:00"))),
        ("worker", expected("repo/app:1", Some("23:41:00"))),
        ("proxy", expected("repo/proxy:2", Some("20:00:00"))),
        ("other", expected("docker.io/library/redis:7", None)),
    ]);
    let pushed: Vec<_> = pushes(&target).into_iter().map(|push| push.image).collect();
    assert_eq!(pushed, ["repo/proxy:2", "repo/app:1"]);
    assert_eq!(
        pushes(&super::super::picture::literal::target("ecs-svc/1")),
        []
    );
}

#[test]
fn counts_are_of_the_judged_deployments_tasks_that_stay() {
    let judged = |id: &str, health: &str| {
        let mut judged = task(id, "ecs-svc/1", "23:44:00", None);
        judged.health = Some(health.into());
        judged
    };
    let mut leaving = judged("leaving", "HEALTHY");
    leaving.desired_status = "STOPPED".into();
    let mut draining = task("draining", "ecs-svc/0", "22:00:00", None);
    draining.last_status = "DEACTIVATING".into();
    let mut gone = task("gone", "ecs-svc/0", "22:00:00", None);
    gone.last_status = "STOPPED".into();
    let tasks = vec![
        judged("a", "HEALTHY"),
        judged("b", "UNKNOWN"),
        leaving,
        draining,
        gone,
    ];
    let target = target("ecs-svc/1");
    let all = TaskCounts {
        desired: 3,
        started: 2,
        healthy: Some(1),
        old: 1,
    };
    assert_eq!(counts(&target, &picture(3, tasks)), all);
    let silent = picture(3, vec![judged("a", "UNKNOWN")]);
    assert_eq!(
        counts(&target, &silent).healthy,
        None,
        "nothing is told yet"
    );
}
