//! `logs.line-seen` and `logs.line-absent`, in each of their verdicts and windows.

use crate::aws::{Aws, HEALTHY, checkout};
use crate::place::{Place, assert_tells, hint, told, verdicts};
use crate::web::{Server, aws_error};

/// Judges checks on the healthy service; gives exit code and report.
fn judged(url: &str, checks: &[&str]) -> (i32, serde_json::Value) {
    let checks: Vec<String> = checks
        .iter()
        .map(|check| format!("  - {{ {check} }}"))
        .collect();
    let place = Place::with_suite(&checkout("", &checks.join("\n")));
    let ended = place.judge(url);
    (ended.code.expect("an exit code"), place.report())
}

/// The scenario in which a line comes every second, and at once.
fn chatty() -> Aws {
    let lags = "logs: { least_lag: 4s, most_lag: 9s }";
    let quick = HEALTHY
        .replace("every: 30s", "every: 1s")
        .replace(lags, "logs: { least_lag: 0s, most_lag: 0s }");
    Aws::told(&quick)
}

#[test]
fn a_line_is_seen_in_any_task_or_in_each() {
    let (code, report) = judged(
        &Aws::of("healthy").url(),
        &[
            "id: any, check: logs.line-seen, contains: checkout starting version=2.4.0",
            "id: each, check: logs.line-seen, regex: 'version=2\\.4\\.0$', in: each-task",
        ],
    );
    assert_tells(
        &told(&report, "any"),
        &["passed: `checkout starting", "was written by 2 tasks"],
    );
    assert_tells(
        &told(&report, "each"),
        &["passed: /version=", "2 of 2 tasks"],
    );
    assert_eq!(code, 0);
}

#[test]
fn what_was_not_seen_fails_at_the_deadline_and_shows_what_was() {
    let seen = "id: seen, check: logs.line-seen, contains: version=3, within: 1s, ingestion: 0s";
    let (code, report) = judged(&Aws::of("healthy").url(), &[seen]);
    assert_tells(
        &told(&report, "seen"),
        &[
            "failed: after 1s still: `version=3` was not seen in",
            "lines of 2 tasks",
        ],
    );
    assert_tells(
        &crate::place::check(&report, "seen")["evidence"].to_string(),
        &["INFO heartbeat", "the last lines"],
    );
    assert_tells(&hint(&report, "seen"), &["compare digest and layers"]);
    assert_eq!(code, 1);
}

#[test]
fn a_line_that_settles_it_is_not_waited_out() {
    let seen = "id: seen, check: logs.line-seen, contains: version=3, broken_when: { contains: listening on }";
    let (code, report) = judged(&Aws::of("healthy").url(), &[seen]);
    assert_tells(
        &told(&report, "seen"),
        &[
            "failed: task",
            "listening on 0.0.0.0:8080`, which is `broken_when`",
        ],
    );
    assert_eq!(code, 1);
    assert!(report["took_ms"].as_u64() < Some(5_000), "{report:#}");
}

#[test]
fn a_forbidden_line_fails_at_once_and_its_absence_passes_at_the_end() {
    let (code, report) = judged(
        &Aws::of("healthy").url(),
        &[
            "id: old, check: logs.line-absent, contains: version=2.3, within: 1s, ingestion: 0s",
            "id: now, check: logs.line-absent, contains: heartbeat",
        ],
    );
    assert_tells(
        &told(&report, "old"),
        &[
            "passed: `version=2.3` was not seen in",
            "2 tasks; looked at for 1s",
        ],
    );
    assert_tells(
        &told(&report, "now"),
        &[
            "failed: task",
            "wrote the forbidden line `INFO heartbeat n=",
        ],
    );
    let took = |id: &str| {
        crate::place::check(&report, id)["took_ms"]
            .as_u64()
            .expect("a time")
    };
    assert!(took("old") >= 1_000 && took("now") < 2_500, "{report:#}");
    assert_eq!(code, 1);
}

