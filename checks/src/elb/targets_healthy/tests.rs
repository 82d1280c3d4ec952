//! The judge of `elb.targets-healthy`, with literal facts.

use super::*;
use crate::contract::Seen;
use crate::ecs::literal::{picture, seen, target, task};
use crate::reads::{LoadBalancing, TargetGroup, TargetGroupWeight, TargetHealthCheck};

/// A running task of `deployment` at 10.0.0.`host`.
fn at(host: u8, deployment: &str) -> Task {
    Task {
        address: Some(format!("10.0.0.{host}")),
        ..task(&format!("{host:08}abcdef"), deployment, "23:30:00", None)
    }
}

fn health(host: u8, state: &str, reason: Option<(&str, &str)>) -> TargetHealth {
    TargetHealth {
        id: format!("10.0.0.{host}"),
        port: 8080,
        state: state.into(),
        reason: reason.map(|(code, _)| code.to_owned()),
        description: reason.map(|(_, words)| words.to_owned()),
        ..TargetHealth::default()
    }
}

fn group(name: &str, serves: bool, targets: Vec<TargetHealth>) -> Group {
    Group {
        described: TargetGroup {
            arn: format!("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/{name}/1"),
            name: name.into(),
            check: TargetHealthCheck {
                protocol: Some("HTTP".into()),
                port: "traffic-port".into(),
                path: Some("/health".into()),
                codes: Some("200".into()),
                interval: 30,
                timeout: 5,
                healthy_after: 5,
                ..TargetHealthCheck::default()
            },
            ..TargetGroup::default()
        },
        targets: seen(targets),
        serves,
    }
}

fn judged(desired: i32, tasks: Vec<Task>, groups: Vec<Group>) -> Finding {
    let routing: Option<Seen<_>> = (groups.len() > 1).then(|| {
        let weight = |group: &Group| TargetGroupWeight {
            target_group: group.described.arn.clone(),
            weight: u32::from(group.serves) * 100,
        };
        seen(groups.iter().map(weight).collect())
    });
    let facts = Facts {
        picture: picture(desired, tasks),
        registrations: vec![Registration {
            balancing: LoadBalancing {
                container: "app".into(),
                port: 8080,
                ..LoadBalancing::default()
            },
            groups,
            routing,
        }],
        instances: Instances::new(),
    };
    TargetsHealthy {}.judge(&target("ecs-svc/1"), &facts)
}

fn alone(targets: Vec<TargetHealth>) -> Finding {
    judged(
        1,
        vec![at(10, "ecs-svc/1")],
        vec![group("web", true, targets)],
    )
}

#[test]
fn healthy_targets_hold_and_what_else_is_there_is_told() {
    let finding = alone(vec![
        health(10, "healthy", None),
        health(
            9,
            "draining",
            Some(("Target.DeregistrationInProgress", "…")),
        ),
        health(77, "healthy", None),
    ]);
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "1 of 1 tasks are healthy targets of web; 1 old target drains; \
         1 target of something else is healthy there too"
    );
    assert_eq!(finding.evidence.len(), 2, "tasks and targets");
    assert_eq!(
        alone(vec![health(10, "healthy", None)]).headline,
        "1 of 1 tasks are healthy targets of web"
    );
}

#[test]
fn each_reason_is_not_yet_with_its_words_and_the_way_out() {
    for (state, reason, words, headline, hint) in [
        (
            "initial",
            "Elb.InitialHealthChecking",
            "Initial health checks in progress",
            "task 00000010 is initial in web: Initial health checks in progress",
            "healthy after 5 good answers in a row, 30s apart",
        ),
        (
            "unhealthy",
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [503]",
            "task 00000010 is unhealthy in web: Health checks failed with these codes: [503] \
             (HTTP /health must answer 200 within 5s)",
            "--target-group-arn arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1",
        ),
        (
            "unhealthy",
            "Target.Timeout",
            "Request timed out",
            "task 00000010 is unhealthy in web: Request timed out \
             (HTTP /health must answer 200 within 5s)",
            "security group let the load balancer in on port 8080",
        ),
        (
            "unused",
            "Target.NotInUse",
            "Target group is not configured to receive traffic from the load balancer",
            "task 00000010 is unused in web: Target group is not configured to receive traffic \
             from the load balancer",
            "No listener sends requests to web",
        ),
    ] {
        let finding = alone(vec![health(10, state, Some((reason, words)))]);
        assert_eq!(finding.state, State::NotYet, "{reason}");
        assert_eq!(finding.headline, headline);
        let told = finding.hint.expect("a hint");
        assert!(told.contains(hint), "{reason}: {told}");
    }
}

