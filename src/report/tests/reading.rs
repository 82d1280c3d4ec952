//! Saved reports, read again.

use super::scenarios;
use crate::report::json;

#[test]
fn every_scenario_comes_back_as_it_was() {
    for (scenario, report) in scenarios::all() {
        let read = json::read(&json::render(&report)).expect("a report");
        assert_eq!(read, report, "{scenario}");
    }
}

#[test]
fn fields_of_a_later_build_are_passed_over() {
    let document = json::render(&scenarios::all()[0].1);
    let later = document.replacen('{', "{ \"colour\": \"teal\",", 1);
    assert!(json::read(&later).is_ok());
}

#[test]
fn what_is_no_report_is_told_apart() {
    for (text, message) in [
        (
            "",
            "this is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "checks:",
            "this is not JSON: expected value at line 1 column 1",
        ),
        (
            "[1]",
            "this is not a touchdown report: it is no JSON object",
        ),
        ("{}", "this is not a touchdown report: it has no `version`"),
        (
            r#"{"version": 1}"#,
            "this is not a touchdown report: it has no `checks`",
        ),
        (
            r#"{"version": 2, "checks": []}"#,
            "this is a report of version 2; this touchdown reads version 1",
        ),
        (
            r#"{"version": "1.0"}"#,
            "this is a report of version \"1.0\"; this touchdown reads version 1",
        ),
        (
            "{\"version\": 1,\n\"checks\": 3}",
            "this is not a valid touchdown report: invalid type: integer `3`, expected a sequence at line 2 column 11",
        ),
    ] {
        let error = json::read(text).expect_err("no report");
        assert_eq!(error.to_string(), message, "{text}");
    }
}
