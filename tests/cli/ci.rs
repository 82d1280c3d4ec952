//! On a CI system: what GitHub and GitLab get beside the reports, and that nobody else does.

use std::process::Command;

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, argument, assert_tells, ended};

/// Something of everything: passed, failed, inconclusive, not required.
const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: none, check: logs.line-seen, contains: x, container: nope }
  - { id: old, check: logs.line-absent, contains: heartbeat }
  - { id: boot, check: logs.line-absent, contains: starting, required: false }";

const GITHUB: &[(&str, &str)] = &[("CI", "true"), ("GITHUB_ACTIONS", "true")];

const GITLAB: &[(&str, &str)] = &[("CI", "true"), ("GITLAB_CI", "true")];

/// Runs the suite with an environment and further arguments.
fn run(place: &Place, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let aws = Aws::of("healthy");
    let url = aws.url();
    let all = [&["run", "--endpoint-url", &url], arguments].concat();
    let mut command: Command = place.touchdown(&all);
    command.envs(environment.iter().copied());
    ended(command)
}

fn place() -> Place {
    Place::with_suite(&checkout("", CHECKS))
}

/// The lines that GitHub's runner would take for commands.
fn commands(stream: &str) -> Vec<&str> {
    let is_command = |line: &&str| line.trim_start().starts_with("::");
    stream.lines().filter(is_command).collect()
}

#[test]
fn github_gets_annotations_and_its_summary_is_appended_to() {
    let place = place();
    place.write("summary.md", "# Deploy\n\nof commit 9f86d08");
    let path = place.path("summary.md");
    let environment = [GITHUB, &[("GITHUB_STEP_SUMMARY", argument(&path))]].concat();
    let ended = run(&place, &environment, &["--markdown", "report.md"]);
    ended.expect_code(1);

    let told = commands(&ended.stderr);
    let starts = [
        "::error title=touchdown%3A old failed::",
        "::error title=touchdown%3A none inconclusive::",
        "::warning title=touchdown%3A boot failed (not required)::",
    ];
    assert_eq!(told.len(), starts.len(), "{ended:#?}");
    for (line, start) in told.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(commands(&ended.stdout), [""; 0]);
    let report = place.read("report.md");
    let whole = format!("# Deploy\n\nof commit 9f86d08\n\n{report}");
    assert_eq!(place.read("summary.md"), whole);
    assert_tells(
        &report,
        &["## ❌ FAILED: checkout", "| ❌ failed | `old` |"],
    );
}

#[test]
fn a_second_run_of_the_step_is_told_below_the_first() {
    let place = place();
    let path = place.path("summary.md");
    let environment = [GITHUB, &[("GITHUB_STEP_SUMMARY", argument(&path))]].concat();
    for runs in 1..=2 {
        run(&place, &environment, &["--only", "fresh"]).expect_code(0);
        let summary = place.read("summary.md");
        assert_eq!(summary.matches("## ✅ PASSED: checkout").count(), runs);
    }
}

#[test]
fn machine_readable_standard_output_stays_so() {
    let place = place();
    let ended = run(&place, GITHUB, &["--format", "json"]);
    ended.expect_code(1);
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON alone");
    assert_eq!(report["verdict"], "failed");
    assert_eq!(commands(&ended.stderr).len(), 3);
}

#[test]
fn a_summary_that_can_not_be_written_changes_no_verdict() {
    let place = place();
    std::fs::create_dir(place.path("folder")).expect("a new folder");
    place.write("full.md", &"x".repeat(900 * 1024));
    for (path, reason) in [
        ("folder", "Is a directory"),
        ("nowhere/summary.md", "No such file"),
        ("full.md", "there are 921600 bytes in it already"),
    ] {
        let environment = [GITHUB, &[("GITHUB_STEP_SUMMARY", path)]].concat();
        let ended = run(&place, &environment, &["--only", "fresh"]);
        ended.expect_code(0);
        let told = format!("warning: cannot add the report to the job's summary {path}: {reason}");
        assert_tells(&ended.stderr, &[&told]);
    }
}

#[test]
fn no_ci_turns_all_of_it_off() {
    let place = place();
    let path = place.path("summary.md");
    let summary = [("GITHUB_STEP_SUMMARY", argument(&path))];
    let on_github = run(&place, &[GITHUB, &summary].concat(), &["--no-ci"]);
    assert_eq!(commands(&on_github.expect_code(1).stderr), [""; 0]);
    assert!(!path.exists());
    let on_gitlab = run(&place, GITLAB, &["--no-ci"]);
    assert!(!on_gitlab.expect_code(1).stdout.contains('\u{1b}'));
}

