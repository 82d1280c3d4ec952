//! Credentials, region and the other settings that the AWS environment gives.

use std::process::Command;

use touchdown_simulator::{Fault, FaultKind};

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, ended, hint, told};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }";

/// Judges the healthy service in an environment of its own; gives the verdict and the hint.
fn judged(aws: &Aws, suite: &str, environment: impl Fn(&mut Command)) -> (String, String) {
    let place = Place::with_suite(suite);
    let mut command =
        place.touchdown(&["run", "--json", "report.json", "--endpoint-url", &aws.url()]);
    environment(&mut command);
    let ended = ended(command);
    // At once: waiting can't mend what is wrong.
    ended.expect_code(3);
    let report = place.report();
    (told(&report, "fresh"), hint(&report, "fresh"))
}

fn healthy() -> String {
    checkout("", CHECKS)
}

#[test]
fn expired_and_unrecognized_credentials_are_told_apart() {
    let aws = Aws::of("healthy");
    aws.simulator.fault(Fault::new("*", FaultKind::Expired));
    let (told, hint) = judged(&aws, &healthy(), |_| {});
    assert_tells(
        &told,
        &[
            "inconclusive: ecs:DescribeServices on prod-shop/checkout",
            "have expired (ExpiredTokenException)",
        ],
    );
    assert_tells(&hint, &["Renew them", "aws sso login"]);

    aws.simulator.end_faults();
    aws.simulator
        .fault(Fault::new("*", FaultKind::Unrecognized));
    let (told, hint) = judged(&aws, &healthy(), |_| {});
    assert_tells(
        &told,
        &["does not accept the credentials (UnrecognizedClientException)"],
    );
    assert_tells(&hint, &["AWS_ACCESS_KEY_ID"]);
}

#[test]
fn no_credentials_are_told_before_anything_is_asked() {
    let aws = Aws::of("healthy");
    let (told, hint) = judged(&aws, &healthy(), |command| {
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY");
    });
    assert_tells(
        &told,
        &[
            "inconclusive: ecs:DescribeServices on prod-shop/checkout was not asked",
            "there are no AWS credentials",
        ],
    );
    assert_tells(&hint, &["AWS_PROFILE", "aws sts get-caller-identity"]);
    assert_eq!(aws.simulator.requests(), []);
}

#[test]
fn an_access_key_without_its_secret_is_no_credential() {
    let (told, hint) = judged(&Aws::of("healthy"), &healthy(), |command| {
        command.env_remove("AWS_SECRET_ACCESS_KEY");
    });
    assert_tells(
        &told,
        &["inconclusive: ecs:DescribeServices on prod-shop/checkout was not asked"],
    );
    assert_tells(&hint, &["AWS_SECRET_ACCESS_KEY"]);
}

#[test]
fn no_region_is_told_and_the_environments_will_do() {
    let aws = Aws::of("healthy");
    let anywhere = healthy().replace("    region: eu-west-1\n", "");
    let (told, hint) = judged(&aws, &anywhere, |_| {});
    assert_tells(&told, &["inconclusive: no AWS region is set"]);
    assert_tells(&hint, &["`region:`", "AWS_REGION"]);

    let place = Place::with_suite(&anywhere);
    let mut command =
        place.touchdown(&["run", "--json", "report.json", "--endpoint-url", &aws.url()]);
    command.env("AWS_REGION", "eu-west-1");
    ended(command).expect_code(0);
    assert_eq!(place.report()["targets"]["checkout"]["region"], "eu-west-1");
}

#[test]
fn another_region_has_no_such_cluster() {
    let elsewhere = healthy().replace("eu-west-1", "us-east-1");
    let (told, hint) = judged(&Aws::of("healthy"), &elsewhere, |_| {});
    assert_tells(&told, &["inconclusive: there is no cluster `prod-shop`"]);
    assert_tells(&hint, &["region"]);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let (told, hint) = judged(&Aws::of("healthy"), &healthy(), |command| {
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("AWS_PROFILE", "staging");
    });
    assert_tells(
        &told,
        &["inconclusive: there is no AWS profile `staging` (AWS_PROFILE)"],
    );
    assert_tells(&hint, &["profile"]);
}

#[test]
fn a_profile_gives_credentials_and_region() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&healthy().replace("    region: eu-west-1\n", ""));
    let folder = place.home().join(".aws");
    std::fs::create_dir(&folder).expect("a new folder");
    let profile =
        "[profile staging]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n";
    std::fs::write(folder.join("config"), profile).expect("a file");
    let mut command =
        place.touchdown(&["run", "--json", "report.json", "--endpoint-url", &aws.url()]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_PROFILE", "staging");
    ended(command).expect_code(0);
}

#[test]
fn settings_that_make_no_sense_are_named() {
    for (name, value, told_as) in [
        ("AWS_MAX_ATTEMPTS", "0", "AWS_MAX_ATTEMPTS is `0`"),
        ("AWS_MAX_ATTEMPTS", "many", "AWS_MAX_ATTEMPTS is `many`"),
        ("AWS_RETRY_MODE", "odd", "AWS_RETRY_MODE is `odd`"),
    ] {
        let (told, hint) = judged(&Aws::of("healthy"), &healthy(), |command| {
            command.env(name, value);
        });
        assert_tells(&told, &["inconclusive: ", told_as]);
        assert_tells(&hint, &[&format!("Set {name} to"), "or unset it"]);
    }
}

#[test]
fn the_endpoint_may_come_from_the_environment() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&healthy());
    let mut command = place.touchdown(&["run"]);
    command.env("AWS_ENDPOINT_URL", aws.url());
    ended(command).expect_code(0);
    // The option goes before it.
    let mut command = place.touchdown(&["run", "--endpoint-url", &aws.url()]);
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    ended(command).expect_code(0);
}
