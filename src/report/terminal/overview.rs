//! What is read first: the verdict, what was judged, and every check in a line.

use std::collections::BTreeSet;

use crate::report::text::{Ink, Sheet, indented, width};
use crate::report::{CheckReport, Report, TargetReport, Verdict, words};

/// What stands left of a check's title: two spaces, the mark, a space.
const MARGIN: usize = 4;

/// `FAILED  inventory, after deploy: 2 failed, 3 passed in 5m2s`.
pub(super) fn verdict(report: &Report, sheet: &Sheet) -> Vec<String> {
    let word = words::verdict(report.verdict).to_uppercase();
    let first = format!("{}  ", sheet.paint.bold(report.verdict.into(), &word));
    let suite = sheet.line(&report.title());
    let text = format!("{suite}: {}", words::summary(report));
    let further = " ".repeat(width(&first));
    let mut rows = sheet.behind(&first, &further, &[text], Ink::Plain);
    if report.interrupted.is_some() {
        let note = "The run was stopped before its time; this is what was known by then.";
        rows.extend(sheet.behind(&further, &further, &[note.to_owned()], Ink::Faint));
    }
    rows
}

/// Of more targets than this, and of more checks, only those are listed that did not pass.
const MOST_TARGETS: usize = 20;
const MOST_CHECKS: usize = 100;

/// What was judged: `web  dev-inventory-cluster/dashboard, us-east-1, deployment …`.
pub(super) fn targets(report: &Report, sheet: &Sheet, verbose: bool) -> Vec<String> {
    let inner = sheet.narrower(2);
    let listed = listed_targets(report, verbose);
    let names: Vec<String> = listed.iter().map(|(name, _)| sheet.line(name)).collect();
    let wide = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let rows = listed.iter().zip(&names).flat_map(|((_, target), name)| {
        let gap = " ".repeat(wide - width(name) + 2);
        inner.labelled(&format!("{name}{gap}"), &place(target, verbose), Ink::Plain)
    });
    let mut rows: Vec<String> = rows.collect();
    let others = report.targets.len() - listed.len();
    if others > 0 {
        let told = format!("{others} more targets; --verbose lists them");
        rows.extend(inner.behind("", "", &[told], Ink::Faint));
    }
    indented(2, rows)
}

/// All targets; of many, the first of those that a check did not pass on.
fn listed_targets(report: &Report, verbose: bool) -> Vec<(&String, &TargetReport)> {
    let targets = report.targets.iter();
    if verbose || report.targets.len() <= MOST_TARGETS {
        return targets.collect();
    }
    let wrong = report.checks.iter().filter(|check| needs_a_line(check));
    let wrong: BTreeSet<&String> = wrong.filter_map(|check| check.target.as_ref()).collect();
    let wrong = targets.filter(|(name, _)| wrong.contains(name));
    wrong.take(MOST_TARGETS).collect()
}

fn needs_a_line(check: &CheckReport) -> bool {
    check.verdict != Verdict::Passed
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

/// Every check in a line: mark, id, headline. The name for people stands above the details. Of
/// many checks, those that passed are counted.
pub(super) fn checks(report: &Report, sheet: &Sheet, verbose: bool) -> Vec<String> {
    let all = verbose || report.checks.len() <= MOST_CHECKS;
    let listed = || {
        report
            .checks
            .iter()
            .filter(|check| all || needs_a_line(check))
    };
    let widest = sheet.width * 2 / 5;
    let titles = listed().map(|check| width(&sheet.line(&check.id)));
    let column = titles.filter(|&wide| wide <= widest).max().unwrap_or(0);
    let mut rows: Vec<String> = listed()
        .flat_map(|check| check_lines(check, sheet, column))
        .collect();
    let others = report.checks.len() - listed().count();
    if others > 0 {
        let sign = sheet
            .paint
            .ink(Verdict::Passed.into(), words::mark(Verdict::Passed));
        let told = format!("{others} checks passed; --verbose lists them");
        rows.extend(sheet.behind(&format!("  {sign} "), "    ", &[told], Ink::Faint));
    }
    rows
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
