//! Plug-ins as kinds like any other: what they say of themselves, their fields, and the examples.

use std::path::Path;

use serde_json::Value;

use crate::aws::Aws;
use crate::place::{Ended, Place, argument, assert_tells, check, told};
use crate::plugins::{DESCRIPTION, place, plugin, script, suite};

pub fn validated(place: &Place, checks: &str) -> Ended {
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
fn whoever_names_a_plug_in_that_is_not_there_is_told_what_it_would_be() {
    let place = place();
    plugin(&place, "nodot", "exit 1");
    let checks = "  - check: acme.typo\n  - check: nodot\n  - check: http.repsonds\n";
    let ended = validated(&place, checks);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "unknown kind of check `acme.typo`",
            "a plug-in would be the program `touchdown-check-acme.typo`, in `plugins` or in PATH",
            "`touchdown-check-nodot` is there, but a plug-in's kind says whose it is: `acme.nodot`",
            "did you mean `http.responds`?",
        ],
    );
    let explained = place.run(&["checks", "acme.typo"]);
    explained.expect_code(2);
    assert_tells(
        &explained.stderr,
        &[
            "a plug-in would be the program `touchdown-check-acme.typo`, in the folder of `plugins:` or in PATH.",
        ],
    );
    assert!(
        !ended.stderr.contains("touchdown-check-http"),
        "{}",
        ended.stderr
    );
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
            describing(("\"integer\",", "\"integer\", \"$anchor\": \"least\",")),
            "has a `$anchor`: write `$ref` with `#/$defs/…`",
        ),
        (
            "#!/bin/sh\necho '[[1], \"acme.lies\", \"it is.\", {\"type\": \"object\"}, {}]'\n"
                .into(),
            "expected an object",
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
fn what_a_plug_in_is_given_stays_secret_when_it_does_not_describe_itself() {
    let place = place();
    let text = "#!/bin/sh\necho \"with $WRITTEN_TOKEN and $PASSED_KEY\" >&2; exit 1\n";
    script(&place, "acme.talks", text);
    place.write(
        "touchdown.yaml",
        "version: 1\nplugins: { folder: plugins, env: { WRITTEN_TOKEN: wr1tten }, pass_env: [PASSED_KEY] }\n\
            checks:\n- { check: acme.talks }\n",
    );
    let mut command = place.touchdown(&["validate"]);
    command.env("PASSED_KEY", "p4ssed");
    let ended = crate::place::ended(command);
    ended.expect_code(2);
    assert_tells(&ended.stderr, &["and said: with [redacted] and [redacted]"]);
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
    for command in [&["checks"][..], &["checks", "acme.warm"], &["schema"]] {
        let ended = place.run(&[command, &["--plugins", "plugin"]].concat());
        ended.expect_code(2);
        assert_tells(&ended.stderr, &["there is no folder `plugin`"]);
    }
    let coloured = DESCRIPTION
        .replace("KIND", "acme.coloured")
        .replace("whether it", r"\u001b[31mwhether\u0007 it");
    let text = format!("#!/bin/sh\ncat <<'END'\n{coloured}\nEND\n");
    script(&place, "acme.coloured", &text);
    let explained = place.run(&["checks", "acme.coloured", "--plugins", "plugins"]);
    assert_tells(&explained.stdout, &["␛[31mwhether␇ it behaves."]);
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
