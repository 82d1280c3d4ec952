//! `exec` with the shell and with scripts, the worst among them: each of its four states, and nobody left behind.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, read_until, signal, told, verdicts};

/// Runs these checks, each as its id and its fields.
fn run(place: &Place, checks: &[(&str, &str)]) -> Value {
    place.write("touchdown.yaml", &suite(checks));
    place.run(&["run", "--json", "r.json"]);
    place.json("r.json")
}

fn suite(checks: &[(&str, &str)]) -> String {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: exec, {fields} }}\n"))
        .collect();
    format!(
        "version: 1\ndefaults: {{ within: 600ms, every: 200ms, timeout: 10s }}\nchecks:\n{}",
        checks.concat()
    )
}

fn script(place: &Place, name: &str, text: &str) {
    place.write(name, text);
    let executable = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.path(name), executable).expect("a script");
}

#[test]
fn a_program_ends_in_each_of_the_four_states() {
    let place = Place::new();
    script(
        &place,
        "smoke.sh",
        "#!/bin/sh\necho \"$@: all 12 passed\"\n",
    );
    place.write("data.txt", "no program");
    let report = run(
        &place,
        &[
            (
                "holds",
                "command: [./smoke.sh, -v], expect: { stdout: { regex: 'all \\d+ passed' } }",
            ),
            (
                "json",
                "shell: \"echo '{\\\"ok\\\": 5421}'\", expect: { json: { $.ok: 5421 } }",
            ),
            (
                "input",
                "command: [cat], stdin: given, expect: { stdout: { contains: given } }",
            ),
            ("code", "shell: 'echo why >&2; exit 3'"),
            (
                "output",
                "command: [./smoke.sh], expect: { stdout: { contains: all 13 } }",
            ),
            ("broken", "shell: exit 2, broken_when: [2]"),
            ("missing", "command: [no-such-program]"),
            ("data", "command: [./data.txt]"),
            ("killed", "shell: kill -9 $$"),
            ("typo", "shell: no-such-program | cat; no-such-program"),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "holds: passed",
            "json: passed",
            "input: passed",
            "code: failed",
            "output: failed",
            "broken: failed",
            "missing: inconclusive",
            "data: inconclusive",
            "killed: inconclusive",
            "typo: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("code", &["`/bin/sh` exited with 3, expected 0"]);
    says(
        "output",
        &[
            "exited with 0, but standard output is not in its",
            "expected `all 13`",
        ],
    );
    says("broken", &["which is `broken_when`"]);
    says(
        "missing",
        &["`no-such-program` can't be run: it is not in PATH"],
    );
    says(
        "data",
        &["`./data.txt` can't be run: it may not be executed"],
    );
    says("killed", &["was ended by signal 9 (SIGKILL)"]);
    says(
        "typo",
        &["the shell exited with 127: it found no such program"],
    );
    assert_tells(&hint(&report, "data"), &["chmod +x"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(looks("broken"), Some(1));
    assert_eq!(looks("missing"), Some(1));
    assert!(looks("code") > Some(1), "it waits");
    let evidence = check(&report, "code")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["exit code", "last lines of standard error", "why"],
    );
}

#[test]
fn a_command_that_is_written_wrongly_is_told_with_the_right_way() {
    let place = Place::new();
    std::fs::create_dir(place.path("bin")).expect("a folder");
    script(&place, "windows.sh", "#!/bin/sh\r\nexit 0\r\n");
    for (fields, help) in [
        (
            "command: ./smoke --url x",
            "write `command: [./smoke, --url, x]`",
        ),
        ("command: ['python3 -V']", "write `command: [python3, -V]`"),
        ("command: []", "`command` is empty"),
    ] {
        place.write("touchdown.yaml", &suite(&[("wrong", fields)]));
        let ended = place.run(&["validate"]);
        ended.expect_code(2);
        assert_tells(&ended.stderr, &["touchdown.yaml:4:", help]);
    }
    let report = run(
        &place,
        &[
            ("windows", "command: [./windows.sh]"),
            ("folder", "command: [./bin]"),
            ("lacks", "shell: exit 1, pass_env: [NEVER_SET_HERE]"),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "windows: inconclusive",
            "folder: inconclusive",
            "lacks: failed"
        ],
        "{report:#}"
    );
    assert_tells(&told(&report, "windows"), &["its first line ends in CR LF"]);
    assert_tells(&hint(&report, "windows"), &["eol=lf"]);
    assert_tells(
        &told(&report, "folder"),
        &["`./bin` can't be run: it is a folder"],
    );
    assert_tells(
        &hint(&report, "lacks"),
        &["`pass_env` names NEVER_SET_HERE", "run it by hand"],
    );
}

#[test]
fn it_runs_in_the_suites_folder_with_what_the_suite_gives_it() {
    let place = Place::new();
    std::fs::create_dir(place.path("deploy")).expect("a folder");
    script(&place, "deploy/env.sh", "#!/bin/sh\npwd; env\n");
    let fields = "command: [./env.sh], env: { MODE: smoke, DEPLOY_TOKEN: t0p-s3cr3t }, pass_env: [PASSED, UNSET], \
        expect: { stdout: { regex: '(?s)deploy\\n.*(MODE=smoke.*PASSED=it|PASSED=it.*MODE=smoke)', contains: 'HOME=' } }";
    place.write("deploy/touchdown.yaml", &suite(&[("env", fields)]));
    let mut command = place.touchdown(&["run", "deploy", "--json", "r.json"]);
    command.env("PASSED", "it").env("OTHER", "kept-from-it");
    let ended = crate::place::ended(command);
    ended.expect_code(0);
    let report = place.read("r.json");
    for kept in ["t0p-s3cr3t", "kept-from-it", "AWS_SECRET_ACCESS_KEY"] {
        assert!(!report.contains(kept), "{kept} is in {report}");
    }
}

#[test]
fn a_program_that_hangs_or_floods_is_ended_and_told() {
    let report = run(
        &Place::new(),
        &[
            (
                "hangs",
                "shell: 'echo begun; trap \"\" TERM; while :; do sleep 1; done', timeout: 500ms",
            ),
            ("floods", "shell: head -c 1000000000 /dev/zero"),
            ("endless", "command: [yes]"),
        ],
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "hangs",
        &["inconclusive: ", "`/bin/sh` had not ended after 500ms"],
    );
    says("floods", &["inconclusive: ", "printed more than 16 MiB"]);
    says(
        "endless",
        &["inconclusive: ", "`yes` printed more than 16 MiB"],
    );
    let evidence = check(&report, "hangs")["evidence"].to_string();
    assert_tells(&evidence, &["last lines of standard output", "begun"]);
}

/// Whether a process runs; one that has ended and waits for its parent doesn't.
#[cfg(target_os = "linux")]
fn runs(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

/// Leaves four processes, each further away than the one before, and writes their ids.
#[cfg(target_os = "linux")]
const DESERTER: &str = "#!/bin/sh
sleep 600 & echo $! >> ids
setsid sh -c 'echo $$ >> ids; exec sleep 600' &
(setsid sh -c '(setsid sh -c \"echo \\$\\$ >> ids; exec sleep 600\" &)' &)
(setsid env -i sh -c 'echo $$ >> ids; exec sleep 600' &)
while [ \"$(wc -l < ids)\" -lt 4 ]; do sleep 0.05; done
";

#[cfg(target_os = "linux")]
#[track_caller]
fn assert_nobody_runs(place: &Place) {
    let ids = place.read("ids");
    assert!(ids.lines().count() >= 4, "{ids}");
    // Who was sent a signal as touchdown ended may take a moment to go.
    let gone = || !ids.lines().any(runs);
    let waited = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        gone()
    });
    assert!(waited, "survived of {ids}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_program_starts_outlives_the_look() {
    for (last, timeout, verdict) in [
        ("", "30s", "passed"),
        ("kill -9 $$\n", "30s", "inconclusive"),
        ("exec yes\n", "30s", "inconclusive"),
        ("sleep 600\n", "15s", "inconclusive"),
    ] {
        let place = Place::new();
        script(&place, "desert.sh", &format!("{DESERTER}{last}"));
        let fields = format!("command: [./desert.sh], timeout: {timeout}");
        let report = run(&place, &[("deserts", &fields)]);
        let told = format!("deserts: {verdict}");
        assert_eq!(verdicts(&report), [told], "{report:#}");
        assert_nobody_runs(&place);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_program_starts_outlives_a_run_that_is_stopped() {
    for name in ["-INT", "-TERM"] {
        let place = Place::new();
        script(&place, "desert.sh", &format!("{DESERTER}sleep 600\n"));
        place.write(
            "touchdown.yaml",
            &suite(&[
                ("waits", "shell: exit 1, within: 5m"),
                ("deserts", "command: [./desert.sh], timeout: 5m"),
            ]),
        );
        let mut child = place.start(&["run"]);
        read_until(child.stderr.take(), "waits: not yet");
        while std::fs::read_to_string(place.path("ids")).map_or(0, |ids| ids.lines().count()) < 4 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        signal(&child, name);
        child.wait().expect("an end");
        assert_nobody_runs(&place);
    }
}
