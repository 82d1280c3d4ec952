//! Saved reports, read again.

use proptest::prelude::*;

use super::scenarios;
use crate::report::json::{self, ReadError};
use crate::report::{Report, Verdict};

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

/// Nobody makes a red report green, or leaves a red check out, by one change of it.
#[test]
fn a_report_that_says_another_thing_than_its_checks_is_refused() {
    for (scenario, report) in scenarios::all() {
        let mut forged = Vec::new();
        for verdict in [Verdict::Passed, Verdict::Failed, Verdict::Inconclusive] {
            let changed = Report {
                verdict,
                ..report.clone()
            };
            forged.push((changed, verdict != report.verdict));
            for index in 0..report.checks.len() {
                let mut changed = report.clone();
                changed.checks[index].verdict = verdict;
                forged.push((changed, verdict != report.checks[index].verdict));
            }
        }
        for index in 0..report.checks.len() {
            let mut changed = report.clone();
            changed.checks.remove(index);
            forged.push((changed, true));
        }
        let exit_code = report.exit_code ^ 1;
        let changed = Report {
            exit_code,
            ..report.clone()
        };
        forged.push((changed, true));
        for (changed, differs) in forged {
            let read = json::read(&json::render(&changed));
            match read {
                Err(ReadError::Contradiction(_)) => assert!(differs, "{scenario}"),
                Err(error) => panic!("{scenario}: {error}"),
                Ok(_) => assert!(!differs, "{scenario}: {changed:?}"),
            }
        }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A report with a few other bytes is refused on one line, or is one that is never greener.
    #[test]
    fn a_changed_report_is_refused_or_no_greener(
        scenario in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        gone in 0..12_usize,
        new in "passed|true|null|[0-9]{1,20}|[\\[\\]{}\",:a-z -]{0,6}",
    ) {
        let scenarios = scenarios::all();
        let (_, report) = scenario.get(&scenarios);
        let document = json::render(report);
        let start = document.floor_char_boundary(at.index(document.len()));
        let end = document.floor_char_boundary((start + gone).min(document.len()));
        let changed = format!("{}{new}{}", &document[..start], &document[end..]);
        match json::read(&changed) {
            Err(error) => prop_assert_eq!(error.to_string().lines().count(), 1),
            Ok(read) => {
                let green = |report: &Report| report.verdict == Verdict::Passed;
                prop_assert!(green(report) || !green(&read), "{}", changed);
                let saved = json::render(&read);
                let again = json::read(&saved).expect("what was written");
                prop_assert_eq!(json::render(&again), saved);
            }
        }
    }
}
