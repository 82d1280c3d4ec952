//! Plug-ins by the real binary: in each of the four states, in all their misbehaviour, and as kinds like any other.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::aws::Aws;
use crate::place::{Ended, Place, argument, assert_tells, check, told, verdicts};

/// What the plug-ins of these tests say of themselves.
const DESCRIPTION: &str = r#"{
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

fn script(place: &Place, kind: &str, text: &str) {
    let name = format!("plugins/touchdown-check-{kind}");
    place.write(&name, text);
    let executable = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.path(&name), executable).expect("a script");
}

/// A plug-in in sh, which describes itself and then does this.
fn plugin(place: &Place, kind: &str, text: &str) {
    let description = DESCRIPTION.replace("KIND", kind);
    let describing =
        format!("if [ \"$1\" = --describe ]; then cat <<'END'\n{description}\nEND\nexit; fi");
    script(place, kind, &format!("#!/bin/sh\n{describing}\n{text}\n"));
}

fn place() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("plugins")).expect("a folder");
    place
}

fn suite(checks: &str) -> String {
    format!(
        "version: 1\nplugins: plugins\ndefaults: {{ within: 500ms, every: 200ms, timeout: 2s }}\nchecks:\n{checks}"
    )
}

/// Runs one check of each kind, whose id is the kind's name.
fn run(place: &Place, kinds: &[&str]) -> Value {
    let checks: Vec<String> = kinds
        .iter()
        .map(|kind| format!("- {{ check: {kind}, least: 1 }}\n"))
        .collect();
    place.write("touchdown.yaml", &suite(&checks.concat()));
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
            "had not ended after 2s",
        ),
        (
            "acme.tells-and-hangs",
            format!("{holds}; sleep 600"),
            "had not ended after 2s",
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

#[cfg(target_os = "linux")]
#[test]
fn nothing_that_a_plug_in_starts_outlives_the_run() {
    let place = place();
    let forks =
        "sleep 600 & echo $! >> ids; (setsid sh -c 'echo $$ >> ids; exec sleep 600' &); sleep 0.3";
    plugin(
        &place,
        "acme.forks",
        &format!("{forks}; {}", finding("holds")),
    );
    plugin(
        &place,
        "acme.forks-and-hangs",
        &format!("{forks}; sleep 600"),
    );
    let report = run(&place, &["acme.forks", "acme.forks-and-hangs"]);
    assert_eq!(
        verdicts(&report),
        ["acme.forks: passed", "acme.forks-and-hangs: inconclusive"],
        "{report:#}"
    );
    let ids = place.read("ids");
    assert!(ids.lines().count() >= 4, "{ids}");
    let runs = |id: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = stat
            .rsplit_once(") ")
            .map(|(_, rest)| rest.starts_with('Z'));
        state == Some(false)
    };
    let surviving: Vec<&str> = ids.lines().filter(|id| runs(id)).collect();
    assert!(surviving.is_empty(), "{surviving:?}");
}

fn validated(place: &Place, checks: &str) -> Ended {
    place.write("touchdown.yaml", &suite(checks));
    place.run(&["validate"])
}

#[test]
fn mistakes_in_a_plug_ins_fields_are_told_like_any_other() {
    let place = place();
    plugin(&place, "acme.warm", "exit 1");
    let checks = "  - check: acme.warm\n    leest: 3\n    least: soon\n    mode: ful\n    where:\n      hots: a\n  \
        - check: acme.warm\n    id: second\n  - check: acme.wram\n";
    let ended = validated(&place, checks);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "touchdown.yaml:6:5",
            "unknown field `leest`",
            "did you mean `least`?",
            "touchdown.yaml:7:12",
            "`least`: \"soon\" is not of type \"integer\"",
            "did you mean `full`?",
            "touchdown.yaml:10:7",
            "unknown field `hots`",
            "did you mean `host`?",
            "touchdown.yaml:11:12",
            "`least` is missing",
            "unknown kind of check `acme.wram`",
            "did you mean `acme.warm`?",
        ],
    );
    validated(
        &place,
        "  - { check: acme.warm, least: 2, mode: full, where: { host: a } }\n",
    )
    .expect_code(0);
}