#[test]
fn a_task_that_is_not_registered_or_not_checked_does_not_hold() {
    let absent = alone(vec![health(9, "draining", None)]);
    assert_eq!(absent.state, State::NotYet);
    assert_eq!(absent.headline, "task 00000010 is not registered in web");
    let unchecked = alone(vec![health(
        10,
        "unavailable",
        Some(("Target.HealthCheckDisabled", "…")),
    )]);
    assert_eq!(unchecked.state, State::Unobserved);
    let mut nowhere = at(10, "ecs-svc/1");
    nowhere.address = None;
    let healthy = vec![group("web", true, vec![health(10, "healthy", None)])];
    let nowhere = judged(1, vec![nowhere], healthy);
    assert_eq!(nowhere.state, State::Unobserved);
}

#[test]
fn what_is_known_to_be_wrong_is_told_before_what_is_unknown() {
    let mut nowhere = at(11, "ecs-svc/1");
    nowhere.address = None;
    let tasks = vec![nowhere, at(10, "ecs-svc/1")];
    let initial = health(10, "initial", None);
    let finding = judged(2, tasks, vec![group("web", true, vec![initial])]);
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "1 of 2 tasks: task 00000010 is initial in web"
    );
}

#[test]
fn an_old_task_that_leaves_but_takes_requests_is_not_yet() {
    let mut old = at(9, "ecs-svc/0");
    old.last_status = "DEACTIVATING".into();
    let targets = || vec![health(10, "healthy", None), health(9, "healthy", None)];
    let tasks = vec![at(10, "ecs-svc/1"), old];
    let finding = judged(1, tasks.clone(), vec![group("web", true, targets())]);
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "1 old target still takes requests in web: task 00000009 (10.0.0.9:8080)"
    );
    let shifted = vec![
        group("green", true, vec![health(10, "healthy", None)]),
        group("blue", false, vec![health(9, "healthy", None)]),
    ];
    assert_eq!(judged(1, tasks, shifted).state, State::Holds);
}

#[test]
fn healthy_without_production_traffic_is_not_yet() {
    let groups = vec![
        group("blue", true, Vec::new()),
        group("green", false, vec![health(10, "healthy", None)]),
    ];
    let finding = judged(1, vec![at(10, "ecs-svc/1")], groups);
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "task 00000010 is healthy in green, which gets no production requests yet"
    );
    assert!(finding.hint.expect("a hint").contains("lifecycle stage"));
    assert_eq!(finding.evidence.len(), 4, "tasks, two groups, routing");
}

#[test]
fn old_targets_that_take_requests_are_counted() {
    let tasks = [("ecs-svc/1", 10), ("ecs-svc/0", 8), ("ecs-svc/0", 9)];
    let targets = [8, 9, 10].map(|host| health(host, "healthy", None));
    let tasks = tasks.map(|(deployment, host)| Task {
        last_status: if host == 10 {
            "RUNNING"
        } else {
            "DEACTIVATING"
        }
        .into(),
        ..at(host, deployment)
    });
    let finding = judged(
        1,
        tasks.to_vec(),
        vec![group("web", true, targets.to_vec())],
    );
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "2 old targets still take requests in web: task 00000008 (10.0.0.8:8080) and others"
    );
}
