//! `--format nagios`: a monitoring system calls touchdown, reads one line, and takes the exit
//! code for a state.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, assert_tells};

const FRESH: &str = "  - { id: fresh, check: ecs.tasks-started-after-push, within: 0s }";
const OLD: &str = "  - { id: old, check: logs.line-absent, contains: heartbeat, within: 0s";

/// The one line that was printed, and nothing else.
#[track_caller]
fn line(ended: &Ended) -> &str {
    assert_eq!(ended.stderr, "", "{ended:#?}");
    let line = ended.stdout.strip_suffix('\n').expect("a line end");
    assert!(!line.contains('\n'), "{ended:#?}");
    line
}

#[test]
fn each_state_has_its_exit_code_and_the_json_report_keeps_its_own() {
    let aws = Aws::of("healthy");
    let url = aws.url();
    let none = "  - { id: none, check: logs.line-seen, contains: x, container: nope, within: 0s }";
    for (checks, code, own, parts) in [
        (
            FRESH.to_owned(),
            0,
            0,
            &["TOUCHDOWN OK - checkout: 1 passed in ", "'passed'=1;;;0;1 "][..],
        ),
        (
            format!("{FRESH}\n{OLD}, required: false }}"),
            1,
            0,
            &["TOUCHDOWN WARNING - old: ", "1 failed (not required)"],
        ),
        (
            format!("{FRESH}\n{OLD} }}"),
            2,
            1,
            &[
                "TOUCHDOWN CRITICAL - old: ",
                "(checkout: 1 failed, 1 passed",
                "'failed'=1;;;0;2 ",
            ],
        ),
        (
            format!("{FRESH}\n{none}"),
            3,
            3,
            &["TOUCHDOWN UNKNOWN - none: ", "'inconclusive'=1;;;0;2 "],
        ),
    ] {
        let place = Place::with_suite(&checkout("", &checks));
        let arguments = ["run", "--format", "nagios", "--json", "r.json"];
        let ran = place.run(&[&arguments[..], &["--endpoint-url", &url]].concat());
        assert_tells(line(ran.expect_code(code)), parts);
        assert_eq!(place.json("r.json")["exit_code"], json!(own));
        let rendered = place.run(&["render", "r.json", "--format=nagios"]);
        assert_eq!(rendered.expect_code(code).stdout, ran.stdout);
    }
}

#[test]
fn progress_is_told_only_where_it_is_asked_for() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", FRESH));
    let arguments = ["run", "--verbose", "--format", "nagios", "--endpoint-url"];
    let ended = place.run(&[&arguments[..], &[&aws.url()]].concat());
    assert_eq!(ended.expect_code(0).stdout.lines().count(), 1);
    assert_tells(&ended.stderr, &["fresh"]);
}

#[test]
fn a_service_needs_no_suite() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let arguments = ["confirm", "prod-shop/checkout", "--region", "eu-west-1"];
    let more = ["--format", "nagios", "--endpoint-url", &aws.url()];
    let ended = place.run(&[&arguments[..], &more[..]].concat());
    assert_tells(line(ended.expect_code(0)), &["TOUCHDOWN OK - "]);
}

#[test]
fn what_never_ran_is_unknown_and_not_critical() {
    let place =
        Place::with_suite("version: 1\nchecks:\n  - check: ecs.digest-runing\n    idd: x\n");
    place.write("later.json", "{\"version\": 2, \"checks\": []}");
    place.write("sound.yaml", &checkout("", FRESH));
    for (arguments, parts) in [
        (
            &["run"][..],
            &[
                "touchdown.yaml:3:12: unknown kind of check `ecs.digest-runing`",
                "in touchdown.yaml)",
            ][..],
        ),
        (&["run", "none.yaml"], &["none.yaml"]),
        (&["run", "sound.yaml", "--only", "nothing"], &["nothing"]),
        (
            &["run", "--nonsense"],
            &["unexpected argument '--nonsense'"],
        ),
        (
            &["run", "--json", "no/r.json", "sound.yaml"],
            &["no/r.json"],
        ),
        (&["confirm", "shop"], &["invalid value 'shop'"]),
        (&["render", "later.json"], &["version 2"]),
    ] {
        let ended = place.run(&[arguments, &["--format", "nagios"]].concat());
        let told = line(ended.expect_code(3));
        assert!(told.starts_with("TOUCHDOWN UNKNOWN - "), "{told}");
        assert!(!told.contains("error: "), "{told}");
        assert_tells(told, parts);
    }
    let verbose = place.run(&["run", "--verbose", "--format", "nagios"]);
    assert_tells(
        &verbose.expect_code(3).stderr,
        &["did you mean `ecs.digest-running`?"],
    );
}

#[test]
fn a_run_that_is_stopped_is_unknown() {
    let aws = Aws::of("healthy");
    let never = "  - { id: seen, check: logs.line-seen, contains: never }";
    let place = Place::with_suite(&checkout("", never));
    let mut child = place
        .touchdown(&[
            "run",
            "--format",
            "nagios",
            "--verbose",
            "--endpoint-url",
            &aws.url(),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let looked = said.any(|line| line.expect("text").contains("seen: not yet"));
    assert!(looked, "it ended before it looked");
    let process = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &process])
        .status();
    assert!(sent.expect("kill").success());
    said.for_each(drop);
    let ended = Ended::of(child.wait_with_output().expect("an end"));
    let told = &ended.expect_code(3).stdout;
    assert_tells(
        told,
        &[
            "TOUCHDOWN UNKNOWN - checkout: ",
            "terminated (SIGTERM or SIGHUP)",
            "'took'=",
        ],
    );
}
