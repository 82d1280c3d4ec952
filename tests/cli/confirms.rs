//! `touchdown confirm`: the chain, on services that are well and on those that aren't.

use crate::aws::{Aws, HEALTHY};
use crate::place::{Ended, Place, assert_tells, check, told, verdicts};

const SERVICE: [&str; 3] = ["prod-shop/checkout", "--region", "eu-west-1"];
const DASHBOARD: [&str; 3] = [
    "HcTapStack-*/HcTapStack-Dashboard*",
    "--region",
    "us-east-1",
];

/// What one look may cost, names that are globs apart.
const MOST_CALLS: usize = 12;

fn confirm(place: &Place, aws: &Aws, arguments: &[&str]) -> Ended {
    let url = aws.url();
    let rest = ["--json", "report.json", "--endpoint-url", &url];
    place.run(&[&["confirm"], arguments, &rest[..]].concat())
}

#[test]
fn a_service_that_is_well_passes_in_one_look() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let ended = confirm(&place, &aws, &SERVICE);
    let parts = ["PASSED  what was pushed is deployed", "✔ running"];
    assert_tells(&ended.expect_code(0).stdout, &parts);
    assert_eq!(ended.stderr, "", "one look has no progress");
    let report = place.report();
    for check in report["checks"].as_array().expect("checks") {
        let looks = check["attempts"].as_array().map(Vec::len);
        assert!(looks <= Some(1), "{check:#}");
    }
    let quiet = confirm(&place, &aws, &[&SERVICE[..], &["--quiet"]].concat());
    assert_eq!(quiet.expect_code(0).stdout.lines().count(), 1);
}

#[test]
fn a_look_at_two_containers_costs_at_most_twelve_calls() {
    let scenario = HEALTHY.replace("        essential: false\n", "");
    let aws = Aws::told(&scenario);
    let place = Place::new();
    confirm(&place, &aws, &SERVICE).expect_code(0);
    let calls: Vec<String> = aws
        .simulator
        .requests()
        .into_iter()
        .map(|asked| asked.call)
        .collect();
    assert!(
        calls.len() <= MOST_CALLS,
        "{} calls: {calls:#?}",
        calls.len()
    );
    assert_tells(&told(&place.report(), "running"), &["passed"]);
}

#[test]
fn a_link_that_makes_no_sense_is_left_out_and_said() {
    let lines = HEALTHY.split_inclusive('\n');
    let scenario: String = lines
        .filter(|line| !line.contains("health_check: "))
        .collect();
    let place = Place::new();
    let ended = confirm(&place, &Aws::told(&scenario), &SERVICE);
    let parts = [
        "- healthy",
        "not looked at: no essential container has a health check",
    ];
    assert_tells(&ended.expect_code(0).stdout, &parts);
    let healthy = check(&place.report(), "healthy").clone();
    assert_eq!(
        (&healthy["verdict"], &healthy["required"]),
        (&"skipped".into(), &false.into())
    );
}

#[test]
fn a_stale_tag_is_told_with_the_command_that_mends_it() {
    let aws = Aws::of("stale-tag");
    let place = Place::new();
    let ended = confirm(&place, &aws, &DASHBOARD);
    let parts = [
        "FAILED  ",
        "the chain breaks at `",
        "Do this: Force a new deployment:\n  aws ecs update-service --cluster HcTapStack-",
        "--region us-east-1 --force-new-deployment\n",
    ];
    assert_tells(&ended.expect_code(1).stdout, &parts);
    assert_eq!(check(&place.report(), "running")["verdict"], "failed");

    aws.simulator
        .perform("fix")
        .expect("an action of the scenario");
    aws.simulator.advance(std::time::Duration::from_secs(600));
    confirm(&place, &aws, &DASHBOARD).expect_code(0);
}

#[test]
fn it_waits_where_it_is_told_to() {
    let place = Place::new();
    let fixed = |speed| {
        let aws = Aws::at_speed("stale-tag", speed);
        let fixed = aws.simulator.perform("fix");
        fixed.expect("an action of the scenario");
        aws
    };
    let at_once = confirm(&place, &fixed(1.0), &DASHBOARD);
    at_once.expect_code(1);
    let aws = fixed(60.0);
    let waited = confirm(&place, &aws, &[&DASHBOARD[..], &["--wait", "30s"]].concat());
    waited.expect_code(0);
    assert_tells(&waited.stderr, &["looking, for up to 30s"]);
}

