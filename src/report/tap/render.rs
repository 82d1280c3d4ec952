//! From a report to a TAP document.

use super::writer::{Directive, Document};
use crate::report::text::{Paint, Sheet, Times, evidence_rows};
use crate::report::{CheckReport, Report, Verdict, escape, words};

/// The report as a TAP document, with a line end behind it.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut document = Document::planned(report.checks.len());
    document.comment(&format!("{}: {}", report.title(), words::summary(report)));
    for check in &report.checks {
        point(check, &mut document);
    }
    if let Some(by) = report.interrupted {
        document.bail_out(words::interruption(by));
    }
    document.finish()
}

fn point(check: &CheckReport, document: &mut Document) {
    let ok = matches!(check.verdict, Verdict::Passed | Verdict::Skipped);
    let directive = match check.verdict {
        Verdict::Skipped => Some(Directive::Skip(&check.headline)),
        _ if words::waived(check) => Some(Directive::Todo("not required")),
        _ => None,
    };
    document.point(ok, &words::title(&check.id, &check.name), directive);
    if !ok {
        document.diagnostics(&values(check), &pages(check));
    }
}

/// `message` and `severity` are the names that harnesses know.
fn values(check: &CheckReport) -> Vec<(&'static str, String)> {
    let severity = match check.verdict {
        _ if words::waived(check) => "todo",
        Verdict::Inconclusive => "error",
        _ => "fail",
    };
    let mut values = vec![
        ("message", check.headline.clone()),
        ("severity", severity.to_owned()),
        ("verdict", words::verdict(check.verdict).to_owned()),
        ("kind", check.kind.clone()),
    ];
    values.extend(check.target.clone().map(|target| ("target", target)));
    values.push(("looks", words::looks(check)));
    values
}

fn pages(check: &CheckReport) -> Vec<(&'static str, Vec<String>)> {
    let sheet = Sheet {
        width: usize::MAX,
        paint: Paint { color: false },
        times: Times::Full,
        clean: escape::line,
    };
    let next = check.hint.as_ref().map(|hint| sheet.lines(hint));
    let mut seen = Vec::new();
    for evidence in &check.evidence {
        if !seen.is_empty() {
            seen.push(String::new());
        }
        seen.extend(evidence_rows(evidence, &sheet));
    }
    let pages = [("next", next.unwrap_or_default()), ("evidence", seen)];
    pages
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .collect()
}
