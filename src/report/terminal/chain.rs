//! A report told as a chain: the links in order, and the first broken one with its cause and
//! the command that mends it. It is the first screen of `touchdown confirm`.

use touchdown_checks::contract::{Body, Evidence, State};

use super::render::sheet;
use super::{Style, block, history, overview};
use crate::report::order::first_broken;
use crate::report::text::{Ink, Sheet, evidence_rows, indented, width};
use crate::report::{CheckReport, Report, Verdict, escape, words};

/// What no link can tell: a new image may hold old code.
const NOT_LOOKED_AT: &str = "What is in the image was not looked at: for that, a suite has \
    `ecr.layers-changed`, `http.responds` and `logs.line-seen`. For a build of your own instead of \
    what the task definition names: `--image REPOSITORY:TAG`.";

/// The report as a chain. It ends in a line end.
#[must_use]
pub fn render(report: &Report, style: &Style) -> String {
    let sheet = sheet(report, *style);
    let mut sections = vec![first_lines(report, &sheet)];
    if common(report).is_none() {
        sections.push(links(report, &sheet));
    }
    if let Some(broken) = first_broken(report) {
        let mut rows = Vec::new();
        if common(report).is_none() {
            rows.push(title(broken, &sheet));
        }
        rows.extend(indented(2, cause(broken, &sheet.narrower(2))));
        sections.push(rows);
        sections.push(remedy(broken, &sheet));
        sections.push(others(report, broken, &sheet));
    } else {
        sections.push(sheet.paragraph(NOT_LOOKED_AT, Ink::Faint));
    }
    if style.verbose {
        let checks = report.checks.iter().enumerate();
        sections.extend(checks.map(|(number, check)| block::block(check, number, &sheet, style)));
        sections.push(history::calls(report, &sheet));
    }
    page(sections, style)
}

/// The verdict alone.
#[must_use]
pub fn verdict(report: &Report, style: &Style) -> String {
    let named = format!("{}: {}", report.title(), gist(report));
    page(vec![said(report, &named, &sheet(report, *style))], style)
}

fn page(mut sections: Vec<Vec<String>>, style: &Style) -> String {
    sections.retain(|section| !section.is_empty());
    let sections: Vec<String> = sections.iter().map(|rows| rows.join("\n")).collect();
    let page = format!("{}\n", sections.join("\n\n"));
    escape::without_commands(&style.charset.signs(&page))
}

/// What every link says alike, where they do: that the service was rolled back, or that it is
/// not there. Then no single link has anything of its own to tell.
fn common(report: &Report) -> Option<&CheckReport> {
    let mut looked = report
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Skipped);
    let first = looked.next()?;
    let alike = looked.all(|check| is_like(check, first));
    (alike && report.checks.len() > 1 && first.verdict != Verdict::Passed).then_some(first)
}

fn is_like(one: &CheckReport, other: &CheckReport) -> bool {
    (one.verdict, &one.headline) == (other.verdict, &other.headline)
}

/// The verdict, and what was judged.
fn first_lines(report: &Report, sheet: &Sheet) -> Vec<String> {
    let mut rows = said(report, &gist(report), sheet);
    for target in report.targets.values() {
        let place = [sheet.line(&overview::place(target, false))];
        rows.extend(sheet.behind("  ", "  ", &place, Ink::Faint));
    }
    rows
}

fn said(report: &Report, gist: &str, sheet: &Sheet) -> Vec<String> {
    let word = words::verdict(report.verdict).to_uppercase();
    let first = format!("{}  ", sheet.paint.bold(report.verdict.into(), &word));
    let further = " ".repeat(width(&first));
    let mut text = sheet.line(gist);
    if let Some(by) = report.interrupted {
        text.push_str(", ");
        text.push_str(words::interruption(by));
    }
    sheet.behind(&first, &further, &[text], Ink::Strong)
}

/// The whole in half a line.
fn gist(report: &Report) -> String {
    let held = report.counts.passed;
    match (common(report), first_broken(report)) {
        (Some(check), _) => check.headline.clone(),
        (None, Some(check)) if check.verdict == Verdict::Failed => {
            format!("the chain breaks at `{}`", check.id)
        }
        (None, Some(check)) => format!("it can't be told at `{}`", check.id),
        (None, None) => format!("what was pushed is deployed, {held} of {held} links hold"),
    }
}

/// Every link in a line; what an earlier link says in the same words is said once.
fn links(report: &Report, sheet: &Sheet) -> Vec<String> {
    let mut short = report.clone();
    for index in 1..short.checks.len() {
        let (before, rest) = short.checks.split_at_mut(index);
        let same = before
            .iter()
            .find(|other| other.verdict != Verdict::Passed && is_like(other, &rest[0]));
        if let Some(same) = same {
            rest[0].headline = format!("the same as `{}`", same.id);
        }
    }
    overview::checks(&short, sheet, true)
}

