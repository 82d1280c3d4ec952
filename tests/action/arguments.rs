//! Inputs become arguments, each one whole, whatever stands in it; and mistakes are told.

use std::collections::BTreeMap;

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells};
use crate::step::Step;

/// A touchdown that writes each of its arguments into a file, and a NUL after it.
const RECORDER: &str = "#!/bin/sh\nprintf '%s\\0' \"$@\" >\"$HOME/arguments\"\n";

/// Text that a shell, an option parser or a glob would make something of.
const HOSTILE: &str =
    "-x --help 'a' \"b\" $(touch pwned) `touch pwned` ${HOME} \\ * ; touch pwned | & > < !1";

fn recorded(inputs: &[(&str, &str)]) -> Vec<String> {
    let step = Step::run(Place::new()).program("touchdown", RECORDER);
    let step = inputs
        .iter()
        .fold(step, |step, (name, value)| step.input(name, value));
    step.end().expect_code(0);
    assert!(!step.place.path("pwned").exists());
    let recorded = std::fs::read_to_string(step.place.home().join("arguments"));
    let recorded = recorded.expect("what touchdown was asked");
    let folder = step.place.path("").display().to_string();
    let mut arguments: Vec<String> = recorded
        .replace(&folder, "/here/")
        .split('\0')
        .map(str::to_owned)
        .collect();
    assert_eq!(
        arguments.pop().as_deref(),
        Some(""),
        "a NUL ends the last one"
    );
    arguments
}

/// Where the reports go, in the order of the arguments.
fn reports(folder: &str) -> [String; 4] {
    [
        ("json", "json"),
        ("junit", "xml"),
        ("html", "html"),
        ("markdown", "md"),
    ]
    .map(|(option, ending)| format!("--{option}={folder}/touchdown.{ending}"))
}

#[test]
fn the_defaults_run_the_default_suite() {
    let expected = [&["run".to_owned()][..], &reports("/here/touchdown-report")].concat();
    assert_eq!(recorded(&[]), expected);
}

#[test]
fn every_input_of_a_run_is_one_argument_whatever_stands_in_it() {
    let variables = format!("NOTE={HOSTILE}\r\n\nGIT_SHA=9f3c2ab\nSPACED=  a b  \nEMPTY=\n");
    let arguments = recorded(&[
        ("suite", HOSTILE),
        ("profile", HOSTILE),
        ("timeout", HOSTILE),
        ("shard", HOSTILE),
        ("only", &format!("{HOSTILE}\nfresh@*")),
        ("variables", &variables),
        ("baseline", &format!("one.json\n{HOSTILE}\n")),
        ("report-directory", "-r $(touch pwned)\n'x'"),
    ]);
    let mut expected: Vec<String> = vec!["run".into()];
    expected.extend(["profile", "timeout", "shard"].map(|name| format!("--{name}={HOSTILE}")));
    expected.extend([format!("--only={HOSTILE}"), "--only=fresh@*".into()]);
    expected.push(format!("--var=NOTE={HOSTILE}"));
    expected.extend(
        [
            "--var=GIT_SHA=9f3c2ab",
            "--var=SPACED=  a b  ",
            "--var=EMPTY=",
        ]
        .map(Into::into),
    );
    expected.extend([
        "--baseline=one.json".into(),
        format!("--baseline={HOSTILE}"),
    ]);
    expected.extend(reports("/here/-r $(touch pwned)\n'x'"));
    expected.extend(["--".into(), HOSTILE.into()]);
    assert_eq!(arguments, expected);
}

#[test]
fn every_input_of_the_other_commands_is_one_argument_too() {
    let service = format!("prod/{HOSTILE}");
    let mut expected: Vec<String> = vec!["confirm".into()];
    expected.extend(["image", "since", "wait"].map(|name| format!("--{name}={HOSTILE}")));
    expected.push("--baseline=before.json".into());
    expected.extend(reports("/here/touchdown-report"));
    expected.extend(["--".into(), service.clone()]);
    let inputs = [
        ("command", "confirm"),
        ("service", &service),
        ("image", HOSTILE),
        ("since", HOSTILE),
        ("wait", HOSTILE),
        ("baseline", "before.json"),
    ];
    assert_eq!(recorded(&inputs), expected);

    let inputs = [
        ("command", "snapshot"),
        ("service", "prod-shop/arn:aws:ecs/web*"),
    ];
    let output = "--output=/here/touchdown-report/baseline-prod-shop-arn-aws-ecs-web-.json";
    assert_eq!(recorded(&inputs), ["snapshot", output, "--", inputs[1].1]);
}

