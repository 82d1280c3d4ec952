//! CloudWatch Logs: windows, lateness, and pages that come empty.

mod support;

use serde_json::{Value, json};
use support::{ask, pass, refused, still};
use touchdown_simulator::Simulator;

const GROUP: &str = "/ecs/content-marketing-swarm-dev";
const STREAM: &str = "backend/backend/793df62d5de44da497f41158a5970ce4";

/// Follows every token; gives the number of events on each page, and all events.
fn all(simulator: &Simulator, mut input: Value) -> (Vec<usize>, Vec<Value>) {
    let (mut pages, mut events) = (Vec::new(), Vec::new());
    loop {
        let page = ask(simulator, "logs:FilterLogEvents", input.clone());
        let found = page["events"].as_array().expect("events").clone();
        pages.push(found.len());
        events.extend(found);
        match page.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => return (pages, events),
        }
    }
}

#[test]
fn empty_pages_come_first_and_still_lead_on() {
    let simulator = still("old-log-line");
    let input = json!({ "logGroupName": GROUP, "startTime": 1_764_153_000_000_i64 });
    let (pages, events) = all(&simulator, input.clone());
    assert_eq!(pages[..2], [0, 0]);
    assert!(
        pages.len() > 4 && pages[2..pages.len() - 1].iter().all(|size| *size == 25),
        "{pages:?}"
    );
    let times: Vec<i64> = events
        .iter()
        .filter_map(|event| event["timestamp"].as_i64())
        .collect();
    assert!(times.is_sorted());
    let mut ids: Vec<&str> = events
        .iter()
        .filter_map(|event| event["eventId"].as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "no event comes twice");
    assert_eq!(
        all(&simulator, input).1,
        events,
        "the same question, the same answer"
    );
}

#[test]
fn the_old_line_is_there_and_the_new_one_only_after_a_new_deployment() {
    let simulator = still("old-log-line");
    let search = |term: &str| {
        all(
            &simulator,
            json!({ "logGroupName": GROUP, "filterPattern": format!("\"{term}\"") }),
        )
        .1
        .len()
    };
    assert!(search("platform='linkedin'") > 100);
    assert_eq!(search("requested_platforms=["), 0);
    simulator.perform("fix").expect("the action is there");
    pass(&simulator, 240);
    assert!(search("requested_platforms=['linkedin', 'twitter', 'pitch_deck']") > 2);
    let now = simulator.now().as_millisecond();
    let late = json!({ "logGroupName": GROUP, "startTime": now - 60_000, "filterPattern": "\"platform='linkedin'\"" });
    assert_eq!(
        all(&simulator, late).1,
        Vec::<Value>::new(),
        "the old tasks have stopped"
    );
}

#[test]
fn an_event_is_read_only_once_it_has_arrived() {
    let simulator = still("old-log-line");
    let mut late = 0;
    for _ in 0..60 {
        pass(&simulator, 1);
        let now = simulator.now().as_millisecond();
        let input = json!({ "logGroupName": GROUP, "startTime": now - 30_000, "endTime": now });
        for event in all(&simulator, input).1 {
            let (at, arrived) = (event["timestamp"].as_i64(), event["ingestionTime"].as_i64());
            assert!(arrived <= Some(now));
            let lag = arrived.unwrap_or_default() - at.unwrap_or_default();
            assert!((2_000..=12_000).contains(&lag));
            late += 1;
        }
    }
    assert!(late > 0);
}

#[test]
fn both_ends_of_a_filter_window_count_and_the_end_of_a_get_does_not() {
    let simulator = still("old-log-line");
    let (_, events) = all(
        &simulator,
        json!({ "logGroupName": GROUP, "logStreamNames": [STREAM] }),
    );
    let (first, second) = (&events[2]["timestamp"], &events[3]["timestamp"]);
    let window = json!({ "logGroupName": GROUP, "logStreamNames": [STREAM], "startTime": first, "endTime": second });
    assert_eq!(all(&simulator, window).1.len(), 2);
    let window = json!({
        "logGroupName": GROUP, "logStreamName": STREAM, "startTime": first, "endTime": second, "startFromHead": true
    });
    let got = ask(&simulator, "logs:GetLogEvents", window);
    assert_eq!(got["events"].as_array().map(Vec::len), Some(1));
}