#[test]
fn gitlab_can_fold_the_evidence_away() {
    let place = place();
    let ended = run(&place, GITLAB, &["--json", "report.json"]);
    let shown = &ended.expect_code(1).stdout;
    let marks = |mark: &str| shown.matches(mark).count();
    assert_eq!(marks("\u{1b}[0Ksection_start:"), 2, "{shown:?}");
    assert_eq!(marks("\u{1b}[0Ksection_end:"), 2);
    assert_eq!(marks("[collapsed=true]\r\u{1b}[0K  evidence of "), 2);
    assert!(!ended.stderr.contains("section_start"), "{ended:#?}");

    // A report on standard output, and one that is rendered later, hold no marks.
    let json = run(&place, GITLAB, &["--format", "json"]);
    assert!(!json.stdout.contains("section_start"));
    let mut render = place.touchdown(&["render", "report.json"]);
    render.envs(GITLAB.iter().copied());
    assert!(!crate::place::ended(render).stdout.contains('\u{1b}'));
}

#[test]
fn elsewhere_nothing_is_added() {
    let place = place();
    let path = place.path("summary.md");
    let environment = [("CI", "true"), ("GITHUB_STEP_SUMMARY", argument(&path))];
    let ended = run(&place, &environment, &[]);
    ended.expect_code(1);
    assert_eq!(commands(&ended.stderr), [""; 0]);
    assert!(!ended.stdout.contains('\u{1b}'));
    assert!(!path.exists());
}

#[test]
fn rendering_a_saved_report_tells_the_system_nothing() {
    let place = place();
    run(&place, &[], &["--json", "report.json"]).expect_code(1);
    let path = place.path("summary.md");
    let mut render = place.touchdown(&["render", "report.json"]);
    render
        .envs(GITHUB.iter().copied())
        .env("GITHUB_STEP_SUMMARY", &path);
    let ended = ended(render);
    assert_eq!(commands(&ended.expect_code(0).stderr), [""; 0]);
    assert!(!path.exists());
}

#[test]
fn confirm_tells_the_system_too() {
    let aws = Aws::of("stale-tag");
    let place = Place::new();
    let path = place.path("summary.md");
    let service = format!(
        "{}/{}",
        aws.simulator.scenario().cluster(),
        aws.simulator.scenario().services()[1]
    );
    let url = aws.url();
    let arguments = ["confirm", &service, "--endpoint-url", &url, "--region"];
    let region = aws.simulator.scenario().region();
    let mut confirm = place.touchdown(&[&arguments[..], &[region]].concat());
    confirm
        .envs(GITHUB.iter().copied())
        .env("GITHUB_STEP_SUMMARY", &path);
    let ended = ended(confirm);
    ended.expect_code(1);
    assert!(!commands(&ended.stderr).is_empty(), "{ended:#?}");
    assert_tells(
        &place.read("summary.md"),
        &["## ❌ FAILED", "<details open>"],
    );
}

#[test]
fn github_is_told_why_nothing_ran() {
    let place = Place::with_suite("version: 1\nname: x\n");
    for (arguments, told) in [
        (&["run"][..], "::error title=touchdown%3A nothing ran::"),
        (&["run", "--shard", "0/4"], "there is no shard 0 of 4"),
        (
            &["merge", "nowhere.json"],
            "nothing ran::cannot read nowhere.json",
        ),
        (&["run", "--var", "TOKEN"], "[redacted]"),
    ] {
        let run = |more: &[&str], environment: &[(&str, &str)]| {
            let mut command = place.touchdown(&[arguments, more].concat());
            command.envs(environment.iter().copied());
            ended(command)
        };
        let on_github = run(&[], GITHUB);
        let annotations = commands(&on_github.expect_code(2).stderr);
        assert_eq!(annotations.len(), 1, "{on_github:#?}");
        assert_tells(annotations[0], &[told]);
        for silent in [run(&["--no-ci"], GITHUB), run(&[], GITLAB)] {
            assert_eq!(commands(&silent.expect_code(2).stderr), [""; 0]);
        }
    }
}
