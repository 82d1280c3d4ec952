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
            "checks:",
            "this is not JSON: expected value at line 1 column 1",
        ),
        (
            "{\"version\": 1}\n}",
            "this is not JSON: trailing characters at line 2 column 1",
        ),
        (
            "[1]",
            "this is not a touchdown report: it is no JSON object",
        ),
        ("{}", "this is not a touchdown report: it has no `version`"),
        (
            r#"{"version": null}"#,
            "this is not a touchdown report: it has no `version`",
        ),
        (
            r#"{"version": 1}"#,
            "this is not a touchdown report: it has no `checks`",
        ),
        (
            "{\"version\": 1,\n\"checks\": 3}",
            "this is not a valid touchdown report: invalid type: integer `3`, expected a sequence at line 2 column 11",
        ),
        (
            "{\"version\": 1,\n\"version\": 1}",
            "this is not a valid touchdown report: duplicate field `version` at line 2 column 9",
        ),
    ] {
        let error = json::read(text).expect_err("no report");
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn a_report_that_was_cut_off_is_told_with_the_place() {
    let (_, report) = scenarios::all().swap_remove(0);
    let document = json::render(&report);
    for cut in [0, 1, 40, document.len() / 2, document.trim_end().len() - 1] {
        let cut = &document[..document.floor_char_boundary(cut)];
        let line = cut.matches('\n').count() + 1;
        let error = json::read(cut).expect_err("a part of a report").to_string();
        let place = format!("it was cut off: the document ends at line {line} column ");
        assert!(error.starts_with(&place), "{error}");
    }
}

#[test]
fn a_report_of_another_version_is_refused_with_a_way_out() {
    for later in ["2", "3", "4294967297"] {
        let text = format!("{{\"version\": {later}, \"checks\": {{\"of\": \"another shape\"}}}}");
        let error = json::read(&text).expect_err("not ours").to_string();
        let told = format!("it is a report of version {later}, and this touchdown (");
        assert!(error.starts_with(&told), "{error}");
        assert!(
            error.contains(") reads version 1: upgrade touchdown"),
            "{error}"
        );
    }
    let long = format!("\"{}\"", "9".repeat(1_000));
    for none in ["0", "-1", "1.5", "1.0", "\"1\"", "[1]", "{}", "true", &long] {
        let text = format!("{{\"version\": {none}, \"checks\": []}}");
        let error = json::read(&text).expect_err("not ours").to_string();
        assert!(error.starts_with("its `version` is "), "{error}");
        assert!(
            error.contains("; this one reads version 1: run the suite again"),
            "{error}"
        );
        assert!(error.len() < 200, "{error}");
    }
}
