//! How a run ends: by a signal, or where its output can't be written, and always with every
//! report that can be. A closed pipe is no fault.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, assert_tells, read_until, signal, told, verdicts};
use crate::web::{Server, answer, write};

/// One check that passes, then one that waits, and one that waits for it.
const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: seen, check: logs.line-seen, contains: never, needs: [fresh] }
  - { id: after, check: ecs.digest-running, needs: [seen] }";

fn start(place: &Place, url: &str) -> Child {
    let arguments = [
        "run",
        "--junit",
        "j.xml",
        "--json",
        "report.json",
        "--endpoint-url",
        url,
    ];
    place.start(&arguments)
}

/// Sends a signal to a run that waits, and gives its end.
fn interrupted(place: &Place, url: &str, name: &str) -> Ended {
    let mut child = start(place, url);
    let (_, mut said) = read_until(child.stderr.take(), "seen: not yet");
    signal(&child, name);
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    let ended = Ended::of(child.wait_with_output().expect("an end"));
    Ended {
        stderr: rest,
        ..ended
    }
}

#[test]
fn a_signal_ends_the_run_at_once_with_every_report() {
    for (name, code, reason) in [("-INT", 130, "interrupt"), ("-TERM", 143, "terminate")] {
        let aws = Aws::of("healthy");
        let place = Place::with_suite(&checkout("", CHECKS));
        let ended = interrupted(&place, &aws.url(), name);
        ended.expect_code(code);
        assert_eq!(place.files(), ["j.xml", "report.json", "touchdown.yaml"]);
        let report = place.report();
        assert_eq!(report["exit_code"], code);
        assert_eq!(report["interrupted"], reason);
        assert_eq!(
            verdicts(&report),
            ["fresh: passed", "seen: inconclusive", "after: inconclusive"]
        );
        assert_tells(
            &told(&report, "seen"),
            &["the run was", "last seen: `never` was not seen in"],
        );
        assert_tells(&told(&report, "after"), &["it was never looked at"]);
        assert_tells(
            &place.read("j.xml"),
            &["</testsuite", "tests=\"3\"", "errors=\"2\""],
        );
        assert_tells(&ended.stdout, &["The run was stopped before its time"]);
        assert_tells(&ended.stderr, &["stopping: the run was"]);
        let again = place.run(&["render", "report.json"]);
        assert_eq!(again.stdout, ended.stdout);
    }
}

#[test]
fn a_signal_ends_a_look_that_hangs() {
    let server = Server::start(|_, _| std::thread::sleep(Duration::from_secs(600)));
    let hangs = CHECKS.replace("push }", "push, timeout: 10m }");
    let place = Place::with_suite(&checkout("", &hangs));
    let mut child = start(&place, &server.url());
    let _said = read_until(child.stderr.take(), "fresh: looking");
    signal(&child, "-INT");
    let ended = Ended::of(child.wait_with_output().expect("an end"));
    ended.expect_code(130);
    assert_eq!(place.report()["counts"]["inconclusive"], 3);
}

#[test]
fn an_older_report_stays_where_a_run_is_killed() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    place.write("report.json", "an older report");
    let mut child = start(&place, &aws.url());
    let _said = read_until(child.stderr.take(), "seen: not yet");
    signal(&child, "-KILL");
    child.wait().expect("an end");
    assert_eq!(place.read("report.json"), "an older report");
}

#[test]
fn a_reader_that_has_gone_is_no_fault() {
    let aws = Aws::of("healthy");
    let fine = CHECKS.replace("never", "starting");
    let place = Place::with_suite(&checkout("", &fine));
    let touchdown = env!("CARGO_BIN_EXE_touchdown");
    for arguments in [
        "run --json report.json",
        "run --format json",
        "checks",
        "schema",
        "--help",
        "run --junit - 2>&1",
    ] {
        let mut shell = place.touchdown(&[]);
        let path = shell
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let environment: Vec<_> = path.collect();
        shell = Command::new("sh");
        let pipe = format!("{{ '{touchdown}' {arguments}; echo $? > code; }} | true; cat code");
        shell
            .args(["-c", &pipe])
            .env_clear()
            .envs(environment)
            .env("AWS_ENDPOINT_URL", aws.url())
            .current_dir(place.path(""));
        let ended = crate::place::ended(shell);
        assert_eq!(ended.stdout, "0\n", "{arguments}: {ended:#?}");
        assert!(
            !ended.stderr.contains("panicked"),
            "{arguments}: {ended:#?}"
        );
    }
    assert_eq!(place.report()["verdict"], "passed");
}

#[test]
fn a_standard_output_that_is_full_costs_no_other_report() {
    let aws = Aws::of("healthy");
    for (checks, code) in [
        (CHECKS.replace("never", "starting"), 3),
        (
            CHECKS.replace("never", "never, within: 0s, ingestion: 0s"),
            1,
        ),
    ] {
        let place = Place::with_suite(&checkout("", &checks));
        for arguments in [&["--format", "human"][..], &["--junit", "-"]] {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
            let url = aws.url();
            let run = [
                "run",
                "--quiet",
                "--json",
                "report.json",
                "--endpoint-url",
                &url,
            ];
            let mut command = place.touchdown(&[&run[..], arguments].concat());
            command.stdout(full.expect("a device that is always full"));
            let output = command
                .stderr(Stdio::piped())
                .spawn()
                .and_then(Child::wait_with_output);
            let ended = Ended::of(output.expect("an end"));
            ended.expect_code(code);
            assert_tells(&ended.stderr, &["standard output", "No space left"]);
            assert_eq!(place.report()["checks"].as_array().map(Vec::len), Some(3));
        }
    }
}

#[test]
fn a_report_whose_folder_goes_away_costs_no_other_report() {
    let (gone, folder_is_gone) = mpsc::channel();
    let folder_is_gone = Mutex::new(folder_is_gone);
    let server = Server::start(move |_, stream| {
        let _ = folder_is_gone.lock().expect("the one look").recv();
        write(stream, &answer("200 OK", "", "late"));
    });
    let place = Place::with_suite(&format!(
        "version: 1\nchecks:\n  - {{ id: page, check: http.responds, url: '{}' }}\n",
        server.url()
    ));
    std::fs::create_dir(place.path("out")).expect("a new folder");
    let mut child = place.start(&["run", "--junit", "out/j.xml", "--json", "report.json"]);
    let (_, mut said) = read_until(child.stderr.take(), "page: looking");
    std::fs::remove_dir_all(place.path("out")).expect("a folder");
    gone.send(()).expect("somebody waits");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    let ended = Ended::of(child.wait_with_output().expect("an end"));
    // The gate stays shut: the report that it promised is missing.
    ended.expect_code(3);
    assert_tells(
        &rest,
        &["error: cannot write the junit report to out/j.xml"],
    );
    assert_eq!(verdicts(&place.report()), ["page: passed"]);
}