fn title(broken: &CheckReport, sheet: &Sheet) -> String {
    let sign = words::mark(broken.verdict);
    // Behind the sign, the statement must not read as if it were true.
    let text = match broken.name == broken.id {
        true => format!("{sign} {}", sheet.line(&broken.id)),
        false => format!(
            "{sign} {} ({})",
            sheet.line(&broken.id),
            sheet.line(&broken.name)
        ),
    };
    sheet.paint.bold(broken.verdict.into(), &text)
}

/// What was seen at the first broken link, where, and why it is so.
fn cause(broken: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let mut rows = telling(&broken.evidence, sheet).unwrap_or_default();
    let why = Advice::of(broken.hint.as_deref()).why;
    if !why.is_empty() {
        rows.extend(sheet.labelled("why       ", &why, Ink::Plain));
    }
    rows
}

/// The most lines of evidence on the first screen.
const MOST_LINES: usize = 12;

/// What tells most in least space: what was expected beside what was seen, else the first piece of
/// evidence that fits. The whole of it is for `--verbose`.
fn telling(evidence: &[Evidence], sheet: &Sheet) -> Option<Vec<String>> {
    let compared = evidence.iter().find_map(|one| compared(one, sheet));
    let mut whole = evidence.iter().map(|one| evidence_rows(one, sheet));
    compared.or_else(|| whole.find(|rows| rows.len() <= MOST_LINES))
}

fn compared(evidence: &Evidence, sheet: &Sheet) -> Option<Vec<String>> {
    let Body::Compared {
        what,
        expected,
        seen,
    } = &evidence.body
    else {
        return None;
    };
    let at = sheet.times.text(evidence.at);
    let place = format!("{} at {at}", evidence.source.call);
    let mut rows = sheet.paragraph(what, Ink::Plain);
    rows.extend(sheet.labelled("expected  ", expected, Ink::Plain));
    rows.extend(sheet.labelled("seen      ", seen, Ink::Plain));
    rows.extend(sheet.labelled("where     ", &place, Ink::Plain));
    Some(rows)
}

/// What to do. Commands are not wrapped, so that they can be copied whole.
fn remedy(broken: &CheckReport, sheet: &Sheet) -> Vec<String> {
    let advice = Advice::of(broken.hint.as_deref());
    if advice == Advice::default() {
        return Vec::new();
    }
    let label = match advice.commands.is_empty() {
        true => "next:",
        false => "Do this:",
    };
    let first = format!("{} ", sheet.paint.bold(Ink::Plain, label));
    let mut rows = sheet.behind(&first, "  ", &[sheet.line(&advice.what)], Ink::Plain);
    for line in &advice.commands {
        match line.strip_prefix("  ") {
            Some(command) => rows.push(format!("  {}", sheet.line(command.trim_end()))),
            None => rows.extend(sheet.paragraph(line, Ink::Plain)),
        }
    }
    rows
}

/// Whether one look was all there was, and a later one may see it hold.
fn may_still_come(broken: &CheckReport) -> bool {
    matches!(&broken.attempts[..], [only] if only.state == State::NotYet)
}

/// Whether to wait, and what else is wrong, by name: its own line says how.
fn others(report: &Report, broken: &CheckReport, sheet: &Sheet) -> Vec<String> {
    if common(report).is_some() {
        return Vec::new();
    }
    let named = |verdict| {
        let others = report.checks.iter();
        let others = others.filter(|check| check.id != broken.id && check.verdict == verdict);
        others
            .map(|check| sheet.line(&check.id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (failed, unknown) = (named(Verdict::Failed), named(Verdict::Inconclusive));
    let mut rows = Vec::new();
    if may_still_come(broken) {
        let told = "If nothing has to be mended first, wait: `--wait 10m` looks until it holds, for so long at most.";
        rows.extend(sheet.paragraph(told, Ink::Plain));
    }
    if !failed.is_empty() {
        let told = format!(
            "Broken too, and perhaps because of it: {failed}. Look again once this is mended."
        );
        rows.extend(sheet.paragraph(&told, Ink::Plain));
    }
    if !unknown.is_empty() {
        let told = format!("Could not be told: {unknown}.");
        rows.extend(sheet.paragraph(&told, Ink::Plain));
    }
    rows
}

/// A hint taken apart: why it is so, what to do, and the commands that do it. The sentence
/// before the first command, which ends in a colon, says what to do; from there on the lines
/// are as they were, commands being the indented ones.
#[derive(Debug, Default, PartialEq, Eq)]
struct Advice {
    why: String,
    what: String,
    commands: Vec<String>,
}

impl Advice {
    fn of(hint: Option<&str>) -> Self {
        let lines: Vec<&str> = hint.unwrap_or_default().lines().collect();
        let is_command = |line: &&str| line.starts_with("  ");
        let prose = lines.iter().take_while(|line| !is_command(line)).count();
        let (prose, commands) = lines.split_at(prose);
        let prose = prose.join(" ");
        let (why, what) = match prose.rsplit_once(". ") {
            Some((why, what)) if !commands.is_empty() => (format!("{why}."), what.to_owned()),
            _ => (String::new(), prose),
        };
        Self {
            why,
            what,
            commands: commands.iter().map(|line| (*line).to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
