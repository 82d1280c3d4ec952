//! Plug-ins by the real binary: in each of the four states, and in all their misbehaviour.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::place::{Place, assert_tells, check, read_until, signal, told, verdicts};

/// What the plug-ins of these tests say of themselves.
pub const DESCRIPTION: &str = r#"{
    "protocols": [1], "kind": "KIND", "summary": "whether it behaves.",
    "schema": {
        "type": "object",
        "properties": {
            "least": { "type": "integer", "minimum": 1, "description": "How many." },
            "mode": { "enum": ["fast", "full"] },
            "where": { "type": "object", "properties": { "host": { "type": "string" } }, "additionalProperties": false }
        },
        "required": ["least"]
    },
    "example": { "least": 3 }
}"#;

pub fn script(place: &Place, kind: &str, text: &str) {
    let name = format!("plugins/touchdown-check-{kind}");
    place.write(&name, text);
    let executable = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.path(&name), executable).expect("a script");
}

/// A plug-in in sh, which describes itself and then does this.
pub fn plugin(place: &Place, kind: &str, text: &str) {
    let description = DESCRIPTION.replace("KIND", kind);
    let describing =
        format!("if [ \"$1\" = --describe ]; then cat <<'END'\n{description}\nEND\nexit; fi");
    script(place, kind, &format!("#!/bin/sh\n{describing}\n{text}\n"));
}

pub fn place() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("plugins")).expect("a folder");
    place
}

pub fn suite(checks: &str) -> String {
    format!(
        "version: 1\nplugins: plugins\ndefaults: {{ within: 500ms, every: 200ms, timeout: 10s }}\nchecks:\n{checks}"
    )
}

/// Runs one check of each kind, whose id is the kind's name.
fn run(place: &Place, kinds: &[&str]) -> Value {
    run_within("10s", place, kinds)
}

/// The same with so long for each look.
fn run_within(timeout: &str, place: &Place, kinds: &[&str]) -> Value {
    let checks: Vec<String> = kinds
        .iter()
        .map(|kind| format!("- {{ check: {kind}, least: 1 }}\n"))
        .collect();
    let suite = suite(&checks.concat()).replace("timeout: 10s", &format!("timeout: {timeout}"));
    place.write("touchdown.yaml", &suite);
    let ended = place.run(&["run", "--json", "r.json"]);
    assert_ne!(ended.code, Some(2), "{ended:#?}");
    place.json("r.json")
}

fn finding(state: &str) -> String {
    format!(
        "echo '{{\"finding\": {{\"state\": \"{state}\", \"headline\": \"told {state}\", \"hint\": \"do it\"}}}}'"
    )
}

