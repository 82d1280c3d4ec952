//! The simulator on a real port.

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::Value;
use touchdown_simulator::Served;

/// One request on a connection of its own; gives the status and the body.
fn fetch(served: &Served, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(served.address()).expect("it listens");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        served.address(),
        body.len()
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    (status, body.to_owned())
}

fn control(served: &Served, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (status, body) = fetch(served, method, &format!("/_simulator/{path}"), "", body);
    (status, serde_json::from_str(&body).expect("JSON"))
}

const TARGET: &str =
    "x-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters\r\nauthorization: any\r\n";

#[test]
fn aws_and_pages_are_served_together() {
    let served = support::still("stale-tag")
        .start_on(0)
        .expect("a free port");
    let (status, body) = fetch(&served, "POST", "/", TARGET, "{}");
    assert_eq!(status, 200);
    assert!(
        body.contains("arn:aws:ecs:us-east-1:099200121087:cluster/HcTapStack"),
        "{body}"
    );
    assert_eq!(
        fetch(&served, "GET", "/api/summary", "", ""),
        (200, r#"{"run":null,"entities":0}"#.to_owned())
    );
    assert_eq!(fetch(&served, "GET", "/nowhere", "", "").0, 404);
}

#[test]
fn the_controls_move_the_world() {
    let served = support::still("stale-tag")
        .start_on(0)
        .expect("a free port");
    assert_eq!(
        control(&served, "GET", "clock", "").1["now"],
        "2025-11-18T23:46:00Z"
    );
    assert_eq!(control(&served, "POST", "actions/fix", "").0, 200);
    assert_eq!(control(&served, "POST", "actions/nothing", "").0, 400);
    assert_eq!(
        control(&served, "POST", "advance?by=3m30s", "").1["now"],
        "2025-11-18T23:49:30Z"
    );
    assert_eq!(control(&served, "POST", "advance?by=soon", "").0, 400);
    assert_eq!(
        fetch(&served, "GET", "/api/summary", "", "").1,
        r#"{"run":"cloud-latest","entities":5421}"#
    );

    let fault = r#"{ "call": "ecs:ListClusters", "fault": "denied", "for": "60s" }"#;
    assert_eq!(control(&served, "POST", "faults", fault).0, 200);
    assert_eq!(fetch(&served, "POST", "/", TARGET, "{}").0, 400);
    assert_eq!(control(&served, "DELETE", "faults", "").0, 200);
    assert_eq!(fetch(&served, "POST", "/", TARGET, "{}").0, 200);
    assert_eq!(
        control(
            &served,
            "POST",
            "faults",
            r#"{ "call": "x", "fault": "sulking" }"#
        )
        .0,
        400
    );

    let (_, requests) = control(&served, "GET", "requests", "");
    let calls: Vec<&str> = requests
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["call"].as_str())
        .collect();
    assert_eq!(
        calls,
        ["http:/api/summary", "ecs:ListClusters", "ecs:ListClusters"]
    );
    assert_eq!(control(&served, "GET", "nothing", "").0, 404);
}

#[test]
fn answers_come_without_waiting_for_acknowledgements() {
    let served = support::still("healthy").start_on(0).expect("a free port");
    let mut stream = TcpStream::connect(served.address()).expect("it listens");
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n{TARGET}\r\n{{}}");
    let asked = Instant::now();
    for _ in 0..20 {
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = [0; 4096];
        let size = stream.read(&mut answer).expect("it answers");
        assert!(
            answer[..size].ends_with(b"]}"),
            "head and body come in one packet"
        );
    }
    assert!(
        asked.elapsed() < Duration::from_millis(20 * 40),
        "40 ms each would be delayed acknowledgements"
    );
}

#[test]
fn the_port_is_free_again_after_it_is_dropped() {
    let served = support::still("healthy").start_on(0).expect("a free port");
    let address = served.address();
    drop(served);
    assert!(TcpStream::connect(address).is_err());
}
