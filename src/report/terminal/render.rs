//! The whole report, put together.

use super::{Style, block, history, overview};
use crate::report::text::{Paint, Sheet, Times};
use crate::report::{CheckReport, Report, Verdict, escape};

/// The report for people. It ends in a line end.
#[must_use]
pub fn render(report: &Report, style: &Style) -> String {
    let sheet = sheet(report, *style);
    let mut sections = vec![
        overview::verdict(report, &sheet),
        overview::targets(report, &sheet, style.verbose),
        overview::checks(report, &sheet, style.verbose),
    ];
    let shown = |(_, check): &(usize, &CheckReport)| style.verbose || needs_telling(check);
    for (number, check) in report.checks.iter().enumerate().filter(shown) {
        sections.push(block::block(check, number, &sheet, style));
    }
    if style.verbose {
        sections.push(history::calls(report, &sheet));
    }
    sections.retain(|section| !section.is_empty());
    let pages: Vec<String> = sections.iter().map(|rows| rows.join("\n")).collect();
    // Wrapping may have brought a command to the start of a line, so the finished page is
    // looked through once more.
    let page = format!("{}\n", pages.join("\n\n"));
    escape::without_commands(&style.charset.signs(&page))
}

/// The verdict alone, as one line.
#[must_use]
pub fn verdict(report: &Report, style: &Style) -> String {
    let rows = overview::verdict(report, &sheet(report, *style));
    let line = format!("{}\n", rows.join("\n"));
    escape::without_commands(&style.charset.signs(&line))
}

/// A skipped check says all there is in its line of the list.
fn needs_telling(check: &CheckReport) -> bool {
    matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive)
}

pub(super) fn sheet(report: &Report, style: Style) -> Sheet {
    Sheet {
        width: style.columns(),
        paint: Paint { color: style.color },
        times: match style.verbose {
            true => Times::Full,
            false => Times::short(report.started_at),
        },
        clean: style.charset.clean(),
    }
}
