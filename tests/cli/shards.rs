//! `touchdown run --shard` in several processes: their parts are a whole.

use serde_json::{Value, json};
use touchdown_simulator::{Fault, FaultKind};

use crate::aws::Aws;
use crate::place::{Ended, Place, assert_tells, verdicts};

/// Five targets, which are one service here, and something of everything: passed, failed,
/// inconclusive, skipped, not required, and a check of no target.
pub const SUITE: &str = "version: 1
name: shop
defaults: { within: 2s, every: 250ms }
targets:
  web: &checkout { cluster: prod-shop, service: checkout, region: eu-west-1 }
  api: *checkout
  jobs: *checkout
  mail: *checkout
  search: *checkout
checks:
  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: answers, check: http.responds, url: 'http://127.0.0.1:9/', within: 0s, required: false }
  - { id: old, check: logs.line-absent, contains: heartbeat, on: [api, mail] }
  - { id: none, check: logs.line-seen, contains: x, container: nope, on: jobs }
  - { id: digest, check: ecs.digest-running, needs: [fresh] }
  - { id: after, check: ecs.digest-running, on: jobs, needs: [none] }
";

pub fn run(place: &Place, aws: &Aws, arguments: &[&str]) -> Ended {
    let url = aws.url();
    place.run(&[&["run", "--quiet", "--endpoint-url", &url], arguments].concat())
}

/// A place in which the suite has run once whole, into `whole.json`, and once in so many shards, into
/// `1.json` and so on.
pub fn ran(shards: u32) -> (Place, Aws) {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(SUITE);
    run(&place, &aws, &["--json", "whole.json"]).expect_code(1);
    for index in 1..=shards {
        let (shard, file) = (format!("{index}/{shards}"), format!("{index}.json"));
        let ended = run(&place, &aws, &["--shard", &shard, "--json", &file]);
        let exit_code = place.json(&file)["exit_code"].as_i64();
        assert_eq!(ended.code.map(i64::from), exit_code, "{ended:#?}");
    }
    (place, aws)
}

/// A report without what differs from run to run: times, how often AWS was asked, and what its answers
/// said beside the verdicts.
fn lasting(mut report: Value) -> Value {
    let Value::Object(fields) = &mut report else {
        panic!("no report: {report:#}");
    };
    for field in ["started_at", "took_ms", "calls"] {
        fields.remove(field);
    }
    for target in fields["targets"]
        .as_object_mut()
        .expect("targets")
        .values_mut()
    {
        target.as_object_mut().expect("a target").remove("rollout");
    }
    for check in fields["checks"].as_array_mut().expect("checks") {
        let told = ["id", "kind", "name", "target", "required", "verdict"]
            .map(|field| check[field].clone());
        *check = Value::from(told.to_vec());
    }
    report
}

#[test]
fn the_shards_together_say_what_one_run_says() {
    let (place, _aws) = ran(3);
    // Whatever the order in which they are given.
    let merged = [
        "merge",
        "3.json",
        "1.json",
        "2.json",
        "--json",
        "merged.json",
    ];
    let merged = place.run(&merged);
    merged.expect_code(1);
    assert_tells(
        &merged.stdout,
        &[
            "FAILED  shop: 3 failed (1 not required), 1 inconclusive, 10 passed, 1 skipped in ",
            "✖ old@api",
            "? none",
        ],
    );
    let (whole, joined) = (place.json("whole.json"), place.json("merged.json"));
    assert_eq!(verdicts(&joined), verdicts(&whole));
    assert_eq!(lasting(joined), lasting(whole));

    let parts = [1, 2, 3].map(|index| place.json(&format!("{index}.json")));
    let plan = &parts[0]["shard"]["plan"];
    for (index, part) in (1..).zip(&parts) {
        let shard = &part["shard"];
        assert_eq!((&shard["index"], &shard["of"]), (&json!(index), &json!(3)));
        assert_eq!((&shard["checks"], &shard["plan"]), (&json!(15), plan));
        assert!(
            part["checks"]
                .as_array()
                .is_some_and(|checks| checks.len() < 15)
        );
    }
}

#[test]
fn a_shard_without_checks_says_so_and_opens_no_gate_alone() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(SUITE);
    // Of eight shards, web is in the second, and nothing in the fifth.
    let empty = run(
        &place,
        &aws,
        &["--shard", "5/8", "--json", "5.json", "--only", "fresh"],
    );
    let told = "SKIPPED  shop (only fresh): nothing to check in shard 5 of 8\n";
    assert_eq!(empty.expect_code(0).stdout, told);
    let report = place.json("5.json");
    assert_eq!(
        (&report["verdict"], &report["checks"]),
        (&json!("skipped"), &json!([]))
    );
    assert_eq!(report["calls"], json!([]), "AWS is asked nothing");

    let alone = place.run(&["merge", "5.json", "--junit", "m.xml"]);
    let told = "error: shards 1, 2, 3, 4, 6, 7, 8 of 8 are missing; ";
    assert_tells(&alone.expect_code(2).stderr, &[told]);
    assert_eq!(
        (alone.stdout.as_str(), place.path("m.xml").exists()),
        ("", false)
    );
}

