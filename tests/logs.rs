//! What the `logs` kinds ask of AWS and what they make of its answers, on the paused clock:
//! what can't be read, what comes late, and what is too much for one look.

mod common;
mod logs {
    pub mod wire;
}

use common::verdicts;
use logs::wire::{Wire, not_found};
use serde_json::{Value, json};
use touchdown::report::{CheckReport, Report};

/// How late lines come in `healthy`.
const LAG: &str = "logs: { least_lag: 4s, most_lag: 9s }";

/// The containers whose streams a question names.
fn containers(asked: &Value) -> Vec<String> {
    let streams = asked["logStreamNames"].as_array().expect("streams").iter();
    let container = |name: &Value| name.as_str()?.split('/').nth(1).map(str::to_owned);
    streams.filter_map(container).collect()
}

fn check<'a>(report: &'a Report, id: &str) -> &'a CheckReport {
    let mut checks = report.checks.iter();
    checks.find(|check| check.id == id).expect("a check")
}

#[track_caller]
fn assert_tells(report: &Report, id: &str, words: &[&str]) {
    let headline = &check(report, id).headline;
    for word in words {
        assert!(headline.contains(word), "`{word}` in {headline}");
    }
}

const ABSENT: &str = "id: absent, check: logs.line-absent, contains: ERROR, within: 10s";
const FORBIDDEN: &str = "id: forbidden, check: logs.line-absent, contains: heartbeat";

#[tokio::test(start_paused = true)]
async fn one_log_group_that_is_not_there_leaves_absence_open() {
    let shipper = "essential: false\n        log: { group: /ecs/prod-shop/checkout";
    let elsewhere = "essential: false\n        log: { group: /ecs/prod-shop/shipper";
    let wire = Wire::of(&[(shipper, elsewhere)]).instead(|_, asked| {
        (asked["logGroupName"] == "/ecs/prod-shop/shipper").then(|| not_found("group"))
    });
    let seen = "id: seen, check: logs.line-seen, contains: heartbeat";
    let report = wire.judge(&[ABSENT, FORBIDDEN, seen]).await;
    assert_eq!(
        verdicts(&report),
        ["absent: inconclusive", "forbidden: failed", "seen: passed"]
    );
    let told = "there is no log group `/ecs/prod-shop/shipper` in eu-west-1 (logs:FilterLogEvents)";
    assert_tells(&report, "absent", &[told]);
    let source = &check(&report, "absent").evidence[0].source;
    assert_eq!(source.call, "logs:FilterLogEvents");
    assert_eq!(source.resource, "/ecs/prod-shop/shipper");
}

#[tokio::test(start_paused = true)]
async fn one_silent_container_leaves_absence_open() {
    let wire = Wire::of(&[(
        "      - { after: 400ms, line: \"shipper ready\" }",
        "      []",
    )]);
    let report = wire.judge(&[ABSENT]).await;
    assert_eq!(verdicts(&report), ["absent: inconclusive"]);
    let told = "2 of 2 tasks wrote no line at all in container `log-shipper`, such as task";
    assert_tells(&report, "absent", &[told, "silence proves nothing"]);
}

#[tokio::test(start_paused = true)]
async fn a_sidecar_that_cannot_be_read_does_not_hide_a_forbidden_line() {
    let logged =
        "essential: false\n        log: { group: /ecs/prod-shop/checkout, prefix: checkout }";
    let wire = Wire::of(&[(logged, "essential: false")]);
    let report = wire.judge(&[ABSENT, FORBIDDEN]).await;
    assert_eq!(
        verdicts(&report),
        ["absent: inconclusive", "forbidden: failed"]
    );
    let told = "container `log-shipper` has no logConfiguration";
    assert_tells(&report, "absent", &[told]);
    assert!(check(&report, "forbidden").took_ms < 2_000, "at once");
}

#[tokio::test(start_paused = true)]
async fn lines_may_take_longer_than_a_minute_to_arrive() {
    let wire = Wire::of(&[(LAG, "logs: { least_lag: 90s, most_lag: 100s }")]);
    let late = |id: &str, check: &str| {
        format!(
            "id: {id}, check: {check}, contains: heartbeat, since: run-start, within: 30s, ingestion: 2m"
        )
    };
    let (seen, absent) = (
        late("seen", "logs.line-seen"),
        late("absent", "logs.line-absent"),
    );
    let report = wire.judge(&[&seen, &absent]).await;
    assert_eq!(verdicts(&report), ["seen: passed", "absent: failed"]);
}

