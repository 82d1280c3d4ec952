//! The looks of a check, as a table.

use super::{Sheet, table};
use crate::report::{CheckReport, looks, words};

/// Every look; those in a row that say the same are one line. No rows where nobody looked.
pub(crate) fn rows(check: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let cells: Vec<Vec<String>> = looks::runs(&check.attempts)
        .filter_map(|run| {
            let first = run.first()?;
            Some(vec![
                sheet.times.text(first.at),
                looks::numbers(run),
                words::state(first.state).to_owned(),
                sheet.line(&first.headline),
            ])
        })
        .collect();
    if cells.is_empty() {
        return Vec::new();
    }
    let headings = ["at", "look", "state", "headline"].map(str::to_owned);
    table(&headings, &cells, sheet.width, sheet.paint)
}
