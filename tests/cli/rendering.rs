//! `touchdown render`: a saved report gives what the run itself wrote.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use touchdown::report::Format;

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, argument, assert_tells, ended};

/// A run with something of everything: passed, failed, inconclusive, skipped.
const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: old, check: logs.line-absent, contains: heartbeat }
  - { id: none, check: logs.line-seen, contains: x, container: nope }
  - { id: after, check: ecs.digest-running, needs: [none] }";

/// A place in which the run has been, with its reports and what it printed.
fn ran() -> (Place, Ended) {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let reports = ["--junit", "j.xml", "--json", "r.json", "--html", "r.html"];
    let ended = place.run(&[&["run", "--endpoint-url", &aws.url()], &reports[..]].concat());
    ended.expect_code(1);
    (place, ended)
}

#[test]
fn every_format_is_the_same_as_the_run_wrote_it() {
    let (place, ran) = ran();
    let human = place.run(&["render", "r.json"]);
    assert_eq!(human.expect_code(0).stdout, ran.stdout);
    assert_eq!(
        place.run(&["render", "r.json", "--format", "human"]).stdout,
        ran.stdout
    );
    assert_eq!(
        place.run(&["render", "r.json", "--format", "junit"]).stdout,
        place.read("j.xml")
    );
    assert_eq!(
        place.run(&["render", "r.json", "--format", "json"]).stdout,
        place.read("r.json")
    );
    assert_eq!(
        place.run(&["render", "r.json", "--format", "html"]).stdout,
        place.read("r.html")
    );

    let files = [
        "render",
        "r.json",
        "--junit",
        "again.xml",
        "--json",
        "again.json",
        "--quiet",
    ];
    let quiet = place.run(&files);
    quiet.expect_code(0);
    assert_eq!(
        quiet.stdout.lines().count(),
        1,
        "the verdict alone: {quiet:#?}"
    );
    assert_eq!(place.read("again.xml"), place.read("j.xml"));
    assert_eq!(place.read("again.json"), place.read("r.json"));
}

/// What the library makes of an incident's report, whatever surrounds the program.
#[test]
fn where_it_is_rendered_makes_no_difference() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/incidents/restart-loop");
    let place = Place::new();
    for format in Format::ALL {
        let name = format!("report.{}", format.extension());
        let told = std::fs::read_to_string(golden.join(&name)).expect("a golden file");
        let report = golden.join("report.json");
        let mut command = place.touchdown(&["render", argument(&report), "--format"]);
        command.arg(format.name()).envs([
            ("TZ", "Asia/Kolkata"),
            ("LC_ALL", "de_DE.UTF-8"),
            ("COLUMNS", "41"),
            ("TERM", "dumb"),
            ("CI", "true"),
        ]);
        let ended = ended(command);
        assert!(ended.stdout == told, "{name}: {ended:#?}");
    }
}

#[test]
fn a_report_may_come_by_standard_input_and_go_by_standard_output() {
    let (place, _) = ran();
    let began = Instant::now();
    let mut child = place
        .touchdown(&["render", "-", "--junit", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(place.read("r.json").as_bytes())
        .expect("it reads");
    drop(stdin);
    let ended = Ended::of(child.wait_with_output().expect("an end"), began);
    assert_eq!(ended.expect_code(0).stdout, place.read("j.xml"));
}

#[test]
fn a_report_may_replace_itself() {
    let (place, _) = ran();
    let before = place.read("r.json");
    place
        .run(&["render", "r.json", "--json", "r.json"])
        .expect_code(0);
    assert_eq!(place.read("r.json"), before);
}

#[test]
fn what_is_no_report_is_told() {
    let place = Place::new();
    place.write("garbage", "\u{1}\u{2}garbage");
    place.write("other.json", "{\"name\": \"package\"}");
    place.write("list.json", "[]");
    place.write("later.json", "{\"version\": 2, \"checks\": []}");
    place.write(
        "cut.json",
        "{\"version\": 1, \"checks\": [], \"suite\": \"x\"",
    );
    place.write("short.json", "{\"version\": 1, \"checks\": []}");
    for (name, parts) in [
        ("garbage", ["error: garbage is not a report", "not JSON"]),
        ("other.json", ["other.json is not a report", "no `version`"]),
        ("list.json", ["list.json is not a report", "no JSON object"]),
        ("later.json", ["later.json is not a report", "version 2"]),
        ("cut.json", ["cut.json is not a report", "not JSON"]),
        (
            "short.json",
            ["short.json is not a report", "missing field"],
        ),
        ("nowhere.json", ["cannot read nowhere.json", "No such file"]),
        (".", ["cannot read .", "directory"]),
    ] {
        let ended = place.run(&["render", name, "--junit", "j.xml"]);
        assert_tells(&ended.expect_code(2).stderr, &parts);
        assert_eq!(ended.stdout, "");
        assert!(!place.path("j.xml").exists(), "no report of nothing");
    }
}

#[test]
fn verbosity_changes_the_terminal_and_no_report() {
    let (place, ran) = ran();
    let verbose = place.run(&[
        "render",
        "r.json",
        "--verbose",
        "--junit",
        "v.xml",
        "--json",
        "v.json",
    ]);
    verbose.expect_code(0);
    assert!(verbose.stdout.len() > ran.stdout.len());
    assert_tells(&verbose.stdout, &["ecs:DescribeServices", "requests"]);
    assert_eq!(place.read("v.xml"), place.read("j.xml"));
    assert_eq!(place.read("v.json"), place.read("r.json"));
}
