//! `touchdown doctor`, as it is told.

use touchdown_simulator::{Fault, FaultKind};

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, assert_tells, ended};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: seen, check: logs.line-seen, contains: starting }";

fn doctor(place: &Place, aws: &Aws, arguments: &[&str]) -> Ended {
    let url = aws.url();
    place.run(&[&["doctor", "--endpoint-url", &url], arguments].concat())
}

#[test]
fn a_suite_that_lacks_nothing_is_told_with_its_policy() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let ended = doctor(&place, &aws, &[]);
    let parts = [
        "READY  checkout: nothing is missing\n",
        "✔ identity     arn:aws:sts::210987654321:assumed-role/",
        "by AWS_ACCESS_KEY_ID",
        "- region       no AWS region is set",
        "- credentials  don't say when they expire",
        "✔ checkout  prod-shop/checkout in eu-west-1, checkout:42",
        "✔ ecs:DescribeServices",
        "\"arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout\"",
        "\"arn:aws:ecr:eu-west-1:210987654321:repository/checkout\"",
        "\"arn:aws:logs:eu-west-1:210987654321:log-group:/ecs/prod-shop/checkout:*\"",
    ];
    assert_tells(&ended.expect_code(0).stdout, &parts);
    let policy = doctor(&place, &aws, &["--policy"]);
    let parsed: serde_json::Value =
        serde_json::from_str(&policy.expect_code(0).stdout).expect("JSON alone");
    assert_eq!(parsed["Version"], "2012-10-17");
    assert!(ended.stdout.ends_with(&policy.stdout), "{policy:#?}");
}

#[test]
fn what_is_denied_is_named() {
    let aws = Aws::of("healthy");
    aws.simulator.deny("logs:FilterLogEvents");
    let place = Place::with_suite(&checkout("", CHECKS));
    let ended = doctor(&place, &aws, &[]);
    let parts = [
        "NOT READY",
        "✖ logs:FilterLogEvents",
        "was denied",
        "✔ ecr:DescribeImages",
    ];
    assert_tells(&ended.expect_code(3).stdout, &parts);
}

#[test]
fn a_service_that_is_not_there_leaves_the_policy_open() {
    let aws = Aws::of("healthy");
    let suite = checkout("", CHECKS).replace("service: checkout", "service: chekout");
    let ended = doctor(&Place::with_suite(&suite), &aws, &[]);
    let parts = [
        "✖ checkout  there is no service `chekout`",
        "These services exist: checkout.",
        "A target could not be looked at",
        "service/prod-shop/chekout",
    ];
    assert_tells(&ended.expect_code(3).stdout, &parts);
}

#[test]
fn who_is_nobody_is_told() {
    let aws = Aws::of("healthy");
    aws.simulator.fault(Fault::new("*", FaultKind::Expired));
    let place = Place::with_suite(&checkout("", CHECKS));
    let expired = doctor(&place, &aws, &[]);
    assert_tells(
        &expired.expect_code(3).stdout,
        &["✖ identity", "have expired"],
    );
    let url = aws.url();
    let mut command = place.touchdown(&["doctor", "--endpoint-url", &url]);
    command.env_remove("AWS_ACCESS_KEY_ID");
    let nobody = ended(command);
    assert_tells(
        &nobody.expect_code(3).stdout,
        &["there are no AWS credentials", "Set AWS_PROFILE"],
    );
}

#[test]
fn a_suite_without_aws_needs_nothing() {
    let suite = "version: 1\nchecks:\n  - { check: http.responds, url: 'http://127.0.0.1:1/' }\n";
    let place = Place::with_suite(suite);
    let mut command = place.touchdown(&["doctor"]);
    command.env_remove("AWS_ACCESS_KEY_ID");
    let ended = ended(command);
    assert_tells(
        &ended.expect_code(0).stdout,
        &["no check asks AWS anything"],
    );
    place.write("touchdown.yaml", "checks: 3");
    place.run(&["doctor"]).expect_code(2);
}