#[tokio::test(start_paused = true)]
async fn both_kinds_share_one_call_a_round() {
    let wire = Wire::of(&[]);
    let seen = "id: seen, check: logs.line-seen, contains: heartbeat, hold: 20s";
    let report = wire.judge(&[seen, ABSENT]).await;
    assert_eq!(verdicts(&report), ["seen: passed", "absent: passed"]);
    // The look at a deadline is a round for itself.
    let rounds = check(&report, "absent").attempts.len() + 1;
    assert!(
        wire.asked().len() <= rounds,
        "{} in {rounds}",
        wire.asked().len()
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_has_not_started_is_not_asked_for() {
    let wire = Wire::of(&[]);
    let simulator = &wire.simulator.0;
    simulator.perform("deploy-again").expect("an action");
    let seen = "id: seen, check: logs.line-seen, contains: listening, in: each-task";
    let report = wire.judge(&[seen]).await;
    assert_eq!(verdicts(&report), ["seen: passed"]);
    let requests = simulator.requests();
    assert!(
        requests.iter().all(|request| request.error.is_none()),
        "{requests:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn streams_that_do_not_exist_are_asked_for_apart() {
    let wire = Wire::of(&[]).instead(|_, asked| {
        let missing = containers(asked).iter().any(|name| name == "log-shipper");
        missing.then(|| not_found("stream"))
    });
    let report = wire.judge(&[ABSENT]).await;
    assert_eq!(verdicts(&report), ["absent: inconclusive"]);
    let asked: Vec<Vec<String>> = wire.asked().iter().map(containers).collect();
    let (app, shipper) = ("app", "log-shipper");
    // Together, then one by one: by their names, the streams of `app` come first.
    assert_eq!(asked[0], [app, app, shipper, shipper]);
    assert_eq!(asked[1..5], [[app], [app], [shipper], [shipper]]);
    // Then those that exist together, and the others apart from them.
    assert_eq!(asked[5..7], [[app, app], [shipper, shipper]]);
    assert_eq!(asked[7..9], [[shipper], [shipper]]);
    assert_eq!(asked[9], [app, app]);
}

/// One event a page, so that the history is too long for one look.
const ONE_A_PAGE: &str = "logs: { least_lag: 4s, most_lag: 9s, events_per_page: 1 }";

#[tokio::test(start_paused = true)]
async fn a_long_history_is_read_on_from_look_to_look() {
    let wire = Wire::of(&[(LAG, ONE_A_PAGE)]);
    let seen = "id: seen, check: logs.line-seen, contains: heartbeat n=30";
    let report = wire.judge(&[ABSENT, seen]).await;
    assert_eq!(verdicts(&report), ["absent: passed", "seen: passed"]);
    let first = &check(&report, "seen").attempts[0].headline;
    let told = "still reading: read up to 2025-11-20 09:2";
    assert!(first.starts_with(told), "{first}");
    let lines = "was not seen in 7"; // about 34 heartbeats and 3 lines more of each task
    assert_tells(&report, "absent", &[lines, "lines of 2 tasks"]);
    // The pages of the history come first; later ones look for what arrived late.
    let asked = wire.asked().into_iter().take(70);
    let mut tokens: Vec<Value> = asked.map(|asked| asked["nextToken"].clone()).collect();
    tokens.sort_by_key(Value::to_string);
    tokens.dedup();
    let told = "no page is read twice, nor by each check for itself";
    assert_eq!(tokens.len(), 70, "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_read_at_the_deadline_leaves_it_open() {
    let wire = Wire::of(&[(LAG, ONE_A_PAGE), ("every: 30s", "every: 5s")]);
    let absent = "id: absent, check: logs.line-absent, contains: ERROR, within: 30s";
    let seen = "id: seen, check: logs.line-seen, contains: ERROR, within: 30s";
    let report = wire.judge(&[absent, seen]).await;
    assert_eq!(
        verdicts(&report),
        ["absent: inconclusive", "seen: inconclusive"]
    );
    for id in ["absent", "seen"] {
        assert_tells(&report, id, &["still reading: read up to 2025-11-20 09:2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_forbidden_line_far_back_is_found_though_reading_goes_on() {
    let wire = Wire::of(&[(LAG, ONE_A_PAGE), ("every: 30s", "every: 5s")]);
    let far = "id: far, check: logs.line-absent, regex: 'heartbeat n=100 ', within: 5m";
    let report = wire.judge(&[far]).await;
    assert_eq!(verdicts(&report), ["far: failed"]);
    assert!(check(&report, "far").attempts.len() > 3, "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_fault_between_two_pages_keeps_what_was_read() {
    let fault = json!({ "__type": "InternalFailure", "message": "try again" });
    let wire = Wire::of(&[(LAG, ONE_A_PAGE)])
        .instead(move |number, _| (5..7).contains(&number).then(|| (500, fault.clone())));
    let report = wire.judge(&[ABSENT]).await;
    assert_eq!(verdicts(&report), ["absent: passed"]);
    let asked = wire.asked();
    assert_eq!(asked[4]["nextToken"], asked[5]["nextToken"], "tried twice");
    assert_eq!(asked[6]["nextToken"], asked[5]["nextToken"], "and then on");
    assert!(asked[6]["nextToken"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_scale_out_leaves_absence_open() {
    let scale_out = "actions:\n  scale-out:\n    about: one more\n    steps:\n      - update_service: { service: checkout, desired: 3 }\n";
    let wire = Wire::of(&[("actions:\n", scale_out)]);
    wire.simulator.0.perform("scale-out").expect("an action");
    let report = wire
        .judge(&["id: absent, check: logs.line-absent, contains: ERROR, within: 5s, ingestion: 0s"])
        .await;
    assert_eq!(verdicts(&report), ["absent: inconclusive"]);
    assert_tells(
        &report,
        "absent",
        &["2 of 3 tasks of the deployment run so far"],
    );
}

#[tokio::test(start_paused = true)]
async fn the_line_of_tasks_that_have_stopped_is_no_proof() {
    let wire = Wire::of(&[]);
    wire.simulator.0.perform("stop-tasks").expect("an action");
    wire.simulator.0.advance(std::time::Duration::from_secs(10));
    let report = wire
        .judge(&["id: seen, check: logs.line-seen, contains: listening, within: 2m"])
        .await;
    assert_eq!(verdicts(&report), ["seen: passed"]);
    let first = &check(&report, "seen").attempts[0].headline;
    assert!(
        first.ends_with(
            "was written by 2 tasks, but 0 of 2 tasks run; 2 stopped: someone called StopTask \
             (`Task stopped by user`)"
        ),
        "{first}"
    );
}
