//! `touchdown snapshot`, and `run --baseline`.

use serde_json::json;

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, assert_tells, hint, told, verdicts};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }";
const SERVICE: &str = "prod-shop/checkout";
const REGION: [&str; 2] = ["--region", "eu-west-1"];

fn snapshot(place: &Place, aws: &Aws, arguments: &[&str]) -> Ended {
    let url = aws.url();
    let endpoint = ["--endpoint-url", &url];
    place.run(&[&["snapshot"], arguments, &endpoint[..]].concat())
}

/// A place with the baseline of the scenario `healthy` in `before.json`.
fn recorded(aws: &Aws) -> Place {
    let place = Place::with_suite(&checkout("", CHECKS));
    let arguments = [&[SERVICE, "-o", "before.json"], &REGION[..]].concat();
    snapshot(&place, aws, &arguments).expect_code(0);
    place
}

#[test]
fn what_runs_is_recorded_in_a_file() {
    let aws = Aws::of("healthy");
    let digest = aws.digest("checkout", "2.4.0");
    let place = Place::new();
    let arguments = [&[SERVICE, "-o", "before.json"], &REGION[..]].concat();
    let ended = snapshot(&place, &aws, &arguments);
    assert_eq!(ended.expect_code(0).stdout, "");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:#?}");
    let parts = [
        "recorded prod-shop/checkout: deployment ecs-svc/",
        "checkout:42, 2 tasks, app runs sha256:",
        "written to before.json",
    ];
    assert_tells(&ended.stderr, &parts);
    let baseline = place.json("before.json");
    assert_eq!(baseline["version"], 1);
    assert_eq!(
        baseline["service"],
        "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout"
    );
    let image = format!("{}:2.4.0", crate::aws::REPOSITORY);
    assert_eq!(
        baseline["images"],
        json!({ "app": { "image": image, "digest": digest } })
    );
    assert_eq!(baseline["tasks"].as_array().map(Vec::len), Some(2));
    assert_eq!(place.files(), ["before.json"]);
}

#[test]
fn names_globs_and_arns_say_which_service() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let arn = "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout";
    let written = |arguments: &[&str]| {
        let ended = snapshot(&place, &aws, &[arguments, &["--quiet"]].concat());
        assert_eq!(ended.expect_code(0).stderr, "");
        let mut baseline: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
        baseline["taken_at"].take();
        baseline
    };
    let by_arn = written(&[arn]);
    for name in [
        SERVICE,
        "prod-*/check*",
        "prod-shop/arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout",
    ] {
        assert_eq!(written(&[&[name], &REGION[..]].concat()), by_arn, "{name}");
    }
}

#[test]
fn what_cannot_be_looked_at_leaves_no_file() {
    let denied = Aws::of("healthy");
    denied.simulator.deny("ecs:DescribeTasks");
    let aws = Aws::of("healthy");
    for (aws, service, parts) in [
        (
            &denied,
            SERVICE,
            [
                "ecs:DescribeTasks on 4 tasks of prod-shop was denied",
                "next: Allow the action",
            ],
        ),
        (
            &aws,
            "prod-shop/chekout",
            [
                "there is no service `chekout` in cluster `prod-shop`",
                "These services exist: checkout.",
            ],
        ),
        (
            &aws,
            "prod-store/checkout",
            [
                "there is no cluster `prod-store`",
                "These clusters exist: prod-shop.",
            ],
        ),
        (
            &aws,
            "prod-shop/web-*",
            [
                "`web-*` matches none of the 1 services",
                "These services exist: checkout.",
            ],
        ),
    ] {
        let place = Place::new();
        let arguments = [&[service, "-o", "before.json"], &REGION[..]].concat();
        let ended = snapshot(&place, aws, &arguments);
        assert_tells(&ended.expect_code(3).stderr, &parts);
        assert_eq!((place.files().len(), &*ended.stdout), (0, ""), "{ended:#?}");
    }
}

#[test]
fn bad_arguments_are_told_before_anything_is_asked() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let arn = "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout";
    for (arguments, part) in [
        (&["checkout"][..], "write it like CLUSTER/SERVICE"),
        (
            &["arn:aws:ecs:eu-west-1:1:service/web"],
            "doesn't name its cluster",
        ),
        (&["prod-[shop/checkout"], "is not a glob"),
        (&[SERVICE, "--region", "eu west"], "write it like us-east-1"),
        (
            &[arn, "--region", "us-east-1"],
            "this service is in the region `eu-west-1`, not `us-east-1`",
        ),
        (
            &[SERVICE, "-o", "nowhere/b.json"],
            "the directory nowhere does not exist",
        ),
    ] {
        let ended = snapshot(&place, &aws, arguments);
        assert_tells(&ended.expect_code(2).stderr, &["error: ", part]);
    }
    assert_eq!(aws.simulator.requests(), []);
}

#[test]
fn a_baseline_of_the_target_is_taken() {
    let aws = Aws::of("healthy");
    let place = recorded(&aws);
    let url = aws.url();
    let arguments = ["run", "--baseline", "before.json", "--endpoint-url", &url];
    place.run(&arguments).expect_code(0);
}

#[test]
fn a_baseline_of_no_target_is_never_passed_over() {
    let aws = Aws::of("healthy");
    let place = recorded(&aws);
    let other = place
        .read("before.json")
        .replace("prod-shop/checkout", "prod-shop/web");
    place.write("other.json", &other);
    let url = aws.url();
    let reports = ["--json", "report.json", "--junit", "junit.xml"];
    let both = ["--baseline", "before.json", "--baseline", "other.json"];
    let ended = place.run(&[&["run", "--endpoint-url", &url], &both[..], &reports].concat());
    assert_tells(
        &ended.expect_code(3).stdout,
        &["INCONCLUSIVE", "? baseline:web"],
    );
    let report = place.report();
    assert_eq!(
        verdicts(&report),
        ["fresh: passed", "baseline:web: inconclusive"]
    );
    let parts = [
        "nothing was compared with the baseline of arn:aws:ecs",
        "service/prod-shop/web",
        "no target",
    ];
    assert_tells(&told(&report, "baseline:web"), &parts);
    assert_tells(
        &hint(&report, "baseline:web"),
        &["touchdown snapshot CLUSTER/SERVICE -o FILE"],
    );
    assert_tells(&place.read("junit.xml"), &["errors=\"1\""]);
}

#[test]
fn what_is_no_baseline_is_told_before_anything_is_asked() {
    let aws = Aws::of("healthy");
    let place = recorded(&aws);
    let newer = place
        .read("before.json")
        .replace("\"version\": 1", "\"version\": 2");
    place.write("newer.json", &newer);
    place.write("cut.json", &newer[..60]);
    place.write("twin.json", &place.read("before.json"));
    let before = aws.simulator.requests().len();
    let url = aws.url();
    for (files, parts) in [
        (&["missing.json"][..], &["cannot read missing.json"][..]),
        (
            &["cut.json"],
            &["cut.json can't be used: it is no baseline"],
        ),
        (
            &["newer.json"],
            &[
                "newer.json can't be used: it is of version 2",
                "reads version 1",
            ],
        ),
        (&["touchdown.yaml"], &["touchdown.yaml can't be used"]),
        (
            &["before.json", "twin.json"],
            &["before.json and twin.json are baselines of one service"],
        ),
    ] {
        let mut arguments = vec!["run", "--endpoint-url", &url];
        arguments.extend(files.iter().flat_map(|file| ["--baseline", file]));
        assert_tells(&place.run(&arguments).expect_code(2).stderr, parts);
    }
    assert_eq!(aws.simulator.requests().len(), before);
}
