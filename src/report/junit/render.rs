//! From a report to a JUnit document.

use jiff::Timestamp;
use junit_report::{
    Duration, OffsetDateTime, ReportBuilder, TestCase, TestResult, TestSuite, TestSuiteBuilder,
};

use touchdown_checks::contract::State;

use super::layout;
use crate::report::text::{Paint, Sheet, Times, evidence_rows, look_rows};
use crate::report::{CheckReport, Report, Verdict, looks, words, xml};

/// The report as a JUnit document, with a line end behind it.
///
/// # Panics
/// Never: writing into memory can't fail.
#[must_use]
pub fn render(report: &Report) -> String {
    let document = ReportBuilder::new().add_testsuite(suite(report)).build();
    let mut bytes = Vec::new();
    document
        .write_xml(&mut bytes)
        .expect("writing into memory can't fail");
    let document = String::from_utf8_lossy(&bytes);
    let skipped = |check: &&CheckReport| check.verdict == Verdict::Skipped || words::waived(check);
    let suite = layout::Suite {
        millis: report.took_ms,
        skipped: report.checks.iter().filter(skipped).count(),
    };
    layout::lay_out(&document, suite)
}

fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuiteBuilder::new(&xml::attribute(&report.title()))
        .set_timestamp(timestamp(report.started_at))
        .set_system_out(&output(&format!(
            "{}: {}",
            words::verdict(report.verdict),
            words::summary(report)
        )))
        .build();
    suite.package = "touchdown".to_owned();
    suite.add_testcases(report.checks.iter().map(testcase));
    suite
}

fn testcase(check: &CheckReport) -> TestCase {
    let name = xml::attribute(&words::title(&check.id, &check.name));
    let mut case = TestCase::success(&name, duration(check.took_ms));
    case.set_classname(&xml::attribute(&format!("touchdown.{}", check.kind)));
    case.result = result(check);
    case.system_out = history(check).map(|history| output(&history));
    case
}

/// How a check came to its verdict, where its looks differ and were not all as they should be.
fn history(check: &CheckReport) -> Option<String> {
    let steady = check.attempts.iter().all(|look| look.state == State::Holds);
    if steady || looks::runs(&check.attempts).nth(1).is_none() {
        return None;
    }
    let mut rows = vec![words::looks(check)];
    rows.extend(look_rows(check, &sheet()));
    Some(rows.join("\n"))
}

/// The content of a `<system-out>`. GitLab and a plugin of Jenkins take `[[ATTACHMENT|path]]`
/// there for a file to attach, so that it is broken up by a space.
fn output(text: &str) -> String {
    xml::cdata(&xml::clean(text).replace("[[ATTACHMENT|", "[ [ATTACHMENT|"))
}

/// The result is made by hand, because the builder knows no body of a skipped testcase.
fn result(check: &CheckReport) -> TestResult {
    let waived = words::waived(check);
    let word = words::verdict(check.verdict);
    let (type_, headline) = match waived {
        true => (
            "not-required",
            format!("not required: {word}: {}", check.headline),
        ),
        false => (word, check.headline.clone()),
    };
    let type_ = type_.to_owned();
    let message = xml::attribute(&headline);
    let cause = Some(xml::cdata(&body(check, &headline)));
    match check.verdict {
        Verdict::Passed => TestResult::Success,
        Verdict::Failed if !waived => TestResult::Failure {
            type_,
            message,
            cause,
        },
        Verdict::Inconclusive if !waived => TestResult::Error {
            type_,
            message,
            cause,
        },
        Verdict::Failed | Verdict::Inconclusive | Verdict::Skipped => {
            TestResult::SkippedWithCause {
                type_,
                message,
                cause,
            }
        }
    }
}

fn body(check: &CheckReport, headline: &str) -> String {
    let sheet = sheet();
    let mut rows = vec![sheet.line(headline)];
    if let Some(hint) = &check.hint {
        rows.extend(sheet.lines(&format!("next: {hint}")));
    }
    for evidence in &check.evidence {
        rows.push(String::new());
        rows.extend(evidence_rows(evidence, &sheet));
    }
    rows.join("\n")
}

fn sheet() -> Sheet {
    Sheet {
        width: usize::MAX,
        paint: Paint { color: false },
        times: Times::Full,
        clean: xml::line,
    }
}

fn duration(millis: u64) -> Duration {
    Duration::milliseconds(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The suite's time stamp. The writer panics at years that RFC 3339 can't express, which only
/// a report made by hand can hold.
fn timestamp(at: Timestamp) -> OffsetDateTime {
    let millis = at.as_millisecond().max(0);
    let nanos = i128::from(millis) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