#[test]
fn the_image_and_the_time_can_be_given() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let image = format!("{}:2.3.1", crate::aws::REPOSITORY);
    confirm(&place, &aws, &[&SERVICE[..], &["--image", &image]].concat()).expect_code(1);
    assert_tells(&told(&place.report(), "running"), &["failed: ", "2.3.1"]);
    let since = ["--since", "2025-11-20T09:20:00Z"];
    confirm(&place, &aws, &[&SERVICE[..], &since].concat()).expect_code(1);
    assert_tells(&told(&place.report(), "started"), &["before `not_before`"]);
}

#[test]
fn a_rollback_is_said_once() {
    let aws = Aws::of("rollback-completed");
    aws.simulator.advance(std::time::Duration::from_secs(3600));
    let place = Place::new();
    let service = ["prod-payments/payments-api", "--region", "eu-central-1"];
    let ended = confirm(&place, &aws, &service);
    let parts = ["FAILED  ", "payments-api:119", "payments-api:118"];
    assert_tells(&ended.expect_code(1).stdout, &parts);
    assert_eq!(
        ended.stdout.matches("✖").count(),
        0,
        "no single link: {ended:#?}"
    );
    assert_tells(
        ended.stdout.lines().next().unwrap_or_default(),
        &["rolled back"],
    );
}

#[test]
fn what_concerns_every_link_is_said_once() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let none = confirm(
        &place,
        &aws,
        &["prod-shop/chekout", "--region", "eu-west-1"],
    );
    let parts = [
        "INCONCLUSIVE  there is no service `chekout`",
        "These services exist: checkout.",
    ];
    assert_tells(&none.expect_code(3).stdout, &parts);
    assert_eq!(
        none.stdout.matches("there is no service").count(),
        1,
        "{none:#?}"
    );
    aws.simulator.deny("ecs:DescribeServices");
    let denied = confirm(&place, &aws, &SERVICE);
    let parts = [
        "ecs:DescribeServices on prod-shop/checkout was denied",
        "next: Allow the action ecs:DescribeServices",
    ];
    assert_tells(&denied.expect_code(3).stdout, &parts);
}

#[test]
fn one_link_that_cannot_be_looked_at_leaves_the_rest() {
    let aws = Aws::of("healthy");
    aws.simulator.deny("ecr:DescribeImages");
    let place = Place::new();
    let ended = confirm(&place, &aws, &SERVICE);
    assert_tells(
        &ended.expect_code(3).stdout,
        &["INCONCLUSIVE", "ecr:DescribeImages"],
    );
}

#[test]
fn reports_and_baselines_are_as_for_run() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let url = aws.url();
    let snapshot = [
        &["snapshot", "-o", "b.json", "--endpoint-url", &url],
        &SERVICE[..],
    ]
    .concat();
    place.run(&snapshot).expect_code(0);
    let with_baseline = [&SERVICE[..], &["--baseline", "b.json"]].concat();
    confirm(&place, &aws, &with_baseline).expect_code(1);
    let same = "nothing was deployed since the baseline";
    assert_tells(&told(&place.report(), "replaced"), &["failed: ", same]);

    let again = aws.simulator.perform("deploy-again");
    again.expect("an action of the scenario");
    aws.simulator.advance(std::time::Duration::from_secs(600));
    let junit = ["--junit", "j.xml", "--format", "junit"];
    let ended = confirm(&place, &aws, &[&with_baseline[..], &junit].concat());
    assert_eq!(ended.expect_code(0).stdout, place.read("j.xml"));
    let count = verdicts(&place.report()).len();
    assert_tells(&ended.stdout, &[&format!("tests=\"{count}\"")]);
    for (arguments, part) in [
        (&["--baseline", "none.json"][..], "cannot read none.json"),
        (&["--json", "no/where.json"], "does not exist"),
        (&["--since", "yesterday"], "write it with its zone"),
        (&["--image", "re po"], "is not an image"),
        (&["--wait", "long"], "--wait"),
    ] {
        let ended = confirm(&place, &aws, &[&SERVICE[..], arguments].concat());
        assert_tells(&ended.expect_code(2).stderr, &["error: ", part]);
    }
}
