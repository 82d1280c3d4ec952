//! What led to a verdict: the looks, and what was asked of AWS.

use crate::report::text::{Ink, Sheet, indented, table};
use crate::report::{CheckReport, Report, looks, words};

/// Every look; those in a row that say the same are one line.
pub(super) fn looks(check: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let rows = looks::runs(&check.attempts).filter_map(|run| {
        let first = run.first()?;
        let state = words::state(first.state);
        let headline = sheet.line(&first.headline);
        Some(vec![
            sheet.times.text(first.at),
            looks::numbers(run),
            state.to_owned(),
            headline,
        ])
    });
    let cells: Vec<Vec<String>> = rows.collect();
    if cells.is_empty() {
        return Vec::new();
    }
    let headings = ["at", "look", "state", "headline"].map(str::to_owned);
    let mut all = vec![String::new(), sheet.paint.ink(Ink::Strong, "looks")];
    let inner = sheet.narrower(2);
    all.extend(indented(
        2,
        table(&headings, &cells, inner.width, sheet.paint),
    ));
    all
}

/// What was asked of AWS, and how often.
pub(super) fn calls(report: &Report, sheet: &Sheet) -> Vec<String> {
    if report.calls.is_empty() {
        return Vec::new();
    }
    let headings = ["AWS call", "requests", "throttled", "failed"].map(str::to_owned);
    let cells: Vec<Vec<String>> = report
        .calls
        .iter()
        .map(|call| {
            let counts = [call.count, call.throttled, call.failed];
            let counts = counts.map(|count| count.to_string());
            [vec![sheet.line(&call.call)], counts.to_vec()].concat()
        })
        .collect();
    table(&headings, &cells, sheet.width, sheet.paint)
}