#[test]
fn a_plug_in_that_lies_about_itself_is_a_mistake_in_the_suite() {
    let place = place();
    let describing = |change: (&str, &str)| {
        let description = DESCRIPTION
            .replace("KIND", "acme.lies")
            .replace(change.0, change.1);
        format!("#!/bin/sh\ncat <<'END'\n{description}\nEND\n")
    };
    let cases = [
        ("#!/bin/sh\necho warm\n".to_owned(), "is no description"),
        ("#!/bin/sh\nsleep 600\n".into(), "had not ended after 5s"),
        ("#!/bin/sh\nyes\n".into(), "printed more than 16 MiB"),
        (
            "#!/bin/sh\necho why >&2; exit 4\n".into(),
            "exited with 4, and said: why",
        ),
        (
            "#!/no/such/interpreter\n".into(),
            "the interpreter that its first line names is not there",
        ),
        (
            describing(("[1]", "[2]")),
            "speaks version [2] of the protocol",
        ),
        (
            describing(("acme.lies", "acme.true")),
            "says that it is the kind `acme.true`",
        ),
        (
            describing(("\"integer\"", "\"whole\"")),
            "is no JSON Schema",
        ),
        (
            describing(("\"where\": {", "\"on\": {")),
            "has a field `on`, which every check has already",
        ),
        (
            describing(("\"least\": 3", "\"least\": 0")),
            "refuses the example",
        ),
        (
            describing(("\"least\": 3", "\"most\": 3")),
            "refuses the example",
        ),
    ];
    for (text, why) in cases {
        script(&place, "acme.lies", &text);
        let ended = validated(&place, "  - { check: acme.lies, least: 1 }\n");
        ended.expect_code(2);
        assert_tells(&ended.stderr, &["touchdown.yaml:5:", why]);
    }
    place.write(
        "touchdown.yaml",
        "version: 1\nplugins: elsewhere\nchecks:\n- { check: acme.x }\n",
    );
    let ended = place.run(&["validate"]);
    assert_tells(
        &ended.stderr,
        &["there is no folder `elsewhere`", "touchdown.yaml:2:10"],
    );
}

#[test]
fn a_plug_in_is_explained_and_told_to_editors_like_any_kind() {
    let place = place();
    plugin(&place, "acme.warm", "exit 1");
    script(&place, "acme.broken", "#!/bin/sh\nexit 1\n");
    let folder = ["--plugins", "plugins"];
    let explained = place.run(&["checks", "acme.warm", "--plugins", "plugins"]);
    explained.expect_code(0);
    assert_tells(
        &explained.stdout,
        &[
            "whether it behaves.",
            "least (required): How many.",
            "- check: acme.warm\n  least: 3",
        ],
    );
    let listed = place.run(&[&["checks"], &folder[..]].concat());
    listed.expect_code(0);
    assert_tells(
        &listed.stdout,
        &["acme.warm", "whether it behaves.", "http.responds"],
    );
    assert_tells(
        &listed.stderr,
        &["left out: `touchdown-check-acme.broken --describe` exited with 1"],
    );
    let schema = place.run(&[&["schema"], &folder[..]].concat());
    let schema: Value = serde_json::from_str(&schema.stdout).expect("JSON");
    let own = &schema["$defs"]["acme.warm"];
    assert_eq!(
        own["properties"]["mode"]["enum"],
        serde_json::json!(["fast", "full"])
    );
    assert_eq!(
        own["examples"][0],
        serde_json::json!({ "check": "acme.warm", "least": 3 })
    );
    // In PATH it is found without a word.
    let mut command = place.touchdown(&["checks", "acme.warm"]);
    let path = format!(
        "{}:{}",
        argument(&place.path("plugins")),
        std::env::var("PATH").expect("a path")
    );
    command.env("PATH", path);
    crate::place::ended(command).expect_code(0);
    place.run(&["checks", "acme.warm"]).expect_code(2);
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

#[test]
fn the_examples_run() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins");
    let place = Place::new();
    place.write("warmed.txt", "home\nprices\nsearch\n");
    let aws = Aws::of("healthy");
    let warmed = format!("WARMED={}", argument(&place.path("warmed.txt")));
    let ended = place.run(&[
        "run",
        argument(&suite),
        "--var",
        &warmed,
        "--json",
        "r.json",
        "--endpoint-url",
        &aws.url(),
    ]);
    ended.expect_code(0);
    let report = place.json("r.json");
    assert_tells(&told(&report, "acme.cache-warm"), &["3 entries are warm"]);
    assert_tells(&told(&report, "acme.one-image"), &["tasks run sha256:"]);
    let evidence = check(&report, "acme.one-image")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["container app", "touchdown-check-acme.one-image"],
    );
    let doctor = place.run(&[
        "doctor",
        argument(&suite),
        "--policy",
        "--endpoint-url",
        &aws.url(),
    ]);
    assert_tells(&doctor.stdout, &["ecs:ListTasks", "ecs:DescribeTasks"]);
}
