//! The whole page, put together.

use super::block::{Block, Table};
use super::check;
use super::inline::Inline;
use super::page::Page;
use crate::report::order::{first_broken, worst_first};
use crate::report::text::Times;
use crate::report::{Report, TargetReport, words};

/// The longest page, in bytes: 900 KiB. GitHub takes 1 MiB of summary from a step of a job and
/// drops all of it where it is longer, so there must be room for what other steps' tools add.
pub const LIMIT: usize = 900 * 1024;

/// What is kept free for the sentences that count what is left out.
const NOTES: usize = 500;

/// The report as Markdown of at most [`LIMIT`] bytes.
#[must_use]
pub fn render(report: &Report) -> String {
    render_within(report, LIMIT)
}

/// The report as Markdown of at most `limit` bytes, with a line end behind it.
///
/// Where there is not room for everything, the verdict comes before the table, the table before
/// what was judged, and that before the evidence, of which the worst checks' comes first. What
/// is left out is counted. Where there is not room for the verdict, there is nothing.
#[must_use]
pub fn render_within(report: &Report, limit: usize) -> String {
    let footer = footer();
    let mut page = Page::new(limit);
    if !headings(report).iter().any(|heading| page.push(heading)) {
        return page.finish();
    }
    page.keep_free(footer.cost() + NOTES);
    for block in first_lines(report) {
        page.push(&block);
    }
    let rows: Vec<Vec<Inline>> = worst_first(report).into_iter().map(check::row).collect();
    tabled(&mut page, &check::headings(), &rows, "check");
    let rows: Vec<Vec<Inline>> = report.targets.iter().map(target).collect();
    tabled(&mut page, &target_headings(), &rows, "target");
    evidence(report, &mut page);
    page.keep_free(0);
    page.push(&footer);
    page.finish()
}

/// `❌ FAILED: inventory, after deploy`, and the same without the suite's name.
fn headings(report: &Report) -> [Block; 2] {
    let word = words::verdict(report.verdict).to_uppercase();
    let short = check::sign(report.verdict).then(Inline::prose(&format!(" {word}")));
    let whole = short
        .clone()
        .then(Inline::ours(": "))
        .then(Inline::prose(&report.title()));
    [whole, short].map(|text| Block::heading(&text))
}

/// The run in a line, and the first broken check with what to do about it.
fn first_lines(report: &Report) -> Vec<Block> {
    let mut summary = Inline::prose(&words::summary(report))
        .then(Inline::ours(", begun at "))
        .then(Inline::prose(&Times::Full.text(report.started_at)));
    if report.interrupted.is_some() {
        summary = summary.then(Inline::ours(
            ". The run was stopped before its time; this is what was known by then.",
        ));
    }
    let mut blocks = vec![Block::paragraph(&summary)];
    if let Some(broken) = first_broken(report) {
        let text = Inline::code(&broken.id)
            .then(Inline::ours(": "))
            .then(Inline::prose(&broken.headline));
        blocks.push(Block::paragraph(&text.strong()));
        blocks.extend(broken.hint.iter().flat_map(|hint| check::next(hint)));
    }
    blocks
}

/// As much of a table as there is room for, with a note of how many rows are left out.
fn tabled(page: &mut Page, headings: &[Inline], rows: &[Vec<Inline>], what: &str) {
    if rows.is_empty() {
        return;
    }
    let (table, left_out) = Table::new(headings, rows).within(page.room());
    if let Some(table) = table {
        page.push(&table);
    }
    if left_out > 0 {
        let rest = words::counted(left_out, &format!("more {what}"));
        let note = format!("… and {rest}, for which there is no room here.");
        page.note(&Block::paragraph(&Inline::prose(&note)));
    }
}

fn target_headings() -> [Inline; 6] {
    [
        "target",
        "cluster",
        "service",
        "deployment",
        "revision",
        "expected digest",
    ]
    .map(Inline::ours)
}

fn target((name, target): (&String, &TargetReport)) -> Vec<Inline> {
    let known = |text: &Option<String>| text.as_deref().map(Inline::code).unwrap_or_default();
    let mut cluster = Inline::code(&target.cluster);
    if let Some(region) = &target.region {
        cluster = cluster
            .then(Inline::ours(" in "))
            .then(Inline::code(region));
    }
    vec![
        Inline::code(name),
        cluster,
        Inline::code(&target.service),
        known(&target.deployment),
        known(&target.task_definition),
        digests(target),
    ]
}

/// The one digest that is expected, or each container's.
fn digests(target: &TargetReport) -> Inline {
    if let Some(digest) = &target.expected_digest {
        return Inline::code(digest);
    }
    let mut all = Inline::default();
    for (number, (container, digest)) in target.expected_digests.iter().enumerate() {
        let comma = Inline::ours(if number == 0 { "" } else { ", " });
        all = all
            .then(comma)
            .then(Inline::code(container))
            .then(Inline::ours(": "))
            .then(Inline::code(digest));
    }
    all
}

/// What each check has to show, as far as there is room; the first broken one's is open.
fn evidence(report: &Report, page: &mut Page) {
    let times = Times::short(report.started_at);
    let open = first_broken(report).map(|check| &check.id);
    let mut left_out = 0_usize;
    for check in worst_first(report)
        .into_iter()
        .filter(|check| check::has_more(check))
    {
        let open = open == Some(&check.id);
        match check::details(check, open, times, page.room()) {
            Some(details) => {
                page.push(&details);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        let checks = words::counted(left_out, "more check");
        let note = format!("The evidence of {checks} is left out here.");
        page.note(&Block::paragraph(&Inline::prose(&note)));
    }
}

fn footer() -> Block {
    let text = Inline::ours("Told by touchdown. Its JSON report (")
        .then(Inline::code("--json FILE"))
        .then(Inline::ours(
            ") holds all that was seen, every look included; ",
        ))
        .then(Inline::code("touchdown render FILE"))
        .then(Inline::ours(" makes any other format of it."));
    Block::paragraph(&text)
}