#[test]
fn each_state_that_a_plug_in_tells_is_the_checks_own() {
    let place = place();
    let states = ["holds", "not-yet", "broken", "unobserved"];
    for state in states {
        plugin(
            &place,
            &format!("acme.{state}"),
            &format!("echo noted >&2; {}", finding(state)),
        );
    }
    let kinds = states.map(|state| format!("acme.{state}"));
    let report = run(&place, &kinds.each_ref().map(String::as_str));
    assert_eq!(
        verdicts(&report),
        [
            "acme.holds: passed",
            "acme.not-yet: failed",
            "acme.broken: failed",
            "acme.unobserved: inconclusive"
        ],
        "{report:#}"
    );
    assert_tells(&told(&report, "acme.not-yet"), &["told not-yet"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(looks("acme.broken"), Some(1));
    assert!(looks("acme.not-yet") > Some(1));
    let evidence = check(&report, "acme.holds")["evidence"].to_string();
    assert_tells(&evidence, &["last lines of standard error", "noted"]);
}

#[test]
fn whatever_a_plug_in_does_wrong_is_told_and_never_passed() {
    let place = place();
    let holds = finding("holds");
    let cases = [
        (
            "acme.hangs",
            "sleep 600".to_owned(),
            "had not ended after 10s",
        ),
        (
            "acme.tells-and-hangs",
            format!("{holds}; sleep 600"),
            "had not ended after 10s",
        ),
        (
            "acme.floods",
            "head -c 1000000000 /dev/zero".into(),
            "printed more than 16 MiB",
        ),
        (
            "acme.floods-stderr",
            "yes >&2".into(),
            "printed more than 16 MiB",
        ),
        (
            "acme.dies",
            format!("{holds}; kill -9 $$"),
            "was ended by signal 9",
        ),
        (
            "acme.garbage",
            "echo warm".into(),
            "line 1 is no line of the protocol",
        ),
        (
            "acme.half",
            "printf '{\"finding\": {\"state\": \"holds\", \"head'".into(),
            "line 1 ends in the middle",
        ),
        (
            "acme.silent",
            "cat >/dev/null".into(),
            "it exited with 0 without a finding",
        ),
        (
            "acme.twice",
            format!("{holds}; {holds}"),
            "line 2 is a second finding",
        ),
        (
            "acme.list",
            r#"echo '[1, null, ["holds", "all is well"]]'"#.into(),
            "expected an object",
        ),
        (
            "acme.inner-list",
            r#"echo '{"finding": ["holds", "all is well"]}'"#.into(),
            "expected an object",
        ),
        ("acme.state", finding("fine"), "unknown variant `fine`"),
        (
            "acme.version",
            "echo '{\"protocol\": 9, \"finding\": null}'".into(),
            "is of version 9 of the protocol",
        ),
        (
            "acme.exits",
            format!("{holds}; exit 3"),
            "it exited with 3 after its finding",
        ),
        (
            "acme.breaks-and-exits",
            format!("{}; exit 3", finding("broken")),
            "it exited with 3 after its finding",
        ),
    ];
    for (kind, text, _) in &cases {
        plugin(&place, kind, text);
    }
    let kinds: Vec<&str> = cases.iter().map(|(kind, ..)| *kind).collect();
    let report = run(&place, &kinds);
    for (kind, _, why) in &cases {
        assert_tells(&told(&report, kind), &["inconclusive: ", why]);
    }
}

/// Leaves three processes, the last without anything that it could be known by, and writes their ids.
#[cfg(target_os = "linux")]
const FORKS: &str = "sleep 600 & echo $! >> ids
(setsid sh -c 'echo $$ >> ids; exec sleep 600' &)
(setsid env -i sh -c 'echo $$ >> ids; exec sleep 600' &)
sleep 0.3";

#[cfg(target_os = "linux")]
fn await_ids(place: &Place, number: usize) {
    let written = || std::fs::read_to_string(place.path("ids")).unwrap_or_default();
    while written().lines().count() < number {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[track_caller]
fn assert_nobody_runs(place: &Place, least: usize) {
    let ids = place.read("ids");
    assert!(ids.lines().count() >= least, "{ids}");
    let runs = |id: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ");
        state.is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    let surviving: Vec<&str> = ids.lines().filter(|id| runs(id)).collect();
    assert!(surviving.is_empty(), "{surviving:?} of {ids}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_plug_in_starts_outlives_the_run() {
    let place = place();
    let ends = [
        ("acme.forks", finding("holds"), "passed"),
        ("acme.forks-and-hangs", "sleep 600".into(), "inconclusive"),
        ("acme.forks-and-floods", "exec yes".into(), "inconclusive"),
        ("acme.forks-and-dies", "kill -9 $$".into(), "inconclusive"),
    ];
    for (kind, end, _) in &ends {
        plugin(&place, kind, &format!("{FORKS}; {end}"));
    }
    let report = run_within("5s", &place, &ends.each_ref().map(|(kind, ..)| *kind));
    let told = ends.map(|(kind, _, verdict)| format!("{kind}: {verdict}"));
    assert_eq!(verdicts(&report), told, "{report:#}");
    assert_nobody_runs(&place, 12);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_plug_in_starts_outlives_a_run_that_is_stopped() {
    for name in ["-INT", "-TERM", "-HUP"] {
        let place = place();
        plugin(&place, "acme.forks", &format!("{FORKS}; sleep 600"));
        let suite = "version: 1\nplugins: plugins\nchecks:\n- { check: acme.forks, least: 1, within: 5m, timeout: 5m }\n\
            - { check: exec, shell: exit 1, within: 5m }\n";
        place.write("touchdown.yaml", suite);
        let mut child = start_hearing(&place, "--default-signal=HUP");
        read_until(child.stderr.take(), "exec: not yet");
        await_ids(&place, 3);
        signal(&child, name);
        child.wait().expect("an end");
        assert_nobody_runs(&place, 3);
    }
}

/// Starts a run that has SIGHUP as told, whatever these tests were started with.
#[cfg(target_os = "linux")]
fn start_hearing(place: &Place, hangup: &str) -> Child {
    let run = place.touchdown(&["run"]);
    let mut command = Command::new("env");
    command.arg(hangup).arg(run.get_program());
    command.args(run.get_args()).env_clear();
    command.envs(
        run.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.current_dir(place.path(""));
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    piped.spawn().expect("a process")
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_goes_on_whose_hangup_is_ignored() {
    let place = place();
    let suite =
        "version: 1\nchecks:\n- { check: exec, shell: test -e gone, within: 5m, every: 100ms }\n";
    place.write("touchdown.yaml", suite);
    let mut child = start_hearing(&place, "--ignore-signal=HUP");
    read_until(child.stderr.take(), "exec: not yet");
    signal(&child, "-HUP");
    place.write("gone", "");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_describes_itself_outlives_an_interruption() {
    for (name, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 143)] {
        let place = place();
        script(
            &place,
            "acme.forks",
            &format!("#!/bin/sh\n{FORKS}; sleep 600\n"),
        );
        script(&place, "acme.later", "#!/bin/sh\nsleep 600\n");
        let checks = "- { check: acme.forks }\n- { check: acme.later }\n";
        place.write("touchdown.yaml", &suite(checks));
        let mut child = start_hearing(&place, "--default-signal=HUP");
        await_ids(&place, 3);
        signal(&child, name);
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(child.wait().expect("an end").code(), Some(code), "{said}");
        assert!(!said.contains("mistake"), "{said}");
        assert_nobody_runs(&place, 3);
    }
}

#[test]
fn a_plug_in_gets_what_the_suite_allows_and_its_secrets_stay_hidden() {
    let place = place();
    let told = "cat >given.json; env >env.txt; echo \"$PLUGIN_TOKEN\" >&2";
    plugin(
        &place,
        "acme.sees",
        &format!("{told}; {}", finding("holds")),
    );
    let suite = "version: 1\nplugins: { folder: plugins, env: { PLUGIN_TOKEN: t0p-s3cr3t }, pass_env: [PASSED] }\n\
        checks:\n- { check: acme.sees, least: 2, timeout: 3s }\n";
    place.write("touchdown.yaml", suite);
    let mut command = place.touchdown(&["run", "--json", "r.json"]);
    command.env("PASSED", "it").env("OTHER", "kept");
    crate::place::ended(command).expect_code(0);
    let environment = place.read("env.txt");
    assert_tells(
        &environment,
        &["PASSED=it", "PLUGIN_TOKEN=t0p-s3cr3t", "HOME="],
    );
    assert!(
        !environment.contains("OTHER") && !environment.contains("AWS_"),
        "{environment}"
    );
    assert!(!place.read("r.json").contains("t0p-s3cr3t"), "it is hidden");
    let given = place.json("given.json");
    assert_eq!(given["protocol"], 1);
    assert_eq!(given["check"], serde_json::json!({ "least": 2 }));
    assert_eq!(
        (&given["timeout_ms"], &given["target"]),
        (&3000.into(), &Value::Null)
    );
}
