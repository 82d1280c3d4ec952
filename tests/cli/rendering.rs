//! `touchdown render`: a saved report gives what the run itself wrote.

use std::path::Path;

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

/// Options that write every format which can be asked for as a file, each into `stem.…`.
fn files(stem: &str) -> Vec<String> {
    let help = touchdown::cli::help(Some("run"));
    let formats = Format::ALL.into_iter();
    let formats = formats.filter(|format| help.contains(&format!("--{format} <FILE>")));
    formats
        .flat_map(|format| [format!("--{format}"), named(stem, format)])
        .collect()
}

fn named(stem: &str, format: Format) -> String {
    format!("{stem}.{}", format.extension())
}

#[test]
fn every_format_is_the_same_as_the_run_wrote_it() {
    let aws = Aws::of("healthy");
    let url = aws.url();
    let place = Place::with_suite(&checkout("", CHECKS));
    let options = files("ran");
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    assert!(options.contains(&"--json") && options.contains(&"--junit"));
    for format in Format::ALL {
        let shown = ["--endpoint-url", &url, "--format", format.name()];
        let ran = place.run(&[&["run"], &shown[..], &options].concat());
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:#?}");

        let rendered = place.run(&["render", "ran.json", "--format", format.name()]);
        assert_eq!(rendered.stdout, ran.stdout, "{format}");
        let again = files("again");
        let again: Vec<&str> = again.iter().map(String::as_str).collect();
        let rendered = place.run(&[&["render", "ran.json", "--quiet"], &again[..]].concat());
        let verdict = rendered.expect_code(0).stdout.lines();
        assert_eq!(verdict.count(), 1, "the verdict alone: {rendered:#?}");
        for written in options.chunks(2).zip(again.chunks(2)) {
            let (ran, again) = (place.read(written.0[1]), place.read(written.1[1]));
            assert!(ran == again, "{} is not {}", written.1[1], written.0[1]);
        }
    }
}

#[test]
fn without_a_format_the_terminal_shows_what_it_showed() {
    let (place, ran) = ran();
    let rendered = place.run(&["render", "r.json"]);
    assert_eq!(rendered.expect_code(0).stdout, ran.stdout);
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
    let ended = place.run_reading(&["render", "-", "--junit", "-"], &place.read("r.json"));
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
    let endless = format!(
        "{{\"version\": 1, \"checks\": \"{}\"}}",
        "x".repeat(5_000_000)
    );
    for (name, text) in [
        ("garbage", "\u{1}\u{2}garbage"),
        ("other.json", "{\"name\": \"package\"}"),
        ("list.json", "[]"),
        ("later.json", "{\"version\": 2, \"checks\": []}"),
        ("earlier.json", "{\"version\": 0, \"checks\": []}"),
        (
            "cut.json",
            "{\"version\": 1,\n\"checks\": [], \"suite\": \"x\"",
        ),
        ("short.json", "{\"version\": 1, \"checks\": []}"),
        ("hostile.json", "{\"version\": \"\\u001b[2J\\n##[error]\"}"),
        ("endless.json", &endless),
    ] {
        place.write(name, text);
    }
    std::fs::write(place.path("latin1.json"), b"{\n\"suite\": \"caf\xe9\"}").expect("written");
    for (name, parts) in [
        (
            "garbage",
            &["error: garbage can't be rendered: ", "not JSON"][..],
        ),
        (
            "other.json",
            &["other.json can't be rendered", "no `version`"],
        ),
        (
            "list.json",
            &["list.json can't be rendered", "no JSON object"],
        ),
        (
            "later.json",
            &[
                "report of version 2",
                "reads version 1",
                "upgrade touchdown",
                "run the suite again",
            ],
        ),
        ("earlier.json", &["`version` is 0", "run the suite again"]),
        ("cut.json", &["it was cut off", "line 2 column 26"]),
        (
            "short.json",
            &["short.json can't be rendered", "missing field"],
        ),
        ("hostile.json", &["[2J\\n# #[error]"]),
        ("endless.json", &["invalid type: string", "…"]),
        (
            "latin1.json",
            &["cannot read latin1.json", "line 2 is not UTF-8"],
        ),
        (
            "nowhere.json",
            &["cannot read nowhere.json", "No such file"],
        ),
        (".", &["cannot read .", "directory"]),
    ] {
        let ended = place.run(&["render", name, "--junit", "j.xml"]);
        assert_tells(&ended.expect_code(2).stderr, parts);
        assert!(ended.stderr.len() < 1_000, "{name}");
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
