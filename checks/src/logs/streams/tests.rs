//! Where the containers log, from literal task definitions.

use super::*;
use crate::ecs::literal::{at, target};
use crate::reads::{Container, LogConfiguration};

fn container(driver: &str, options: &[(&str, &str)]) -> ContainerDefinition {
    let options = options
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    ContainerDefinition {
        name: "app".into(),
        essential: true,
        log: Some(LogConfiguration {
            driver: driver.into(),
            options,
        }),
        ..ContainerDefinition::default()
    }
}

fn task() -> Task {
    Task {
        id: "0123".into(),
        created_at: Some(at("23:46:00")),
        started_at: Some(at("23:47:00")),
        containers: vec![Container {
            name: "app".into(),
            runtime_id: Some("docker-id".into()),
            ..Container::default()
        }],
        ..Task::default()
    }
}

fn stream(driver: &str, options: &[(&str, &str)]) -> (String, String, String) {
    let found = Destination::of(&container(driver, options), "us-east-1").expect("a destination");
    let stream = found.stream(&task(), None).expect("a stream");
    (stream.region, stream.group, stream.name)
}

fn unreadable(container: &ContainerDefinition) -> Unobserved {
    let told = Destination::of(container, "us-east-1").expect_err("unreadable");
    assert!(told.lasting, "{told}");
    told
}

#[test]
fn awslogs_names_region_group_and_stream() {
    let group = ("awslogs-group", "/ecs/app");
    let elsewhere = ("awslogs-region", "eu-west-1");
    let prefix = ("awslogs-stream-prefix", "ecs");
    assert_eq!(
        stream("awslogs", &[group, elsewhere, prefix]),
        ("eu-west-1".into(), "/ecs/app".into(), "ecs/app/0123".into())
    );
    assert_eq!(
        stream("awslogs", &[group]),
        ("us-east-1".into(), "/ecs/app".into(), "docker-id".into())
    );
}

#[test]
fn firelens_puts_the_prefix_straight_before_the_container() {
    let options = [
        ("Name", "cloudwatch"),
        ("log_group_name", "/fl"),
        ("log_stream_prefix", "web-"),
    ];
    assert_eq!(stream("awsfirelens", &options).2, "web-app-firelens-0123");
}

#[test]
fn a_stream_that_all_tasks_share_tells_nothing_of_a_deployment() {
    let options = [
        ("Name", "cloudwatch_logs"),
        ("log_group_name", "/fl"),
        ("log_stream_name", "web"),
    ];
    let told = unreadable(&container("awsfirelens", &options));
    assert!(
        told.headline
            .contains("a stream of `/fl` that isn't per task"),
        "{told}"
    );
    assert!(told.hint.expect("a hint").contains("log_stream_prefix"));
}

#[test]
fn what_goes_elsewhere_cannot_be_read() {
    unreadable(&container("splunk", &[]));
    unreadable(&container("awsfirelens", &[("Name", "s3")]));
    unreadable(&container("awslogs", &[]));
}

#[test]
fn one_readable_container_is_enough_to_look() {
    let sidecar = ContainerDefinition {
        name: "proxy".into(),
        ..container("splunk", &[])
    };
    let app = container("awslogs", &[("awslogs-group", "/ecs/app")]);
    let of = |containers: &[&ContainerDefinition], named| {
        let definition = TaskDefinition {
            arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
            containers: containers.iter().copied().cloned().collect(),
            ..TaskDefinition::default()
        };
        Destinations::of(named, &target("ecs-svc/1"), &definition)
    };
    let both = of(&[&app, &sidecar], None).expect("one that can be read");
    assert_eq!(both.readable[0].container, "app");
    let told = both.unreadable.expect("one that can't").headline;
    assert!(
        told.contains("`proxy` logs with the driver `splunk`"),
        "{told}"
    );
    assert!(of(&[&app, &sidecar], Some("app")).is_ok_and(|of| of.unreadable.is_none()));
    assert!(of(&[&sidecar], None).expect_err("none").lasting);
    assert!(of(&[&app], Some("db")).expect_err("none").lasting);
}

#[test]
fn a_container_that_has_not_started_has_no_stream() {
    let options = [
        ("awslogs-group", "/ecs/app"),
        ("awslogs-stream-prefix", "ecs"),
    ];
    let found = Destination::of(&container("awslogs", &options), "us-east-1").expect("a place");
    let mut pending = Task {
        started_at: None,
        ..task()
    };
    assert!(found.stream(&pending, None).is_some(), "its container runs");
    pending.containers[0].runtime_id = None;
    assert_eq!(found.stream(&pending, None), None);
    pending.stopped_at = Some(at("23:48:00"));
    assert_eq!(
        found.stream(&pending, None),
        None,
        "its image was not pulled"
    );
    pending.started_at = Some(at("23:47:00"));
    assert!(found.stream(&pending, None).is_some(), "it ran");
}

#[test]
fn lines_count_from_the_creation_or_later() {
    let options = [("awslogs-group", "/ecs/app")];
    let found = Destination::of(&container("awslogs", &options), "us-east-1").expect("a place");
    let from = |since| found.stream(&task(), since).expect("a stream").from;
    assert_eq!(from(None), at("23:46:00"));
    assert_eq!(from(Some(at("23:40:00"))), at("23:46:00"));
    assert_eq!(from(Some(at("23:50:00"))), at("23:50:00"));
}
