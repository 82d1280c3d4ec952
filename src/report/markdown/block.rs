//! Blocks of Markdown: what a page is made of, with an empty line between them.

use maud::{Markup, html};

use super::inline::Inline;
use crate::report::escape;

/// A finished block, without a line end behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block(String);

/// A stretch of a preformatted line; any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The text.
    pub(super) text: String,
    /// Whether it is what to look at.
    pub(super) marked: bool,
}

impl Run {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            marked: false,
        }
    }

    pub(super) fn marked(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            marked: true,
        }
    }
}

impl Block {
    /// What stands between two blocks.
    pub(super) const GAP: &'static str = "\n\n";

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// How much longer a page becomes by it, in bytes.
    pub(super) fn cost(&self) -> usize {
        self.0.len() + Self::GAP.len()
    }

    pub(super) fn heading(text: &Inline) -> Self {
        Self(format!("## {}", text.markdown()))
    }

    /// A paragraph. What was put together may begin like a CI system's command.
    pub(super) fn paragraph(text: &Inline) -> Self {
        Self(escape::without_commands(&text.markdown()))
    }

    /// Lines as they are, aligned and not wrapped. It is HTML, because only there a part of it
    /// can be marked.
    pub(super) fn preformatted(lines: &[Vec<Run>]) -> Self {
        let lines: Vec<String> = lines
            .iter()
            .map(|runs| preformatted_line(runs).into_string())
            .collect();
        Self(format!("<pre>{}</pre>", lines.join("\n")))
    }

    /// Blocks that are folded away under a line of text, or open.
    pub(super) fn details(open: bool, summary: &Inline, blocks: &[Self]) -> Self {
        let tag = if open { "<details open>" } else { "<details>" };
        let summary = html! { summary { (summary.html()) } }.into_string();
        let mut text = format!("{tag}\n{summary}");
        for block in blocks {
            text.push_str(Self::GAP);
            text.push_str(block.as_str());
        }
        text.push_str(Self::GAP);
        text.push_str("</details>");
        Self(text)
    }
}

fn preformatted_line(runs: &[Run]) -> Markup {
    let mut begun = false;
    let mut clean = |text: &str| {
        // Amid a line, colons are the start of no command, and may be a path's.
        let clean = if begun {
            escape::within_line
        } else {
            escape::line
        };
        begun |= !text.trim().is_empty();
        clean(text)
    };
    html! {
        @for run in runs {
            @let text = clean(&run.text);
            @if run.marked && !text.is_empty() { b { (text) } } @else { (text) }
        }
    }
}

/// A table, of which as many rows can be taken as there is room for.
#[derive(Clone, Debug)]
pub(super) struct Table {
    head: String,
    rows: Vec<String>,
}

impl Table {
    /// A table with as many columns as the longest row has.
    pub(super) fn new(headings: &[Inline], rows: &[Vec<Inline>]) -> Self {
        let columns = rows.iter().map(Vec::len).fold(headings.len(), usize::max);
        let head = format!("{}\n|{}", row(headings, columns), "---|".repeat(columns));
        let rows = rows.iter().map(|cells| row(cells, columns)).collect();
        Self { head, rows }
    }

    /// The table in at most `room` bytes, if not even one row is too long for that, and how
    /// many rows are left out.
    pub(super) fn within(&self, room: usize) -> (Option<Block>, usize) {
        let mut text = self.head.clone();
        let mut taken = 0;
        for row in &self.rows {
            if text.len() + 1 + row.len() + Block::GAP.len() > room {
                break;
            }
            text.push('\n');
            text.push_str(row);
            taken += 1;
        }
        let block = (taken > 0).then_some(Block(text));
        (block, self.rows.len() - taken)
    }

    /// The whole table.
    pub(super) fn whole(&self) -> Block {
        let rows = std::iter::once(&self.head).chain(&self.rows);
        Block(rows.cloned().collect::<Vec<_>>().join("\n"))
    }
}

fn row(cells: &[Inline], columns: usize) -> String {
    let mut row = "|".to_owned();
    for column in 0..columns {
        match cells.get(column).map(Inline::cell) {
            Some(cell) if !cell.is_empty() => {
                row.push(' ');
                row.push_str(&cell);
                row.push_str(" |");
            }
            _ => row.push_str("  |"),
        }
    }
    row
}
