//! The lower end of a terminal: a block of lines that is drawn over, and lines that stay.
//!
//! After each drawing the cursor stands at the start of the line below the block, so that
//! whatever is written next, by a panic or a shell, begins on a line of its own. Nothing is
//! hidden or switched that a killed process would leave behind.

use std::io::Write;

use crate::report::escape;
use crate::report::text::clip;

/// How large a terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

impl Size {
    /// The size of the terminal that standard error leads to.
    #[must_use]
    pub fn of_stderr() -> Self {
        let (rows, columns) = console::Term::stderr().size();
        Self {
            rows: rows.into(),
            columns: columns.into(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Screen<W> {
    output: W,
    size: fn() -> Size,
    drawn: usize,
}

impl<W: Write> Screen<W> {
    pub(super) fn new(output: W, size: fn() -> Size) -> Self {
        Self {
            output,
            size,
            drawn: 0,
        }
    }

    pub(super) fn columns(&self) -> usize {
        // A line as wide as the terminal would wrap on some, and move the block.
        (self.size)().columns.saturating_sub(1).max(1)
    }

    /// Puts `above` on the screen for good, and `block` below it in the last block's place.
    pub(super) fn draw(&mut self, above: &[String], block: &[String]) {
        let columns = self.columns();
        let block = fitting(block, (self.size)().rows.saturating_sub(1).max(1));
        let mut frame = String::new();
        if self.drawn > 0 {
            frame.push_str(&format!("\u{1b}[{}A\r\u{1b}[J", self.drawn));
        }
        let above = above.iter().cloned();
        let clipped = block.iter().map(|line| clip(line, columns));
        for line in above.chain(clipped) {
            frame.push_str(&escape::without_commands(&line));
            frame.push('\n');
        }
        self.drawn = block.len();
        // Whoever watches may have gone; the run goes on without them.
        let _ = self.output.write_all(frame.as_bytes());
        let _ = self.output.flush();
    }
}

/// As many lines as there are rows; what has scrolled away can't be drawn over.
fn fitting(block: &[String], rows: usize) -> Vec<String> {
    if block.len() <= rows {
        return block.to_vec();
    }
    let shown = rows.saturating_sub(1);
    let mut lines = block[..shown].to_vec();
    lines.push(format!("… and {} more", block.len() - shown));
    lines
}
