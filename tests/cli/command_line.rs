//! The options of `touchdown run`.

use std::time::Duration;

use serde_json::Value;

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, check, ended, told, verdicts};
use crate::web::{Server, answer, write};

const TWO: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: seen, check: logs.line-seen, contains: '${LINE:-checkout starting}', needs: [fresh] }";

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_runs() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", TWO));
    std::fs::create_dir(place.path("folder")).expect("a new folder");
    let url = aws.url();
    for (reports, parts) in [
        (
            &["--json", "nowhere/r.json"][..],
            &[
                "cannot write the json report to nowhere/r.json",
                "does not exist",
            ][..],
        ),
        (
            &["--junit", "folder"],
            &[
                "cannot write the junit report to folder",
                "it is a directory",
            ],
        ),
        (
            &["--junit", "x", "--json", "./x"],
            &["the junit report goes there already"],
        ),
        (&["--junit", "-", "--json", "-"], &["standard output"]),
        (&["--format", "json", "--junit", "-"], &["standard output"]),
    ] {
        let ended = place.run(&[&["run", "--endpoint-url", &url], reports].concat());
        assert_tells(&ended.expect_code(2).stderr, parts);
        assert_eq!(ended.stdout, "");
    }
    assert_eq!(aws.simulator.requests(), []);
    assert_eq!(place.files(), ["folder", "touchdown.yaml"]);
}

#[test]
fn standard_output_holds_the_report_alone() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", TWO));
    let url = aws.url();
    for arguments in [["--format", "json"], ["--json", "-"]] {
        let ended = place.run(&[&["run", "--endpoint-url", &url], &arguments[..]].concat());
        let report: Value = serde_json::from_str(&ended.expect_code(0).stdout).expect("JSON alone");
        assert_eq!(report["verdict"], "passed");
        assert_tells(
            &ended.stderr,
            &["checkout: 2 checks", "passed fresh", "passed seen"],
        );
    }
    let junit = place.run(&["run", "--endpoint-url", &url, "--format", "junit"]);
    assert!(
        junit.expect_code(0).stdout.starts_with("<?xml"),
        "{junit:#?}"
    );
}

#[test]
fn quiet_prints_the_verdict_and_verbose_every_look() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", TWO));
    let quiet = place.run(&["run", "--quiet", "--endpoint-url", &aws.url()]);
    assert_eq!(quiet.expect_code(0).stderr, "");
    assert_eq!(quiet.stdout.lines().count(), 1);
    assert_tells(&quiet.stdout, &["PASSED", "checkout: 2 passed in"]);
    let verbose = place.run(&["run", "--verbose", "--endpoint-url", &aws.url()]);
    assert_tells(
        &verbose.expect_code(0).stdout,
        &["looks", "ecs:DescribeTasks", "expects sha256:"],
    );
    assert_tells(
        &verbose.stderr,
        &["fresh: holds: 2 of 2 tasks started after"],
    );
    assert!(
        !verbose.stdout.contains('\u{1b}'),
        "no colour where there is no terminal"
    );
    let coloured = place.run(&["run", "--color", "always", "--endpoint-url", &aws.url()]);
    assert!(coloured.expect_code(0).stdout.contains('\u{1b}'));
}

#[test]
fn the_locale_and_the_colour_conventions_are_heeded() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", TWO));
    let with = |set: &[(&str, &str)]| {
        let mut command = place.touchdown(&["run", "--endpoint-url", &aws.url()]);
        command.envs(set.iter().copied());
        ended(command)
    };
    let unicode = with(&[]);
    assert_tells(&unicode.expect_code(0).stdout, &["✔ fresh"]);
    assert_tells(&unicode.stderr, &["✔ passed fresh"]);
    let ascii = with(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")]);
    assert_tells(&ascii.expect_code(0).stdout, &["+ fresh"]);
    assert_tells(&ascii.stderr, &["+ passed fresh"]);
    assert!(ascii.stdout.is_ascii() && ascii.stderr.is_ascii());
    let forced = with(&[("CLICOLOR_FORCE", "1")]);
    assert!(forced.expect_code(0).stdout.contains('\u{1b}'));
    let both = with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
    assert!(!both.expect_code(0).stdout.contains('\u{1b}'));
}