#[test]
fn lines_count_from_where_the_suite_says() {
    let seen = |id: &str, since: &str| {
        format!(
            "id: {id}, check: logs.line-seen, contains: checkout starting, since: {since}, within: 1s, ingestion: 0s"
        )
    };
    let beat = |id: &str, since: &str| {
        format!(
            "id: {id}, check: logs.line-seen, contains: heartbeat, since: '{since}', within: 20s, ingestion: 0s"
        )
    };
    let checks = [
        seen("start-of-task", "task-start"),
        seen("start-of-run", "run-start"),
        seen("hour", "1h"),
        seen("minute", "1m"),
        beat("beat-of-run", "run-start"),
        beat("beat-of-check", "check:start-of-task"),
        beat("beat-of-minute", "1m"),
    ];
    let (code, report) = judged(&chatty().url(), &checks.each_ref().map(String::as_str));
    let expected = [
        "start-of-task: passed",
        "start-of-run: failed",
        "hour: passed",
        "minute: failed",
        "beat-of-run: passed",
        "beat-of-check: passed",
        "beat-of-minute: passed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    assert_eq!(code, 1);
}

#[test]
fn empty_pages_are_read_through() {
    let empty = "logs: { least_lag: 4s, most_lag: 9s, empty_pages: 3, events_per_page: 10 }";
    let aws = Aws::told(&HEALTHY.replace("logs: { least_lag: 4s, most_lag: 9s }", empty));
    let seen = "id: seen, check: logs.line-seen, contains: checkout starting, in: each-task";
    let (code, report) = judged(&aws.url(), &[seen]);
    assert_tells(&told(&report, "seen"), &["passed", "2 of 2 tasks"]);
    assert_eq!(code, 0);
    assert!(aws.simulator.count("logs:FilterLogEvents") > 3);
}

#[test]
fn the_lines_of_another_container_are_read_where_it_is_named() {
    let (code, report) = judged(
        &Aws::of("healthy").url(),
        &[
            "id: shipper, check: logs.line-seen, contains: shipper ready, container: log-shipper",
            "id: app, check: logs.line-seen, contains: shipper ready, within: 0s, ingestion: 0s",
            "id: none, check: logs.line-seen, contains: shipper ready, container: shipper",
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["shipper: passed", "app: failed", "none: inconclusive"]
    );
    assert_tells(
        &told(&report, "none"),
        &["checkout:42 has no container `shipper`"],
    );
    assert_tells(&hint(&report, "none"), &["app, log-shipper"]);
    assert_eq!(code, 1);
}

#[test]
fn a_log_group_that_is_not_there_leaves_it_open() {
    let aws = Aws::of("healthy");
    let server = Server::before(&aws.simulator, |operation, _| {
        let missing = "The specified log group does not exist.";
        (operation == "FilterLogEvents").then(|| aws_error("ResourceNotFoundException", missing))
    });
    let (code, report) = judged(
        &server.url(),
        &[
            "id: seen, check: logs.line-seen, contains: heartbeat, within: 0s, ingestion: 0s",
            "id: absent, check: logs.line-absent, contains: ERROR, within: 0s, ingestion: 0s",
        ],
    );
    for id in ["seen", "absent"] {
        assert_tells(
            &told(&report, id),
            &[
                "inconclusive",
                "there is no log group `/ecs/prod-shop/checkout`",
            ],
        );
        assert_tells(&hint(&report, id), &["awslogs-group"]);
    }
    assert_eq!(code, 3);
}

#[test]
fn silence_is_no_proof_of_absence() {
    let aws = Aws::of("healthy");
    let server = Server::before(&aws.simulator, |operation, _| {
        let nothing = || {
            crate::web::answer(
                "200 OK",
                "content-type: application/x-amz-json-1.1\r\n",
                r#"{"events":[]}"#,
            )
        };
        (operation == "FilterLogEvents").then(nothing)
    });
    let absent = "id: absent, check: logs.line-absent, contains: ERROR, within: 0s, ingestion: 0s";
    let (code, report) = judged(&server.url(), &[absent]);
    assert_tells(
        &told(&report, "absent"),
        &[
            "inconclusive",
            "2 of 2 tasks wrote no line at all",
            "silence proves nothing",
        ],
    );
    assert_eq!(code, 3);
}

#[test]
fn a_container_without_awslogs_cannot_be_read() {
    let unlogged = "        health_check: { command: \"wget -qO- http://localhost:8080/health || exit 1\", interval: 10s, start_period: 20s }\n        log: { group: /ecs/prod-shop/checkout, prefix: checkout }\n";
    assert!(HEALTHY.contains(unlogged));
    let aws = Aws::told(&HEALTHY.replace(unlogged, ""));
    let (code, report) = judged(
        &aws.url(),
        &["id: seen, check: logs.line-seen, contains: x"],
    );
    assert_tells(
        &told(&report, "seen"),
        &["inconclusive: container `app` has no logConfiguration"],
    );
    assert_tells(&hint(&report, "seen"), &["awslogs"]);
    assert_eq!(code, 3);
}

#[test]
fn what_needs_a_check_that_failed_is_skipped() {
    let (code, report) = judged(
        &Aws::of("healthy").url(),
        &[
            "id: seen, check: logs.line-seen, contains: version=3, within: 0s, ingestion: 0s",
            "id: after, check: logs.line-absent, contains: ERROR, since: 'check:seen'",
        ],
    );
    assert_eq!(verdicts(&report), ["seen: failed", "after: skipped"]);
    assert_tells(&told(&report, "after"), &["it needs `seen`, which failed"]);
    assert_eq!(code, 1);
}
