//! `touchdown merge`: what saved reports make together, and which of them make no whole.

use serde_json::Map;
use touchdown::report::Format;

use crate::aws::Aws;
use crate::place::{Place, argument, assert_tells, check, ended};
use crate::shards::{SUITE, ran, run};

#[test]
fn every_format_can_be_had_of_the_whole() {
    let (place, _aws) = ran(2);
    place
        .run(&["merge", "1.json", "2.json", "--json", "m.json"])
        .expect_code(1);
    for format in Format::ALL {
        let shown = ["--format", format.name()];
        let merged = place.run(&[&["merge", "1.json", "2.json"], &shown[..]].concat());
        merged.expect_code(if format == Format::Nagios { 2 } else { 1 });
        let rendered = place.run(&[&["render", "m.json"], &shown[..]].concat());
        assert_eq!(merged.stdout, rendered.stdout, "{format}");
    }
    let events = place.run(&["merge", "1.json", "2.json", "--format", "jsonl"]);
    assert_tells(
        &events.expect_code(2).stderr,
        &["`--format json` is the whole"],
    );
}

#[test]
fn one_of_the_reports_may_come_by_standard_input() {
    let (place, _aws) = ran(2);
    let merged = place.run_reading(&["merge", "1.json", "-", "--quiet"], &place.read("2.json"));
    assert_tells(
        &merged.expect_code(1).stdout,
        &["FAILED  shop: 3 failed (1 not required), 1 inconclusive, 10 passed, 1 skipped in "],
    );
    let twice = place.run(&["merge", "-", "-"]);
    assert_tells(
        &twice.expect_code(2).stderr,
        &["only one report can come by standard input"],
    );
}

#[test]
fn reports_that_do_not_make_a_whole_are_refused() {
    let (place, aws) = ran(2);
    run(
        &place,
        &aws,
        &["--shard", "2/2", "--only", "fresh", "--json", "less.json"],
    );
    let later = place
        .read("2.json")
        .replace("\"version\": 1", "\"version\": 2");
    place.write("later.json", &later);
    place.write("cut.json", &place.read("2.json")[..400]);
    let other = place
        .read("whole.json")
        .replace("\"shop\"", "\"\\u001b[2J::error::x\"");
    place.write("other.json", &other);
    for (files, told) in [
        (
            &["1.json"][..],
            "error: shard 2 of 2 is missing; a suite is judged when all of its shards are",
        ),
        (
            &["1.json", "2.json", "1.json"],
            "are both shard 1 of 2; of a shard that was run again, give the later",
        ),
        (
            &["1.json", "less.json"],
            "1.json (15 checks) and less.json (5 checks) are shards of different plans",
        ),
        (
            &["1.json", "whole.json"],
            "1.json is shard 1 of 2, and whole.json is no shard",
        ),
        (
            &["whole.json", "whole.json"],
            "the check `fresh@web` is in whole.json and in whole.json",
        ),
        (
            &["whole.json", "other.json"],
            "other.json is of `␛[2J::error::x`; `--name NAME` joins",
        ),
        (
            &["1.json", "later.json"],
            "error: later.json can't be merged: it is a report of version 2",
        ),
        (
            &["1.json", "cut.json"],
            "error: cut.json can't be merged: it was cut off",
        ),
        (
            &["1.json", "nowhere.json"],
            "error: cannot read nowhere.json",
        ),
    ] {
        let ended = place.run(&[&["merge"], files, &["--html", "m.html"]].concat());
        let stderr = &ended.expect_code(2).stderr;
        assert_tells(stderr, &[told]);
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(
            (ended.stdout.as_str(), place.path("m.html").exists()),
            ("", false)
        );
    }
    let none = place.run(&["merge"]);
    assert_tells(&none.expect_code(2).stderr, &["<REPORT.json>..."]);
}

#[test]
fn on_github_the_gate_tells_what_is_wrong() {
    let (place, _aws) = ran(2);
    let summary = place.path("summary.md");
    let mut command = place.touchdown(&["merge", "1.json", "2.json", "--markdown", "m.md"]);
    command.envs([
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_STEP_SUMMARY", argument(&summary)),
    ]);
    let told = ended(command);
    assert_tells(
        &told.expect_code(1).stderr,
        &["::error title=touchdown%3A old@api failed::"],
    );
    assert_eq!(place.read("summary.md"), place.read("m.md"));
}

#[test]
fn reports_of_different_suites_are_joined_under_a_name() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(SUITE);
    run(&place, &aws, &["--only", "fresh", "--json", "a.json"]).expect_code(0);
    place.write(
        "touchdown.yaml",
        &SUITE
            .replace("name: shop", "name: other")
            .replace("fresh", "new"),
    );
    run(&place, &aws, &["--only", "new", "--json", "b.json"]).expect_code(0);
    let merged = place.run(&[
        "merge", "a.json", "b.json", "--name", "both", "--json", "m.json",
    ]);
    assert_tells(&merged.expect_code(0).stdout, &["PASSED  both: 10 passed"]);
    let merged = place.json("m.json");
    assert_eq!(merged["targets"].as_object().map(Map::len), Some(5));
    check(&merged, "new@web");
}
