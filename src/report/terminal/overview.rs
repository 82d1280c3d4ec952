//! What is read first: the verdict, what was judged, and every check in a line.

use crate::report::text::{Ink, Sheet, indented, width};
use crate::report::{CheckReport, Report, TargetReport, Verdict, words};

/// What stands left of a check's title: two spaces, the mark, a space.
const MARGIN: usize = 4;

/// `FAILED  inventory, after deploy: 2 failed, 3 passed in 5m2s`.
pub(super) fn verdict(report: &Report, sheet: &Sheet) -> Vec<String> {
    let word = words::verdict(report.verdict).to_uppercase();
    let first = format!("{}  ", sheet.paint.bold(report.verdict.into(), &word));
    let suite = sheet.line(&report.suite);
    let text = format!("{suite}: {}", words::summary(report));
    let further = " ".repeat(width(&first));
    let mut rows = sheet.behind(&first, &further, &[text], Ink::Plain);
    if report.interrupted.is_some() {
        let note = "The run was stopped before its time; this is what was known by then.";
        rows.extend(sheet.behind(&further, &further, &[note.to_owned()], Ink::Faint));
    }
    rows
}

/// What was judged: `web  dev-inventory-cluster/dashboard, us-east-1, deployment …`.
pub(super) fn targets(report: &Report, sheet: &Sheet, verbose: bool) -> Vec<String> {
    let inner = sheet.narrower(2);
    let names: Vec<String> = report.targets.keys().map(|name| sheet.line(name)).collect();
    let wide = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let rows = report
        .targets
        .values()
        .zip(&names)
        .flat_map(|(target, name)| {
            let gap = " ".repeat(wide - width(name) + 2);
            inner.labelled(&format!("{name}{gap}"), &place(target, verbose), Ink::Plain)
        });
    indented(2, rows.collect())
}

pub(super) fn place(target: &TargetReport, verbose: bool) -> String {
    let mut parts = vec![format!("{}/{}", target.cluster, target.service)];
    parts.extend(target.region.clone());
    parts.extend(target.task_definition.clone());
    parts.extend(
        target
            .deployment
            .as_ref()
            .map(|id| format!("deployment {id}")),
    );
    if verbose {
        parts.extend(
            target
                .expected_digest
                .as_ref()
                .map(|digest| format!("expects {digest}")),
        );
        let each = target.expected_digests.iter();
        parts.extend(each.map(|(container, digest)| format!("{container} expects {digest}")));
    }
    parts.join(", ")
}

/// Every check in a line: mark, id, headline. The name for people stands above the details.
pub(super) fn checks(report: &Report, sheet: &Sheet) -> Vec<String> {
    let widest = sheet.width * 2 / 5;
    let titles = report
        .checks
        .iter()
        .map(|check| width(&sheet.line(&check.id)));
    let column = titles.filter(|&wide| wide <= widest).max().unwrap_or(0);
    let lines = report.checks.iter();
    lines
        .flat_map(|check| check_lines(check, sheet, column))
        .collect()
}

/// An id longer than its column has a line to itself, so that ids can always be copied.
fn check_lines(check: &CheckReport, sheet: &Sheet, column: usize) -> Vec<String> {
    let title = sheet.line(&check.id);
    let sign = sheet
        .paint
        .ink(check.verdict.into(), words::mark(check.verdict));
    let further = " ".repeat(MARGIN + column + 2);
    let headline = [headline(check, sheet)];
    if width(&title) > column {
        let margin = " ".repeat(MARGIN);
        let first = format!("  {sign} ");
        let mut rows = sheet.behind(&first, &margin, &[title], Ink::Plain);
        rows.extend(sheet.behind(&further, &further, &headline, ink(check)));
        return rows;
    }
    let gap = " ".repeat(column - width(&title) + 2);
    let first = format!("  {sign} {title}{gap}");
    sheet.behind(&first, &further, &headline, ink(check))
}

fn ink(check: &CheckReport) -> Ink {
    match check.verdict {
        Verdict::Passed | Verdict::Skipped => Ink::Faint,
        Verdict::Failed | Verdict::Inconclusive => Ink::Plain,
    }
}

fn headline(check: &CheckReport, sheet: &Sheet) -> String {
    let headline = sheet.line(&check.headline);
    match check.verdict {
        Verdict::Skipped => format!("skipped: {headline}"),
        _ if words::waived(check) => format!("(not required) {headline}"),
        _ => headline,
    }
}

pub(super) fn title(check: &CheckReport, sheet: &Sheet) -> String {
    sheet.line(&words::title(&check.id, &check.name))
}
