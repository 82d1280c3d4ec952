//! `ecs.tasks-started-after-push`, in each of its verdicts.

use crate::aws::{Aws, HEALTHY, REPOSITORY, checkout};
use crate::place::{Place, assert_tells, hint, told};

const FRESH: &str = "  - { id: fresh, check: ecs.tasks-started-after-push, within: 0s }";

fn judged(aws: &Aws, more: &str) -> (i32, String, String) {
    let place = Place::with_suite(&checkout(more, FRESH));
    let ended = place.judge(&aws.url());
    let report = place.report();
    let code = ended.code.expect("an exit code");
    assert_eq!(report["exit_code"], code, "{ended:?}");
    (code, told(&report, "fresh"), hint(&report, "fresh"))
}

#[test]
fn tasks_younger_than_the_image_pass() {
    let (code, told, _) = judged(&Aws::of("healthy"), "");
    let push = "the push of checkout:2.4.0 (2025-11-20 09:12:07 UTC)";
    assert_tells(&told, &["passed: 2 of 2 tasks started after", push]);
    assert_eq!(code, 0);
}

#[test]
fn an_image_pushed_afterwards_fails_them_all_with_the_command_that_mends_it() {
    let moved = HEALTHY.replace("immutable: true", "immutable: false");
    let aws = Aws::told(&moved);
    let push = "steps: [{ push: { image: checkout-2.3.1, tags: [2.4.1] } }]";
    aws.simulator.perform_yaml(push).expect("a push");
    // A digest keeps the time of its first push, so the image is found by the suite's time.
    let (code, told, hint) = judged(&aws, "not_before: 2025-11-20T09:29:00Z");
    assert_tells(
        &told,
        &[
            "failed: 2 of 2 tasks: task ",
            " before `not_before` (2025-11-20 09:29:00 UTC)",
        ],
    );
    let command =
        "aws ecs update-service --cluster prod-shop --service checkout --region eu-west-1";
    assert_tells(&hint, &[command, "--force-new-deployment"]);
    assert_eq!(code, 1);
}

#[test]
fn not_before_stands_in_for_the_push() {
    let (code, told, _) = judged(&Aws::of("healthy"), "not_before: 2025-11-20T09:13:00Z");
    assert_tells(&told, &["passed: 2 of 2 tasks started after `not_before`"]);
    assert_eq!(code, 0);
}

#[test]
fn while_tasks_start_it_waits() {
    let aws = Aws::of("healthy");
    aws.simulator.perform("deploy-again").expect("an action");
    let (code, told, hint) = judged(&aws, "");
    assert_tells(
        &told,
        &["failed: ", "0 of 2 tasks of the deployment run so far"],
    );
    assert_tells(&hint, &["see the service's events"]);
    assert_eq!(code, 1);
}

#[test]
fn a_service_that_wants_no_task_verifies_nothing() {
    let aws = Aws::of("healthy");
    let down = "steps: [{ update_service: { service: checkout, desired: 0 } }]";
    aws.simulator.perform_yaml(down).expect("a step");
    aws.simulator.advance(std::time::Duration::from_secs(300));
    let (code, told, _) = judged(&aws, "");
    assert_tells(
        &told,
        &["failed", "no task is wanted", "nothing is verified"],
    );
    assert_eq!(code, 1);
}

#[test]
fn an_unknown_push_is_no_pass() {
    let elsewhere = HEALTHY.replace(
        "image: log-shipper:1.9",
        "image: 127.0.0.1:9/fluent/fluent-bit:3.1",
    );
    let (code, told, hint) = judged(&Aws::told(&elsewhere), "containers: [log-shipper]");
    let unasked = "127.0.0.1:9 could not be asked about 127.0.0.1:9/fluent/fluent-bit: ";
    assert_tells(&told, &["inconclusive", unasked]);
    assert!(!hint.is_empty());
    assert_eq!(code, 3);
}

#[test]
fn an_image_that_is_not_there_fails_at_the_deadline() {
    let (code, told, _) = judged(&Aws::of("healthy"), &format!("image: {REPOSITORY}:2.5.0"));
    assert_tells(&told, &["failed: ", "the expected image", "is not in ECR"]);
    assert_eq!(code, 1);
}

#[test]
fn a_roll_back_by_hand_is_judged_by_what_the_suite_expects() {
    let aws = Aws::of("healthy");
    aws.simulator.perform("roll-back").expect("an action");
    aws.simulator.advance(std::time::Duration::from_secs(300));
    let place = Place::with_suite(&checkout(
        &format!("image: {REPOSITORY}:2.4.0"),
        &format!("{FRESH}\n  - {{ id: digest, check: ecs.digest-running, within: 0s }}"),
    ));
    place.judge(&aws.url()).expect_code(1);
    // Started after the push, and nevertheless the old image: why the two go together.
    let report = place.report();
    assert_tells(
        &told(&report, "digest"),
        &["failed: 2 of 2 tasks", "`2.4.0`"],
    );
    assert_tells(&hint(&report, "digest"), &["checkout:41 names"]);
}
