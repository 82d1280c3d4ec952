//! What led to a verdict: the looks, and what was asked of AWS.

use crate::report::text::{Ink, Sheet, indented, look_rows, table};
use crate::report::{CheckReport, Report};

/// Every look, below a title.
pub(super) fn looks(check: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let rows = look_rows(check, &sheet.narrower(2));
    if rows.is_empty() {
        return rows;
    }
    let mut all = vec![String::new(), sheet.paint.ink(Ink::Strong, "looks")];
    all.extend(indented(2, rows));
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
