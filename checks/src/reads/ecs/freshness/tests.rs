//! What is older, and what only looks as if it were.

use super::*;
use crate::contract::Source;
use crate::reads::{Deployment, ServiceEvent};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_763_513_160 + second).expect("a time")
}

fn seen<T>(value: T, second: i64) -> Seen<T> {
    let source = Source {
        call: "ecs:Test".into(),
        resource: "web".into(),
        request_id: None,
    };
    Seen {
        value,
        source,
        at: at(second),
    }
}

fn deployment(id: &str, status: &str, created: i64, updated: i64) -> Deployment {
    Deployment {
        id: id.into(),
        status: status.into(),
        created_at: Some(at(created)),
        updated_at: Some(at(updated)),
        ..Deployment::default()
    }
}

fn service(deployments: Vec<Deployment>, newest_event: i64) -> Service {
    Service {
        name: "web".into(),
        arn: "arn:web".into(),
        controller: "ECS".into(),
        deployments,
        events: vec![ServiceEvent {
            at: Some(at(newest_event)),
            message: "(service web) has reached a steady state.".into(),
        }]
        .into(),
        ..Service::default()
    }
}

fn task(id: &str, status: &str, version: i64) -> Task {
    Task {
        id: id.into(),
        arn: format!("arn:task/{id}"),
        last_status: status.into(),
        version,
        ..Task::default()
    }
}

/// What becomes of a second answer.
fn second(first: Service, second: Service) -> Option<String> {
    let freshest = Freshest::default();
    freshest.service(&seen(first, 0)).expect("the first one");
    let told = freshest.service(&seen(second, 2)).err()?;
    assert!(!told.lasting && told.hint.is_some());
    Some(told.headline)
}

fn second_tasks(first: Vec<Task>, second: Vec<Task>, later: i64) -> Option<String> {
    let freshest = Freshest::default();
    let scope = Scope {
        region: None,
        cluster: "dev".into(),
    };
    freshest
        .tasks(&scope, "web", &seen(first, 0))
        .expect("the first one");
    let told = freshest.tasks(&scope, "web", &seen(second, later)).err()?;
    Some(told.headline)
}

#[test]
fn a_primary_that_was_superseded_is_an_older_state() {
    let new = || service(vec![deployment("new", "PRIMARY", 100, 100)], 90);
    let old = || service(vec![deployment("old", "PRIMARY", 1, 1)], 90);
    let told = second(new(), old()).expect("older");
    assert_eq!(
        told,
        "ecs:DescribeServices on web was answered from an older state than before: PRIMARY is old, and was new already"
    );
    assert_eq!(second(old(), new()), None, "a newer deployment overtakes");
    let staged = |service: Service| Service {
        strategy: Some("BLUE_GREEN".into()),
        ..service
    };
    assert_eq!(
        second(staged(new()), staged(old())),
        None,
        "traffic shifts back"
    );
}

#[test]
fn what_was_updated_or_told_since_is_lacking_in_an_older_state() {
    let updated = |updated| service(vec![deployment("one", "PRIMARY", 1, updated)], 50);
    assert!(second(updated(30), updated(20)).is_some());
    assert_eq!(second(updated(20), updated(30)), None);
    assert_eq!(second(updated(20), updated(20)), None);
    let told = |event| service(vec![deployment("one", "PRIMARY", 1, 1)], event);
    assert!(second(told(60), told(50)).is_some());
    assert_eq!(second(told(50), told(60)), None);
    let mut silent = told(0);
    silent.events = [].into();
    assert_eq!(second(told(60), silent), None, "no events tell nothing");
    // The old one has left the list, and with it the latest update.
    let both = vec![
        deployment("new", "PRIMARY", 10, 11),
        deployment("old", "ACTIVE", 1, 40),
    ];
    let alone = vec![deployment("new", "PRIMARY", 10, 11)];
    assert_eq!(second(service(both, 50), service(alone, 50)), None);
}

#[test]
fn a_task_never_grows_younger_nor_vanishes() {
    let running = || vec![task("a", "RUNNING", 4)];
    assert!(second_tasks(running(), vec![task("a", "PENDING", 2)], 2).is_some());
    assert!(second_tasks(running(), vec![task("a", "RUNNING", 3)], 2).is_some());
    assert!(second_tasks(running(), Vec::new(), 2).is_some());
    assert_eq!(
        second_tasks(running(), vec![task("a", "STOPPED", 7)], 2),
        None
    );
    assert_eq!(
        second_tasks(running(), vec![task("a", "RUNNING", 4)], 2),
        None
    );
    assert_eq!(
        second_tasks(running(), Vec::new(), 3_600),
        None,
        "it has stopped and is forgotten"
    );
    let stopped = vec![task("a", "STOPPED", 7)];
    assert_eq!(second_tasks(stopped, Vec::new(), 2), None);
}

#[test]
fn an_older_answer_is_no_measure_for_the_next_one() {
    let freshest = Freshest::default();
    let of = |updated| {
        seen(
            service(vec![deployment("one", "PRIMARY", 1, updated)], 50),
            updated,
        )
    };
    assert!(freshest.service(&of(30)).is_ok());
    assert!(freshest.service(&of(20)).is_err());
    assert!(
        freshest.service(&of(25)).is_err(),
        "still older than the first"
    );
    assert!(freshest.service(&of(30)).is_ok());
}
