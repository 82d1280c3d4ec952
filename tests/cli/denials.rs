//! AccessDenied: one action at a time, and the report names exactly that action.

use serde_json::Value;
use touchdown_simulator::{Fault, FaultKind};

use crate::aws::{Aws, REPOSITORY, checkout};
use crate::place::{Place, assert_tells, hint, told};

/// Looks at everything a run can look at, with all the time there is by default.
const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: digest, check: ecs.digest-running }
  - { id: seen, check: logs.line-seen, contains: starting }";

/// Denies one action; whoever needs it must settle at once.
fn denied(action: &str, target: &str) -> Value {
    let aws = Aws::of("healthy");
    aws.simulator.deny(action);
    let place = Place::with_suite(target);
    place.judge(&aws.url()).expect_code(3);
    let report = place.report();
    let calls = report["calls"].as_array().expect("calls");
    let failed: Vec<&Value> = calls.iter().filter(|call| call["failed"] != 0).collect();
    assert_eq!(failed.len(), 1, "{calls:?}");
    assert_eq!(failed[0]["call"], action);
    // What was denied is not asked again and again.
    assert!(failed[0]["count"].as_u64() <= Some(4), "{failed:?}");
    report
}

#[track_caller]
fn assert_denied(report: &Value, id: &str, action: &str) {
    assert_tells(
        &told(report, id),
        &[
            "inconclusive: ",
            action,
            "was denied (AccessDeniedException)",
        ],
    );
    let hint = hint(report, id);
    let says = format!(
        "AWS says: User: arn:aws:sts::210987654321:assumed-role/deploy/ci is not authorized to perform: {action} on"
    );
    assert_tells(&hint, &[&format!("Allow the action {action} "), &says]);
}

#[test]
fn what_every_check_of_a_service_needs_stops_them_all() {
    for action in [
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
    ] {
        let report = denied(action, &checkout("", CHECKS));
        for id in ["fresh", "digest", "seen"] {
            assert_denied(&report, id, action);
        }
    }
}

#[test]
fn the_registry_concerns_the_image_only() {
    let report = denied("ecr:DescribeImages", &checkout("", CHECKS));
    assert_denied(&report, "fresh", "ecr:DescribeImages");
    assert_denied(&report, "digest", "ecr:DescribeImages");
    assert_tells(&told(&report, "seen"), &["passed"]);
}

#[test]
fn manifests_are_needed_where_digests_differ() {
    let child = Aws::of("healthy").platform_digest("checkout", "2.4.0", "amd64");
    let target = format!("image: {REPOSITORY}@{child}");
    let report = denied("ecr:BatchGetImage", &checkout(&target, CHECKS));
    assert_denied(&report, "digest", "ecr:BatchGetImage");
    assert_tells(&told(&report, "seen"), &["passed"]);
}

#[test]
fn lines_concern_the_logs_only() {
    let report = denied("logs:FilterLogEvents", &checkout("", CHECKS));
    assert_denied(&report, "seen", "logs:FilterLogEvents");
    assert_tells(&told(&report, "fresh"), &["passed"]);
    assert_tells(&told(&report, "digest"), &["passed"]);
}

#[test]
fn globs_need_lists() {
    let suite = checkout("", CHECKS);
    let clusters = suite.replace("cluster: prod-shop", "cluster: prod-*");
    assert_denied(
        &denied("ecs:ListClusters", &clusters),
        "fresh",
        "ecs:ListClusters",
    );
    let services = suite.replace("service: checkout", "service: check*");
    assert_denied(
        &denied("ecs:ListServices", &services),
        "digest",
        "ecs:ListServices",
    );
}

#[test]
fn a_denial_is_an_error_in_junit_and_in_the_progress() {
    let aws = Aws::of("healthy");
    aws.simulator.deny("ecs:DescribeServices");
    let place = Place::with_suite(&checkout("", CHECKS));
    let ended = place.run(&["run", "--junit", "j.xml", "--endpoint-url", &aws.url()]);
    ended.expect_code(3);
    let junit = place.read("j.xml");
    assert_tells(
        &junit,
        &[
            "errors=\"3\"",
            "failures=\"0\"",
            "<error ",
            "ecs:DescribeServices on prod-shop/checkout was denied",
        ],
    );
    assert_tells(
        &ended.stderr,
        &["ecs:DescribeServices on prod-shop/checkout was denied"],
    );
    assert_tells(
        &ended.stdout,
        &["INCONCLUSIVE", "Allow the action ecs:DescribeServices"],
    );
}

#[test]
fn a_denial_that_comes_later_settles_what_is_still_open() {
    let aws = Aws::of("healthy");
    let mut fault = Fault::new("ecs:DescribeTasks", FaultKind::Denied);
    fault.after = jiff::SignedDuration::from_secs(2);
    aws.simulator.fault(fault);
    let place = Place::with_suite(&checkout(
        "",
        "  - { id: seen, check: logs.line-seen, contains: version=3 }",
    ));
    place.judge(&aws.url()).expect_code(3);
    assert_denied(&place.report(), "seen", "ecs:DescribeTasks");
}
