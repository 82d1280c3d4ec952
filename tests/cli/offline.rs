//! Commands that ask nothing: `validate`, `checks`, `schema`, and what is no command line.

use serde_json::Value;

use crate::aws::checkout;
use crate::place::{Place, assert_tells};

const TWO: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: seen, check: logs.line-seen, contains: '${LINE:-checkout starting}', needs: [fresh] }";

#[test]
fn validate_tells_every_mistake_at_once() {
    let place = Place::with_suite(&checkout("", TWO));
    let good = place.run(&["validate"]);
    assert_eq!(
        good.expect_code(0).stdout,
        "touchdown.yaml: 2 checks on 1 target: no mistakes\n"
    );

    place.write(
        "bad.yaml",
        &checkout(
            "imag: x",
            "  - { check: ecs.digest-runing }\n  - { check: http.responds }",
        ),
    );
    let bad = place.run(&["validate", "bad.yaml"]);
    bad.expect_code(2);
    assert_eq!(bad.stdout, "");
    let places = [
        "--> bad.yaml:",
        "imag",
        "did you mean `ecs.digest-running`?",
        "`url`",
        "error: 3 mistakes in bad.yaml",
    ];
    assert_tells(&bad.stderr, &places);
    // The gate tells the same, and asks nothing.
    let ran = place.run(&["run", "bad.yaml", "--json", "r.json"]);
    assert_eq!(ran.expect_code(2).stderr, bad.stderr);
    assert!(!place.path("r.json").exists());
}

#[test]
fn a_folder_stands_for_the_suite_in_it() {
    let place = Place::with_suite(&checkout("", TWO));
    place.run(&["validate", "."]).expect_code(0);
    let missing = place.run(&["run", "elsewhere"]);
    assert_tells(
        &missing.expect_code(2).stderr,
        &["there is no suite at `elsewhere`"],
    );
    let empty = Place::new();
    assert_tells(
        &empty.run(&["run"]).expect_code(2).stderr,
        &["there is no suite at `touchdown.yaml`"],
    );
}

#[test]
fn what_is_no_command_line_is_a_usage_error() {
    let place = Place::with_suite(&checkout("", TWO));
    for (arguments, part) in [
        (&["run", "--no-such-flag"][..], "--no-such-flag"),
        (&["run", "--timeout", "soon"], "soon"),
        (&["run", "--timeout", "5"], "5"),
        (&["run", "--var", "NAME"], "NAME=VALUE"),
        (
            &["run", "--endpoint-url", "localhost:4566"],
            "http://127.0.0.1:4566",
        ),
        (&["run", "--format", "yaml"], "json"),
        (&["run", "--quiet", "--verbose"], "--verbose"),
        (&["run", "a.yaml", "b.yaml"], "b.yaml"),
        (&["render"], "REPORT.json"),
        (&["deploy"], "deploy"),
        (&[], "Usage"),
    ] {
        let ended = place.run(arguments);
        assert_tells(&ended.expect_code(2).stderr, &[part]);
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["run", "--help"], &["--version"]] {
        assert_eq!(place.run(arguments).expect_code(0).stderr, "");
    }
}

#[test]
fn the_catalog_explains_each_kind() {
    let place = Place::new();
    let list = place.run(&["checks"]);
    let kinds = [
        "ecs.tasks-started-after-push",
        "ecs.digest-running",
        "ecs.digest-pinned",
        "ecr.image-pushed",
        "ecr.layers-changed",
        "ecr.platform-matches",
        "http.responds",
        "logs.line-seen",
        "logs.line-absent",
    ];
    assert_tells(&list.expect_code(0).stdout, &kinds);
    for kind in kinds {
        let told = place.run(&["checks", kind]);
        assert_tells(
            &told.expect_code(0).stdout,
            &[kind, "Why it matters", "Evidence", "```yaml\n- check: "],
        );
    }
    let typo = place.run(&["checks", "logs.line-sean"]);
    assert_tells(
        &typo.expect_code(2).stderr,
        &["no kind `logs.line-sean`", "did you mean `logs.line-seen`?"],
    );
    let schema = place.run(&["schema"]);
    let schema: Value = serde_json::from_str(&schema.expect_code(0).stdout).expect("JSON");
    assert_eq!(schema["properties"]["checks"]["type"], "array");
}