#[test]
fn only_picks_checks_and_what_they_need() {
    let aws = Aws::of("healthy");
    let more = format!("{TWO}\n  - {{ id: digest, check: ecs.digest-running }}");
    let place = Place::with_suite(&checkout("", &more));
    let url = aws.url();
    let only = |glob: &str| {
        place.run(&[
            "run",
            "--json",
            "report.json",
            "--endpoint-url",
            &url,
            "--only",
            glob,
        ])
    };
    only("se*").expect_code(0);
    assert_eq!(verdicts(&place.report()), ["fresh: passed", "seen: passed"]);
    only("digest").expect_code(0);
    assert_eq!(verdicts(&place.report()), ["digest: passed"]);
    let none = only("nothing*");
    assert_tells(
        &none.expect_code(2).stderr,
        &["error: ", "nothing*", "fresh", "digest"],
    );
}

#[test]
fn variables_come_from_the_command_line_then_the_environment() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", &TWO.replace(":-checkout starting", "")));
    let url = aws.url();
    let arguments = ["run", "--json", "report.json", "--endpoint-url", &url];
    let unset = place.run(&arguments);
    assert_tells(
        &unset.expect_code(2).stderr,
        &[
            "the variable `LINE` is not set",
            "touchdown.yaml:",
            "--var LINE=VALUE",
        ],
    );
    let given = |line: &str| {
        let mut command = place.touchdown(&[&arguments[..], &["--var", line]].concat());
        command.env("LINE", "from the environment");
        ended(command)
    };
    given("LINE=heartbeat n=1 ").expect_code(0);
    assert_tells(&told(&place.report(), "seen"), &["`heartbeat n=1 `"]);
}

#[test]
fn the_time_out_cuts_a_run_that_waits() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", &TWO.replace("checkout starting", "never")));
    let arguments = [
        "run",
        "--timeout",
        "2s",
        "--junit",
        "j.xml",
        "--json",
        "report.json",
        "--endpoint-url",
    ];
    let cut = place.run(&[&arguments[..], &[&aws.url()]].concat());
    cut.expect_code(3);
    let report = place.report();
    assert_eq!(verdicts(&report), ["fresh: passed", "seen: inconclusive"]);
    assert_tells(
        &told(&report, "seen"),
        &["the run's time was over first", "`never` was not seen in"],
    );
    assert_tells(&place.read("j.xml"), &["errors=\"1\""]);
}

#[test]
fn the_time_out_does_not_wait_for_a_look_that_hangs() {
    let server = Server::start(|_, stream| {
        std::thread::sleep(Duration::from_secs(600));
        write(stream, &answer("200 OK", "", "late"));
    });
    let suite = format!(
        "version: 1\nchecks:\n  - {{ id: page, check: http.responds, url: '{}', timeout: 10m }}\n",
        server.url()
    );
    let place = Place::with_suite(&suite);
    let cut = place.run(&["run", "--timeout", "1s", "--json", "report.json"]);
    cut.expect_code(3);
    assert_eq!(verdicts(&place.report()), ["page: inconclusive"]);
}

#[test]
fn a_check_that_does_not_gate_only_reports() {
    let aws = Aws::of("healthy");
    let checks = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: old, check: logs.line-absent, contains: heartbeat, required: false }";
    let place = Place::with_suite(&checkout("", checks));
    let ran = place.judge(&aws.url());
    assert_tells(
        &ran.expect_code(0).stdout,
        &["PASSED", "1 failed (not required)"],
    );
    assert_eq!(check(&place.report(), "old")["verdict"], "failed");
}
