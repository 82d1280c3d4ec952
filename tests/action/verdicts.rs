//! What the step tells and how it ends, for each verdict.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, ended};
use crate::step::Step;

const FRESH: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }";
const REPORTS: [&str; 4] = ["html", "json", "junit", "markdown"];

/// The step on the scenario `healthy` or a like one, with these checks.
fn on(aws: &Aws, checks: &str) -> Step {
    Step::run(Place::with_suite(&checkout("", checks))).variable("AWS_ENDPOINT_URL", &aws.url())
}

/// Asserts on the verdict and the exit code that were told, and that every report is where it
/// is said to be.
#[track_caller]
fn assert_told(step: &Step, verdict: &str, code: &str) {
    let outputs = step.outputs();
    let mut names: Vec<&str> = outputs.keys().map(String::as_str).collect();
    names.retain(|name| !["exit-code", "verdict"].contains(name));
    assert_eq!(names, REPORTS);
    assert_eq!(
        (&*outputs["verdict"], &*outputs["exit-code"]),
        (verdict, code)
    );
    for name in REPORTS {
        let told = std::fs::read_to_string(&outputs[name]).expect("a report");
        assert!(told.contains(verdict) || name != "json", "{name}: {told}");
        assert!(!told.is_empty(), "{name}");
    }
}

#[test]
fn green() {
    let aws = Aws::of("healthy");
    let step = on(&aws, FRESH);
    step.end().expect_code(0);
    assert_told(&step, "passed", "0");
    assert_tells(&step.told("summary"), &["PASSED", "fresh"]);
}

#[test]
fn red_is_told_with_every_report_and_fails_the_step() {
    let aws = Aws::of("healthy");
    let step = on(
        &aws,
        "  - { check: logs.line-absent, contains: checkout starting, within: 1s }",
    );
    let ended = step.end();
    assert_tells(
        &ended.expect_code(1).stdout,
        &["FAILED", "checkout starting version=2.4.0"],
    );
    assert_told(&step, "failed", "1");
    let summary = step.told("summary");
    assert_tells(&summary, &["FAILED", "checkout starting version=2.4.0"]);
}

#[test]
fn inconclusive_fails_the_step_unless_the_workflow_lets_it_through() {
    let aws = Aws::of("healthy");
    aws.simulator.deny("ecs:DescribeTasks");
    let step = on(&aws, FRESH);
    step.end().expect_code(3);
    assert_told(&step, "inconclusive", "3");

    let step = on(&aws, FRESH).input("fail-on-inconclusive", "false");
    let ended = step.end();
    assert_tells(
        &ended.expect_code(0).stdout,
        &["::warning title=touchdown::inconclusive"],
    );
    assert_told(&step, "inconclusive", "3");
}

/// What is broken never goes through, whatever the input says.
#[test]
fn red_is_red_where_inconclusive_goes_through() {
    let aws = Aws::of("healthy");
    let absent = "  - { check: logs.line-absent, contains: checkout starting, within: 1s }";
    let step = on(&aws, absent).input("fail-on-inconclusive", "false");
    step.end().expect_code(1);
    assert_told(&step, "failed", "1");
}

#[test]
fn an_error_in_the_suite_tells_no_report_of_an_earlier_run() {
    let aws = Aws::of("healthy");
    let step = on(&aws, FRESH);
    step.end().expect_code(0);
    step.place
        .write("touchdown.yaml", "version: 1\nchecks: []\n");
    step.place
        .write("touchdown-report/notes.txt", "of somebody else");

    let again = Step::run(step.place).variable("AWS_ENDPOINT_URL", &aws.url());
    again.end().expect_code(2);
    let outputs = again.outputs();
    assert_eq!(outputs.len(), 2, "{outputs:?}");
    assert_eq!(
        (&*outputs["verdict"], &*outputs["exit-code"]),
        ("error", "2")
    );
    let left = std::fs::read_dir(again.place.path("touchdown-report")).expect("a folder");
    assert_eq!(left.count(), 1, "nothing but somebody else's file");
}

/// GitHub signals the shell alone, and kills everything ten seconds later.
#[test]
fn a_cancelled_job_leaves_what_is_known() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let aws = Aws::of("healthy");
        let waiting = "  - { id: seen, check: logs.line-seen, contains: never }";
        let step = on(&aws, waiting);
        let mut command = step.command();
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut shell = command.spawn().expect("a process");
        let mut said = BufReader::new(shell.stderr.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("seen: not yet") {
            line.clear();
            assert_ne!(
                said.read_line(&mut line).expect("text"),
                0,
                "it waits for the line"
            );
        }
        let mut kill = std::process::Command::new("kill");
        kill.args([signal, &shell.id().to_string()]);
        assert_eq!(ended(kill).code, Some(0));
        said.read_to_string(&mut line).expect("text");
        assert_eq!(shell.wait().expect("an end").code(), Some(code), "{line}");
        let outputs = step.outputs();
        assert_eq!(outputs["verdict"], "interrupted");
        assert_eq!(outputs["exit-code"], code.to_string());
        for name in REPORTS {
            assert!(std::path::Path::new(&outputs[name]).exists(), "{name}");
        }
    }
}

/// The recipe: record, deploy, and compare with what was recorded.
#[test]
fn a_snapshot_is_what_a_later_step_compares_with() {
    let aws = Aws::of("healthy");
    let replaced = "  - { id: replaced, check: ecs.tasks-replaced, within: 1s }";
    let before = on(&aws, replaced)
        .input("command", "snapshot")
        .input("service", "prod-shop/checkout")
        .variable("AWS_REGION", "eu-west-1");
    before.end().expect_code(0);
    let told = before.outputs();
    let names: Vec<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(names, ["baseline", "exit-code"]);
    assert!(told["baseline"].ends_with("/touchdown-report/baseline-prod-shop-checkout.json"));

    // Nothing was deployed: the tasks are those of before.
    let after = on(&aws, replaced).input("baseline", &told["baseline"]);
    let ended = after.end();
    assert_tells(&ended.expect_code(1).stdout, &["✖ replaced"]);
    assert_told(&after, "failed", "1");
}

#[test]
fn a_service_is_confirmed_without_a_suite() {
    let aws = Aws::of("healthy");
    let step = Step::run(Place::new())
        .variable("AWS_ENDPOINT_URL", &aws.url())
        .variable("AWS_REGION", "eu-west-1")
        .input("command", "confirm")
        .input("service", "prod-shop/checkout")
        .input("wait", "5s")
        .input("report-directory", "reports of today");
    step.end().expect_code(0);
    assert_told(&step, "passed", "0");
    assert!(step.outputs()["json"].ends_with("/reports of today/touchdown.json"));
}
