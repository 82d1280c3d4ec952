//! The judge of `exec`, with literal facts.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};
use crate::reads::{CommandError, Ending, Printed};

fn check(fields: Value) -> Exec {
    serde_json::from_value(fields).expect("fields of exec")
}

fn facts(value: Result<Ran, CommandError>) -> Facts {
    let source = Source {
        call: "exec".into(),
        resource: "./smoke".into(),
        request_id: None,
    };
    let at = "2025-11-18T23:46:00Z".parse().expect("a time");
    Facts {
        ran: Seen { value, source, at },
        within: Duration::from_secs(15),
    }
}

fn ran(ending: Ending, stdout: &str) -> Result<Ran, CommandError> {
    Ok(Ran {
        ending,
        stdout: Printed {
            text: stdout.into(),
            omitted: 0,
        },
        stderr: Printed::default(),
        took: Duration::from_millis(1200),
        unset: Vec::new(),
    })
}

fn told(fields: Value, ran: Result<Ran, CommandError>) -> (State, String) {
    let finding = check(fields).judge(&Outside, &facts(ran));
    (finding.state, finding.headline)
}

#[test]
fn its_exit_code_decides() {
    let fields = json!({ "command": ["./smoke", "-v"], "holds_when": [0, 3], "broken_when": [2] });
    for (code, state, headline) in [
        (0, State::Holds, "`./smoke` exited with 0 after 1.2s"),
        (3, State::Holds, "`./smoke` exited with 3 after 1.2s"),
        (1, State::NotYet, "`./smoke` exited with 1, expected 0 or 3"),
        (
            127,
            State::NotYet,
            "`./smoke` exited with 127, expected 0 or 3",
        ),
        (
            2,
            State::Broken,
            "`./smoke` exited with 2 after 1.2s, which is `broken_when`",
        ),
    ] {
        let found = told(fields.clone(), ran(Ending::Code(code), ""));
        assert_eq!(found, (state, headline.to_owned()));
    }
}

#[test]
fn what_it_printed_must_be_right_too() {
    let fields = json!({ "command": ["./smoke"], "expect": {
        "stdout": { "contains": "passed", "regex": "all \\d+" }, "json": { "$.failed": 0 },
    } });
    let right = r#"{"failed": 0, "told": "all 12 passed"}"#;
    assert_eq!(
        told(fields.clone(), ran(Ending::Code(0), right)),
        (
            State::Holds,
            r"`./smoke` exited with 0 after 1.2s with `passed`, /all \d+/, $.failed = 0".into()
        )
    );
    let wrong = r#"{"failed": 2, "told": "10 passed"}"#;
    let finding = check(fields.clone()).judge(&Outside, &facts(ran(Ending::Code(0), wrong)));
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        r"`./smoke` exited with 0, but standard output is not in its 34 bytes, expected /all \d+/, and 1 more"
    );
    assert_eq!(
        finding.evidence.len(),
        4,
        "exit code, two differences, output"
    );
    let mut long = ran(Ending::Code(0), right);
    if let Ok(ran) = &mut long {
        ran.stdout.text.truncate(10);
        ran.stdout.omitted = 1 << 30;
    }
    assert_eq!(told(fields, long).0, State::Unobserved);
}

#[test]
fn what_must_not_be_printed_and_whole_outputs_count_too() {
    let fields = json!({ "command": ["./smoke"], "expect": {
        "stdout": { "contains": ["12", "passed"], "not_contains": ["FAIL", "panic"], "not_regex": "retr(y|ied)" },
        "stderr": { "equals": "" },
    } });
    for (printed, state, says) in [
        (
            "12 passed",
            State::Holds,
            "with `12`, `passed`, no `FAIL`, no `panic`, no /retr(y|ied)/, the whole standard error as expected",
        ),
        (
            "12 passed, 1 FAILED",
            State::NotYet,
            "standard output is `FAIL` at byte 13, expected no `FAIL`",
        ),
        (
            "12 passed, 2 retried",
            State::NotYet,
            "standard output is `retried` at byte 13, expected no /retr(y|ied)/",
        ),
        (
            "",
            State::NotYet,
            "standard output is empty, expected `12`, and 1 more",
        ),
    ] {
        let (found, headline) = told(fields.clone(), ran(Ending::Code(0), printed));
        assert_eq!(found, state, "{headline}");
        assert!(headline.contains(says), "{headline}");
    }
    let mut loud = ran(Ending::Code(0), "12 passed");
    if let Ok(ran) = &mut loud {
        ran.stderr.text = "warning: old".into();
    }
    let (state, headline) = told(fields, loud);
    assert_eq!(state, State::NotYet);
    assert!(
        headline.contains("standard error is `warning: old`, expected nothing"),
        "{headline}"
    );
}

#[test]
fn what_it_lacked_of_the_environment_is_told_where_it_does_not_hold() {
    let hint = |code: i32| {
        let mut run = ran(Ending::Code(code), "");
        if let Ok(ran) = &mut run {
            ran.unset = vec!["TOKEN".into()];
        }
        check(json!({ "command": ["./smoke"] }))
            .judge(&Outside, &facts(run))
            .hint
    };
    assert_eq!(hint(0), None);
    let told = hint(1).expect("a hint");
    assert!(
        told.starts_with(
            "`pass_env` names TOKEN, which touchdown itself hasn't got. Its last lines"
        ),
        "{told}"
    );
    assert!(
        told.ends_with("run it by hand in the suite's folder: `./smoke`."),
        "{told}"
    );
}

#[test]
fn who_could_not_tell_told_nothing() {
    let fields = json!({ "shell": "smoke | tee log" });
    for (run, lasting, headline) in [
        (
            ran(Ending::TimedOut, ""),
            false,
            "`/bin/sh` had not ended after 15s, and was ended with all that it had started",
        ),
        (
            ran(Ending::Flooded, ""),
            true,
            "`/bin/sh` printed more than 16 MiB, and was ended with all that it had started",
        ),
        (
            ran(Ending::Signal(11), ""),
            false,
            "`/bin/sh` was ended by signal 11 (SIGSEGV)",
        ),
        (
            ran(Ending::Code(127), ""),
            true,
            "the shell exited with 127: it found no such program",
        ),
        (
            Err(CommandError::NotFound),
            true,
            "`/bin/sh` can't be run: there is no such file",
        ),
        (
            Err(CommandError::NotExecutable),
            true,
            "`/bin/sh` can't be run: it may not be executed",
        ),
    ] {
        let finding = check(fields.clone()).judge(&Outside, &facts(run));
        assert_eq!(finding.headline, headline);
        assert_eq!(
            (finding.state, finding.lasting),
            (State::Unobserved, lasting)
        );
        assert!(finding.hint.is_some(), "{headline}");
    }
}