/// And touchdown itself takes them so.
#[test]
fn a_suite_with_any_name_is_run() {
    let aws = Aws::of("healthy");
    let name = "--var=x $(touch pwned) 'it'.yaml";
    let place = Place::new();
    let page = "  - { check: http.responds, url: \"${PAGE}/health\", expect: { json: { \"$.status\": \"${WORD}\" } } }";
    place.write(name, &checkout("", page));
    let step = Step::run(place)
        .variable("AWS_ENDPOINT_URL", &aws.url())
        .input("suite", name)
        .input("variables", &format!("PAGE={}\nWORD=ok", aws.url()));
    step.end().expect_code(0);
    assert!(!step.place.path("pwned").exists());
}

#[test]
fn an_output_cannot_begin_another_one() {
    let step = Step::run(Place::new())
        .program(
            "touchdown",
            "#!/bin/sh\nfor it; do case $it in --j*) echo told >\"${it#*=}\";; esac; done\n",
        )
        .input(
            "report-directory",
            "x\nverdict=failed\nexit-code<<touchdown",
        );
    step.end().expect_code(0);
    let outputs = step.outputs();
    let folder = step.place.path("x\nverdict=failed\nexit-code<<touchdown");
    let expected: BTreeMap<String, String> = [
        ("exit-code", "0".to_owned()),
        ("verdict", "passed".to_owned()),
        ("json", folder.join("touchdown.json").display().to_string()),
        ("junit", folder.join("touchdown.xml").display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    assert_eq!(outputs, expected);
}

#[test]
fn mistakes_in_a_workflow_are_errors_and_nothing_runs() {
    for (inputs, told) in [
        (
            &[("command", "verify")][..],
            "the input `command` is run, confirm or snapshot, not `verify`",
        ),
        (
            &[("command", "confirm")],
            "`command: confirm` needs the input `service`",
        ),
        (
            &[("command", "snapshot")],
            "`command: snapshot` needs the input `service`",
        ),
        (
            &[("wait", "5m")],
            "the input `wait` is not for `command: run`",
        ),
        (
            &[("service", "a/b")],
            "the input `service` is not for `command: run`",
        ),
        (
            &[
                ("command", "confirm"),
                ("service", "a/b"),
                ("variables", "A=b"),
            ],
            "the input `variables` is not for `command: confirm`",
        ),
        (
            &[("command", "confirm"), ("service", "a/b"), ("shard", "1/2")],
            "the input `shard` is not for `command: confirm`",
        ),
        (
            &[
                ("command", "snapshot"),
                ("service", "a/b"),
                ("baseline", "x"),
            ],
            "the input `baseline` is not for `command: snapshot`",
        ),
        (
            &[("fail-on-inconclusive", "no")],
            "`fail-on-inconclusive` are true or false, not `no`",
        ),
        (
            &[("upload", "yes\n::stop-commands::x")],
            "not `yes%0A::stop-commands::x`",
        ),
    ] {
        let step = Step::run(Place::new()).program("touchdown", RECORDER);
        let step = inputs
            .iter()
            .fold(step, |step, (name, value)| step.input(name, value));
        let ended = step.end();
        assert_tells(
            &ended.expect_code(2).stdout,
            &["::error title=touchdown::", told],
        );
        assert_eq!(ended.stdout.lines().count(), 1, "{ended:#?}");
        assert!(!step.place.home().join("arguments").exists(), "{inputs:?}");
        let outputs = step.outputs();
        assert_eq!(outputs["exit-code"], "2");
        assert_eq!(
            outputs.get("verdict").map_or("error", String::as_str),
            "error"
        );
    }
}
