//! Evidence as Markdown: what was expected and seen, and where.

use touchdown_checks::contract::{Body, Evidence, Line, Moment};

use super::block::{Block, Run, Table};
use super::inline::Inline;
use crate::report::clip::{clip, clip_start};
use crate::report::difference::{Stretch, stretches};
use crate::report::text::{Paint, Sheet, Times, margins, width};
use crate::report::{escape, image, words};

/// The most rows of a table, moments of a timeline and lines of an excerpt.
const MOST_ROWS: usize = 200;

/// One piece of evidence: its title, what was seen, and where and when.
pub(super) fn blocks(evidence: &Evidence, times: Times) -> Vec<Block> {
    let (title, seen) = match &evidence.body {
        Body::Compared {
            what,
            expected,
            seen,
        } => (what, vec![compared(expected, seen)]),
        Body::Table {
            title,
            columns,
            rows,
        } => (title, tabular(columns, rows)),
        Body::Timeline { title, moments } => (title, timeline(moments, times)),
        Body::Excerpt {
            title,
            lines,
            omitted,
        } => (title, excerpt(lines, *omitted, times)),
        Body::Picture {
            title,
            media_type,
            data,
        } => (title, vec![picture(media_type, data)]),
    };
    let mut blocks = vec![Block::paragraph(&Inline::prose(title).strong())];
    blocks.extend(seen);
    blocks.push(place(evidence, times));
    blocks
}

/// Both values one below the other, with what differs marked.
fn compared(expected: &str, seen: &str) -> Block {
    let (expected, seen) = (clip(expected), clip(seen));
    let (left, right) = stretches(&expected, &seen);
    let mut lines = labelled("expected  ", &left);
    lines.extend(labelled("seen      ", &right));
    Block::preformatted(&lines)
}

fn labelled(label: &str, stretches: &[Stretch<'_>]) -> Vec<Vec<Run>> {
    let run = |stretch: &Stretch<'_>| Run {
        text: stretch.text.to_owned(),
        marked: stretch.differs,
    };
    let runs = stretches.iter().map(run).collect();
    hanging(label, &" ".repeat(label.len()), runs)
}

/// Runs of text of any number of lines, behind `first`, and with `further` before every line
/// but the first.
fn hanging(first: &str, further: &str, runs: Vec<Run>) -> Vec<Vec<Run>> {
    let mut lines = Vec::new();
    let mut line = vec![Run::plain(first)];
    for Run { text, marked } in runs {
        let mut parts = text.split('\n').peekable();
        while let Some(part) = parts.next() {
            let ends = parts.peek().is_some();
            let part = part.strip_suffix('\r').filter(|_| ends).unwrap_or(part);
            let text = part.to_owned();
            line.push(Run { text, marked });
            if ends {
                lines.push(std::mem::replace(&mut line, vec![Run::plain(further)]));
            }
        }
    }
    lines.push(line);
    lines
}

fn tabular(columns: &[String], rows: &[Vec<String>]) -> Vec<Block> {
    if rows.is_empty() {
        return vec![Block::paragraph(&Inline::ours("(none)"))];
    }
    let cells = |row: &Vec<String>| row.iter().map(|cell| Inline::prose(cell)).collect();
    let headings: Vec<Inline> = cells(&columns.to_vec());
    let shown: Vec<Vec<Inline>> = rows.iter().take(MOST_ROWS).map(cells).collect();
    let mut blocks = vec![Table::new(&headings, &shown).whole()];
    blocks.extend(more(rows.len() - shown.len(), "row"));
    blocks
}

fn timeline(moments: &[Moment], times: Times) -> Vec<Block> {
    if moments.is_empty() {
        return vec![Block::paragraph(&Inline::ours("(nothing happened)"))];
    }
    let headings = ["when", "what"].map(Inline::ours);
    let row = |moment: &Moment| {
        vec![
            Inline::prose(&times.text(moment.at)),
            Inline::prose(&moment.what),
        ]
    };
    let shown: Vec<Vec<Inline>> = moments.iter().take(MOST_ROWS).map(row).collect();
    let mut blocks = vec![Table::new(&headings, &shown).whole()];
    blocks.extend(more(moments.len() - shown.len(), "moment"));
    blocks
}

fn excerpt(lines: &[Line], omitted: usize, times: Times) -> Vec<Block> {
    let shown = &lines[..lines.len().min(MOST_ROWS)];
    let mut blocks = Vec::new();
    if lines.is_empty() {
        blocks.push(Block::paragraph(&Inline::ours("(no lines)")));
    } else {
        let sheet = Sheet {
            width: usize::MAX,
            paint: Paint { color: false },
            times,
            clean: |origin| escape::line(&clip(origin)),
        };
        let quoted: Vec<Vec<Run>> = shown
            .iter()
            .zip(margins(shown, &sheet))
            .flat_map(|(line, margin)| quoted(line, &margin))
            .collect();
        blocks.push(Block::preformatted(&quoted));
    }
    blocks.extend(more(
        omitted.saturating_add(lines.len() - shown.len()),
        "line",
    ));
    blocks
}

/// A line behind its time and origin, with the part that was looked for marked. A bar stands
/// before all that was quoted, so that no quoted line can pass for one of ours.
fn quoted(line: &Line, margin: &str) -> Vec<Vec<Run>> {
    let matched = line.matched.as_deref().filter(|part| !part.is_empty());
    let runs = match matched.and_then(|part| Some((line.text.split_once(part)?, part))) {
        Some(((before, after), matched)) => vec![
            Run::plain(clip_start(before)),
            Run::marked(clip(matched)),
            Run::plain(clip(after)),
        ],
        None => vec![Run::plain(clip(&line.text))],
    };
    let further = " ".repeat(width(margin));
    hanging(&format!("{margin}│ "), &format!("{further}│ "), runs)
}

/// What there is to see elsewhere: those who show Markdown take no data address for an image.
fn picture(media_type: &str, data: &str) -> Block {
    Block::paragraph(&Inline::prose(&image::told(media_type, data)))
}

fn more(count: usize, what: &str) -> Option<Block> {
    let text = format!("… and {}", words::counted(count, &format!("more {what}")));
    (count > 0).then(|| Block::paragraph(&Inline::prose(&text)))
}

/// Where and when it was seen.
fn place(evidence: &Evidence, times: Times) -> Block {
    let source = &evidence.source;
    let mut text = Inline::ours("Seen in ")
        .then(Inline::code(&source.call))
        .then(Inline::ours(" of "))
        .then(Inline::code(&source.resource))
        .then(Inline::ours(" at "))
        .then(Inline::prose(&times.text(evidence.at)));
    if let Some(id) = &source.request_id {
        text = text
            .then(Inline::ours(", request id "))
            .then(Inline::code(id));
    }
    Block::paragraph(&text)
}