#[test]
fn what_is_no_shard_is_told_before_anything_runs() {
    let place = Place::with_suite(SUITE);
    for (shard, told) in [
        ("0/4", "there is no shard 0 of 4: they count from 1 to 4"),
        ("5/4", "there is no shard 5 of 4: they count from 1 to 4"),
        (
            "1/0",
            "there is no shard 1 of 0: there must be one at least",
        ),
        ("a/b", "write it like 2/8"),
        ("3", "write it like 2/8"),
    ] {
        let ended = place.run(&["run", "--shard", shard]);
        assert_tells(
            &ended.expect_code(2).stderr,
            &[&format!("'{shard}' for '--shard <I/N>'"), told],
        );
    }
}

/// Each shard is given all baselines.
#[test]
fn a_baseline_is_missed_by_the_first_shard_alone_and_only_where_no_target_is_of_it() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(SUITE);
    let url = aws.url();
    let service = [
        "prod-shop/checkout",
        "--region",
        "eu-west-1",
        "--endpoint-url",
        &url,
    ];
    place
        .run(&[&["snapshot", "-o", "own.json"], &service[..]].concat())
        .expect_code(0);
    let stranger = place
        .read("own.json")
        .replace("prod-shop/checkout\"", "prod-shop/stranger\"");
    place.write("stranger.json", &stranger);
    let baselines = ["--baseline", "own.json", "--baseline", "stranger.json"];
    for index in 1..=8 {
        let (shard, file) = (format!("{index}/8"), format!("{index}.json"));
        run(
            &place,
            &aws,
            &[
                &["--only", "fresh", "--shard", &shard, "--json", &file],
                &baselines[..],
            ]
            .concat(),
        );
    }
    let files: Vec<String> = (1..=8).map(|index| format!("{index}.json")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let merged = place.run(&[&["merge", "--json", "m.json"], &files[..]].concat());
    merged.expect_code(3);
    let told = verdicts(&place.json("m.json"));
    assert_eq!(told.len(), 6, "{told:?}");
    assert_eq!(
        told.last().map(String::as_str),
        Some("baseline:stranger: inconclusive")
    );
}

const FLEET: &str = "version: 1
name: fleet
defaults: { within: 0s }
targets:
  shop: { cluster: prod, services: 'prod-*', region: eu-west-1 }
checks:
  - { id: complete, check: ecs.rollout-complete }
";

#[test]
fn the_services_of_a_fleet_are_shared_out() {
    let aws = Aws::fleet(24, 1.0);
    let place = Place::with_suite(FLEET);
    run(&place, &aws, &["--json", "whole.json"]);
    for index in 1..=3 {
        let (shard, file) = (format!("{index}/3"), format!("{index}.json"));
        run(&place, &aws, &["--shard", &shard, "--json", &file]);
        let checks = place.json(&file)["checks"].as_array().map_or(0, Vec::len);
        assert!((2..=14).contains(&checks), "{checks} of 24");
    }
    place.run(&[
        "merge", "1.json", "2.json", "3.json", "--json", "m.json", "--quiet",
    ]);
    let ids = |file: &str| -> Vec<String> {
        let report = place.json(file);
        let checks = report["checks"].as_array().expect("checks").iter();
        checks
            .map(|check| check["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    assert_eq!(ids("m.json"), ids("whole.json"));
    assert_eq!(ids("m.json").len(), 24);
}

/// A shard that could not list the services doesn't know which are its own, so that it can't say that
/// none is.
#[test]
fn a_shard_that_found_no_services_passes_nothing() {
    let aws = Aws::fleet(4, 1.0);
    let place = Place::with_suite(FLEET);
    run(&place, &aws, &["--shard", "1/9", "--json", "1.json"]);
    let denied = FaultKind::Denied;
    aws.simulator.fault(Fault::new("ecs:ListServices", denied));
    for index in 2..=9 {
        let (shard, file) = (format!("{index}/9"), format!("{index}.json"));
        let ended = run(&place, &aws, &["--shard", &shard, "--json", &file]);
        ended.expect_code(3);
        assert_eq!(
            verdicts(&place.json(&file)),
            ["complete@shop/prod-*: inconclusive"]
        );
    }
    let files: Vec<String> = (1..=9).map(|index| format!("{index}.json")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let merged = place.run(&[&["merge"], &files[..]].concat());
    let told = [
        "1.json (4 checks) and 2.json (1 check) are shards of different plans",
        "services that it found",
    ];
    assert_tells(&merged.expect_code(2).stderr, &told);

    run(&place, &aws, &["--shard", "1/9", "--json", "1.json"]).expect_code(3);
    let merged = place.run(&[&["merge", "--json", "m.json"], &files[..]].concat());
    merged.expect_code(3);
    assert_eq!(
        verdicts(&place.json("m.json")),
        ["complete@shop/prod-*: inconclusive"]
    );
}