#[test]
fn get_log_events_repeats_its_token_at_the_end() {
    let simulator = still("old-log-line");
    let mut input = json!({ "logGroupName": GROUP, "logStreamName": STREAM, "startFromHead": true, "limit": 50 });
    let mut count = 0;
    loop {
        let page = ask(&simulator, "logs:GetLogEvents", input.clone());
        count += page["events"].as_array().map_or(0, Vec::len);
        if input.get("nextToken") == Some(&page["nextForwardToken"]) {
            break;
        }
        input["nextToken"] = page["nextForwardToken"].clone();
    }
    let (_, events) = all(
        &simulator,
        json!({ "logGroupName": GROUP, "logStreamNames": [STREAM] }),
    );
    assert_eq!(count, events.len());
    let last = ask(
        &simulator,
        "logs:GetLogEvents",
        json!({ "logGroupName": GROUP, "logStreamName": STREAM, "limit": 1 }),
    );
    assert_eq!(
        Some(&last["events"][0]["timestamp"]),
        events.last().map(|event| &event["timestamp"])
    );
}

#[test]
fn the_first_line_may_be_older_than_its_task_says_it_started() {
    let simulator = still("healthy");
    let place = support::place(&simulator, "checkout");
    for task in place.wanted(&simulator) {
        let id = task["taskArn"]
            .as_str()
            .and_then(|arn| arn.rsplit('/').next())
            .expect("an id");
        let stream = format!("checkout/app/{id}");
        let input =
            json!({ "logGroupName": "/ecs/prod-shop/checkout", "logStreamNames": [stream] });
        let (_, events) = all(&simulator, input);
        assert_eq!(events[0]["message"], "INFO checkout starting version=2.4.0");
        let started = task["startedAt"].as_f64().expect("a time") * 1000.0;
        let first = events[0]["timestamp"].as_f64().expect("a time");
        assert!((started - first - 10.0).abs() < 1.0);
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let simulator = still("old-log-line");
    let group = json!({ "logGroupName": "/nowhere" });
    let (kind, message) = refused(&simulator, "logs:FilterLogEvents", group);
    assert_eq!(kind, "ResourceNotFoundException");
    assert_eq!(message, "The specified log group does not exist.");
    let both = json!({ "logGroupName": GROUP, "logStreamNames": [STREAM], "logStreamNamePrefix": "backend" });
    assert_eq!(
        refused(&simulator, "logs:FilterLogEvents", both).0,
        "InvalidParameterException"
    );
    let none = json!({ "logGroupName": GROUP, "logStreamNames": [] });
    assert_eq!(
        refused(&simulator, "logs:FilterLogEvents", none).0,
        "InvalidParameterException"
    );
    let no_stream = json!({ "logGroupName": GROUP, "logStreamNames": ["backend/backend/0"] });
    assert_eq!(
        refused(&simulator, "logs:FilterLogEvents", no_stream).0,
        "ResourceNotFoundException"
    );
    let token = json!({ "logGroupName": GROUP, "nextToken": "zzzzzzzzzzzzzzzzzzzzzz" });
    assert_eq!(
        refused(&simulator, "logs:FilterLogEvents", token).0,
        "InvalidParameterException"
    );
}

#[test]
fn streams_are_described_by_prefix() {
    let simulator = still("old-log-line");
    let all = ask(
        &simulator,
        "logs:DescribeLogStreams",
        json!({ "logGroupName": GROUP }),
    );
    assert_eq!(all["logStreams"].as_array().map(Vec::len), Some(2));
    let one = json!({ "logGroupName": GROUP, "logStreamNamePrefix": STREAM });
    let one = ask(&simulator, "logs:DescribeLogStreams", one);
    assert_eq!(one["logStreams"][0]["logStreamName"], STREAM);
}
