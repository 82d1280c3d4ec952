//! The judge of `nagios`, with literal facts.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::contract::Source;
use crate::reads::{CommandError, Ending, Printed, Ran};

fn judged(fields: Value, run: Result<Ran, CommandError>) -> Finding {
    let check: Nagios = serde_json::from_value(fields).expect("fields of nagios");
    let source = Source {
        call: "exec".into(),
        resource: "check_http".into(),
        request_id: None,
    };
    let at = "2025-11-18T23:46:00Z".parse().expect("a time");
    let ran = Seen {
        value: run,
        source,
        at,
    };
    let within = Duration::from_secs(15);
    check.judge(&Outside, &Facts { ran, within })
}

fn ran(ending: Ending, stdout: &str) -> Result<Ran, CommandError> {
    let stdout = Printed {
        text: stdout.into(),
        omitted: 0,
    };
    Ok(Ran {
        ending,
        stdout,
        stderr: Printed::default(),
        took: Duration::from_millis(30),
        unset: Vec::new(),
    })
}

fn told(fields: Value, code: i32, stdout: &str) -> (State, String) {
    let finding = judged(fields, ran(Ending::Code(code), stdout));
    (finding.state, finding.headline)
}

#[test]
fn its_exit_code_is_its_state() {
    let fields = json!({ "command": ["check_http"] });
    for (code, said, state, headline) in [
        (0, "HTTP OK: 200 |time=1s", State::Holds, "HTTP OK: 200"),
        (1, "slow | time=9s", State::NotYet, "WARNING: slow"),
        (
            2,
            "connect: refused",
            State::NotYet,
            "CRITICAL: connect: refused",
        ),
        (0, "BROKEN: 0", State::Holds, "OK: BROKEN: 0"),
        (
            3,
            "UNKNOWN - no host",
            State::Unobserved,
            "UNKNOWN - no host",
        ),
        (
            0,
            "",
            State::Holds,
            "`check_http` says OK, and nothing else",
        ),
        (
            4,
            "usage",
            State::Unobserved,
            "`check_http` exited with 4, which is no state of a monitoring plug-in (0 to 3)",
        ),
    ] {
        let found = told(fields.clone(), code, said);
        assert_eq!(found, (state, headline.to_owned()));
    }
}

#[test]
fn a_suite_may_say_what_a_warning_and_a_critical_mean() {
    let fields = json!({ "command": ["check_http"], "warning": "holds", "critical": "broken" });
    assert_eq!(told(fields.clone(), 1, "slow").0, State::Holds);
    assert_eq!(told(fields, 2, "down").0, State::Broken);
    let finding = judged(
        json!({ "command": ["check_http"] }),
        ran(Ending::Code(1), "slow"),
    );
    let hint = finding.hint.expect("a next step");
    assert!(
        hint.contains("run it by hand in the suite's folder: `check_http`"),
        "{hint}"
    );
    assert!(hint.contains("`warning: holds`"), "{hint}");
}

#[test]
fn what_it_measured_is_a_table() {
    let finding = judged(
        json!({ "command": ["check_http"] }),
        ran(Ending::Code(0), "OK |time=0.1s;1;2;0;10\n"),
    );
    let table = finding
        .evidence
        .iter()
        .find_map(|evidence| match &evidence.body {
            Body::Table { rows, .. } => Some(rows.clone()),
            _ => None,
        });
    let row = ["time", "0.1s", "1", "2", "0", "10"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(table, Some(vec![row]));
}

#[test]
fn a_flood_of_measurements_is_cut_and_says_so() {
    let flood = format!("OK |{}", "a=1 ".repeat(20_000));
    let finding = judged(
        json!({ "command": ["check_http"] }),
        ran(Ending::Code(0), &flood),
    );
    let table = finding.evidence.iter().find_map(|one| match &one.body {
        Body::Table { title, rows, .. } => Some((title.as_str(), rows.len())),
        _ => None,
    });
    assert_eq!(
        table,
        Some(("performance data: the first 50 of 20000 rows", 50))
    );
}

#[test]
fn who_could_not_tell_told_nothing() {
    let fields = json!({ "command": ["check_http"] });
    for (run, lasting) in [
        (ran(Ending::TimedOut, ""), false),
        (ran(Ending::Signal(9), ""), false),
        (ran(Ending::Flooded, ""), true),
        (Err(CommandError::NotFound), true),
    ] {
        let finding = judged(fields.clone(), run);
        assert_eq!(
            (finding.state, finding.lasting),
            (State::Unobserved, lasting)
        );
    }
}
