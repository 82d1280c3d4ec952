//! Faults on demand, and the record of what was asked.

mod support;

use std::time::Duration;

use http::Request;
use jiff::SignedDuration;
use serde_json::json;
use support::{ask, page, pass, refused, send, still};
use touchdown_simulator::{Fault, FaultKind};

#[test]
fn a_denied_action_says_who_may_not_do_what() {
    let simulator = still("stale-tag");
    simulator.deny("ecs:DescribeTasks");
    let (kind, message) = refused(&simulator, "ecs:DescribeTasks", json!({ "tasks": ["1"] }));
    assert_eq!(kind, "AccessDeniedException");
    assert_eq!(
        message,
        "User: arn:aws:sts::099200121087:assumed-role/deploy/ci is not authorized to perform: ecs:DescribeTasks on \
         resource: arn:aws:ecs:us-east-1:099200121087:task/HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG/* because no \
         identity-based policy allows the ecs:DescribeTasks action"
    );
    ask(&simulator, "ecs:ListClusters", json!({}));
    simulator.end_faults();
    let cluster = simulator.scenario().cluster().to_owned();
    ask(
        &simulator,
        "ecs:DescribeTasks",
        json!({ "cluster": cluster, "tasks": ["1"] }),
    );
}

#[test]
fn throttling_ends_with_its_window_however_often_one_asks() {
    let simulator = still("stale-tag");
    simulator.throttle("ecs:*", Duration::from_secs(30));
    for _ in 0..50 {
        let (kind, message) = refused(&simulator, "ecs:ListClusters", json!({}));
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("ThrottlingException", "Rate exceeded")
        );
    }
    ask(&simulator, "ecr:DescribeRepositories", json!({}));
    pass(&simulator, 30);
    ask(&simulator, "ecs:ListClusters", json!({}));
}

#[test]
fn servers_break_in_more_than_one_way() {
    let simulator = still("stale-tag");
    let status = |fault| {
        simulator.end_faults();
        simulator.fault(Fault::new("*", fault));
        (
            send(&simulator, "ecs:ListClusters", &json!({}))
                .status()
                .as_u16(),
            page(&simulator, "/").status().as_u16(),
        )
    };
    assert_eq!(status(FaultKind::Broken), (500, 500));
    assert_eq!(status(FaultKind::Unavailable), (503, 503));
    assert_eq!(status(FaultKind::BadGateway), (502, 502));
    simulator.end_faults();
    simulator.fault(Fault::new("*", FaultKind::Expired));
    assert_eq!(
        refused(&simulator, "ecs:ListClusters", json!({})).0,
        "ExpiredTokenException"
    );
    assert_eq!(
        page(&simulator, "/").status(),
        200,
        "a page needs no credentials"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_late() {
    let simulator = still("stale-tag");
    let mut slow = Fault::new("http:/", FaultKind::Slow);
    slow.delay = Some(SignedDuration::from_secs(7));
    simulator.fault(slow);
    let asked = tokio::time::Instant::now();
    let request = Request::get("http://simulated/")
        .body(bytes::Bytes::new())
        .expect("a request");
    assert_eq!(simulator.respond(request).await.status(), 200);
    assert_eq!(asked.elapsed(), Duration::from_secs(7));
}

#[test]
fn every_request_is_recorded_with_its_outcome() {
    let simulator = still("stale-tag");
    ask(&simulator, "ecs:ListClusters", json!({}));
    pass(&simulator, 5);
    refused(&simulator, "ecs:ListTasks", json!({ "cluster": "nowhere" }));
    page(&simulator, "/api/summary");
    let requests = simulator.requests();
    let told: Vec<(&str, u16, Option<&str>)> = requests
        .iter()
        .map(|one| (one.call.as_str(), one.status, one.error.as_deref()))
        .collect();
    let expected = [
        ("ecs:ListClusters", 200, None),
        ("ecs:ListTasks", 400, Some("ClusterNotFoundException")),
        ("http:/api/summary", 200, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        requests[1].at.duration_since(requests[0].at),
        SignedDuration::from_secs(5)
    );
    assert_eq!(simulator.count("ecs:ListTasks"), 1);
}
