//! `--format jsonl`: what programs can follow of a run, to its end.

use std::io::Read;
use std::process::Child;

use serde_json::Value;

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, read_until, signal};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: seen, check: logs.line-seen, contains: heartbeat, needs: [fresh] }";
/// It waits for what never comes.
const WAITS: &str = "  - { id: seen, check: logs.line-seen, contains: never }";

/// Every line of the output, each of which is an object with an event and a time.
#[track_caller]
fn events(output: &str) -> Vec<Value> {
    assert!(output.ends_with('\n'), "{output:?}");
    let lines = output.split_terminator('\n');
    let read = |line: &str| {
        let event: Value = serde_json::from_str(line).expect("a JSON object a line");
        let at = event["at"].as_str().expect("a time");
        assert!(at.ends_with('Z') && at.len() == 24, "{at}");
        assert!(event["event"].is_string(), "{event}");
        event
    };
    lines.map(read).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect()
}

fn start(place: &Place, url: &str) -> Child {
    let arguments = [
        "run",
        "--format",
        "jsonl",
        "--json",
        "report.json",
        "--endpoint-url",
        url,
    ];
    place.start(&arguments)
}

#[test]
fn a_run_is_told_as_it_happens_and_ends_with_its_exit_code() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let ended = place.run(&[
        "run",
        "--format",
        "jsonl",
        "--json",
        "report.json",
        "--endpoint-url",
        &aws.url(),
    ]);
    let events = events(&ended.expect_code(0).stdout);
    let told = names(&events);
    assert_eq!((told[0], told[1]), ("started", "opened"));
    assert_eq!(told.iter().filter(|name| **name == "settled").count(), 2);
    let announced = events[0]["checks"].as_array().expect("checks");
    assert_eq!(
        (&announced[1]["id"], &announced[1]["target"]),
        (&"seen".into(), &"checkout".into())
    );
    let tasks = events
        .iter()
        .find(|event| event["event"] == "tasks")
        .expect("counts");
    assert_eq!(
        (&tasks["desired"], &tasks["healthy"]),
        (&2.into(), &2.into())
    );
    let report = place.report();
    for settled in events.iter().filter(|event| event["event"] == "settled") {
        let check = crate::place::check(&report, settled["id"].as_str().expect("an id"));
        for field in ["kind", "target", "verdict", "headline", "took_ms"] {
            assert_eq!(settled[field], check[field], "{field}");
        }
    }
    let last = events.last().expect("an event");
    assert_eq!(last["event"], "finished");
    for field in ["verdict", "exit_code", "counts", "took_ms"] {
        assert_eq!(last[field], report[field], "{field}");
    }
    assert_tells(&ended.stderr, &["passed fresh"]);
}

#[test]
fn a_confirmation_is_told_too() {
    let aws = Aws::of("stale-tag");
    let place = Place::new();
    let service = "HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG/HcTapStack-Dashboard*";
    let ended = place.run(&[
        "confirm",
        service,
        "--region",
        "us-east-1",
        "--format",
        "jsonl",
        "--endpoint-url",
        &aws.url(),
    ]);
    let events = events(&ended.expect_code(1).stdout);
    let last = events.last().expect("an event");
    assert_eq!(
        (&last["event"], &last["exit_code"]),
        (&"finished".into(), &1.into())
    );
    assert_eq!(names(&events)[0], "started");
}

#[test]
fn a_terminated_run_says_so_to_its_end() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", WAITS));
    let mut child = start(&place, &aws.url());
    let (mut read, mut rest) = read_until(child.stdout.take(), "\"looked\"");
    signal(&child, "-TERM");
    rest.read_to_string(&mut read).expect("text");
    assert_eq!(child.wait().expect("an end").code(), Some(143));
    let events = events(&read);
    let told = names(&events);
    assert_eq!(told[told.len() - 3..], ["stopping", "settled", "finished"]);
    let last = events.last().expect("an event");
    assert_eq!(last["exit_code"], 143);
    assert_eq!(last["interrupted"], "terminate");
}

#[test]
fn no_event_tells_a_secret() {
    let aws = Aws::of("healthy");
    let checks = CHECKS.replace("heartbeat", "'${BEAT_TOKEN}'");
    let place = Place::with_suite(
        &checkout("", &checks).replace("name: checkout", "name: 'is ${BEAT_TOKEN} there'"),
    );
    let token = "BEAT_TOKEN=heartbeat";
    let ended = place.run(&[
        "run",
        "--format",
        "jsonl",
        "--var",
        token,
        "--endpoint-url",
        &aws.url(),
    ]);
    let events = events(&ended.expect_code(0).stdout);
    assert_eq!(events[0]["suite"], "is [redacted] there");
    assert_tells(&ended.stdout, &["`[redacted]` was written by"]);
    assert!(!ended.stdout.contains("heartbeat"), "{}", ended.stdout);
}

#[test]
fn a_reader_that_goes_takes_nothing_along() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let mut child = start(&place, &aws.url());
    drop(read_until(child.stdout.take(), "\"started\""));
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert_eq!(place.report()["verdict"], "passed");
}

#[test]
fn a_report_that_was_promised_and_is_missing_is_in_the_last_event() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let ended = place.run(&[
        "run",
        "--format",
        "jsonl",
        "--json",
        "/dev/full",
        "--endpoint-url",
        &aws.url(),
    ]);
    let events = events(&ended.expect_code(3).stdout);
    let last = events.last().expect("an event");
    assert_eq!(
        (&last["verdict"], &last["exit_code"]),
        (&"passed".into(), &3.into())
    );
}

#[test]
fn where_there_are_no_events_that_is_said() {
    let place = Place::with_suite(&checkout("", CHECKS));
    place.write("saved.json", include_str!("../golden/report/passed.json"));
    let saved = place.run(&["render", "saved.json", "--format", "jsonl"]);
    assert_tells(
        &saved.expect_code(2).stderr,
        &["`--format jsonl` tells a run while it goes on"],
    );
    let two = place.run(&["run", "--format", "jsonl", "--json", "-"]);
    assert_tells(
        &two.expect_code(2).stderr,
        &["`--format jsonl` has standard output for itself"],
    );
}
