//! One check in full: what it found, the evidence, and what to do next.

use super::overview::title;
use super::{Style, history};
use crate::report::text::{Ink, Sheet, evidence_rows, indented};
use crate::report::{CheckReport, looks, words};

/// How far a block's content stands to the right of its title.
const STEP: usize = 2;

/// One check in full, the `number`th of the report.
pub(super) fn block(
    check: &CheckReport,
    number: usize,
    sheet: &Sheet,
    style: &Style,
) -> Vec<String> {
    let inner = sheet.narrower(STEP);
    let mut rows = inner.paragraph(&check.headline, Ink::Strong);
    rows.extend(inner.behind("", "", &[about(check, &inner)], Ink::Faint));
    if style.verbose {
        rows.extend(history::looks(check, &inner));
    }
    let mut all = head(check, sheet);
    all.extend(indented(STEP, rows));
    let title = format!("  evidence of {}", sheet.line(&check.id));
    all.extend(
        style
            .folding
            .around(check, number, &title, evidence(check, &inner)),
    );
    if let Some(hint) = &check.hint {
        all.push(String::new());
        all.extend(indented(STEP, next(hint, &inner)));
    }
    all
}

fn evidence(check: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let mut rows = Vec::new();
    for evidence in &check.evidence {
        rows.push(String::new());
        rows.extend(evidence_rows(evidence, sheet));
    }
    indented(STEP, rows)
}

fn head(check: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let word = words::verdict(check.verdict).to_uppercase();
    let sign = format!("{} {word}", words::mark(check.verdict));
    let first = format!("{} ", sheet.paint.bold(check.verdict.into(), &sign));
    let note = if words::waived(check) {
        " (not required)"
    } else {
        ""
    };
    let text = format!("{}{note}", title(check, sheet));
    sheet.behind(&first, "  ", &[text], Ink::Strong)
}

/// `ecs.digest-running on web, looked 31 times in 5m2s, last at 23:46:07 UTC`.
fn about(check: &CheckReport, sheet: &Sheet) -> String {
    let mut text = sheet.line(&check.kind);
    if let Some(target) = &check.target {
        text.push_str(" on ");
        text.push_str(&sheet.line(target));
    }
    text.push_str(", ");
    text.push_str(&words::looks(check));
    if let [_, .., last] = check.attempts.as_slice() {
        text.push_str(", last at ");
        text.push_str(&sheet.times.text(last.at));
    }
    if let Some(flaps) = looks::flaps(check, sheet.times) {
        text.push_str("; ");
        text.push_str(&flaps);
    }
    text
}

/// What to do next. A further line of a hint that is indented is a command: it is not
/// wrapped, so that it can be copied whole.
fn next(hint: &str, sheet: &Sheet) -> Vec<String> {
    const BELOW: &str = "      ";
    let first = format!("{} ", sheet.paint.bold(Ink::Plain, "next:"));
    let mut rows = Vec::new();
    for line in sheet.lines(hint) {
        if !rows.is_empty() && line.starts_with("  ") {
            rows.push(format!("{BELOW}{}", line.trim_end()));
        } else {
            let prefix = if rows.is_empty() { &first } else { BELOW };
            rows.extend(sheet.behind(prefix, BELOW, &[line], Ink::Plain));
        }
    }
    rows
}
