//! The lower end of a terminal, drawn by indicatif: lines that are drawn over and lines that stay.
//!
//! After each drawing the cursor stands at the start of a line of its own, so that whatever is
//! written next, by Ctrl-C's echo, a panic or a shell, leaves the others as they are. Nothing
//! is hidden or switched that a killed process would leave behind.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::report::escape;
use crate::report::text::clip;

/// Each drawing of ours is forced. This bounds those that indicatif adds, one a changed line.
const UNFORCED_A_SECOND: u8 = 1;
/// indicatif fills up lines, and panics where a wide character alone is wider than the terminal.
const NARROWEST: u16 = 2;

#[derive(Debug)]
pub(super) struct Screen<T> {
    terminal: T,
    bars: MultiProgress,
    /// One for each line of the block, and the foot. An empty one takes no line.
    lines: Vec<ProgressBar>,
}

impl<T: TermLike + Clone + 'static> Screen<T> {
    pub(super) fn new(terminal: T) -> Self {
        let boxed = Box::new(terminal.clone());
        let target = ProgressDrawTarget::term_like_with_hz(boxed, UNFORCED_A_SECOND);
        Self {
            terminal,
            bars: MultiProgress::with_draw_target(target),
            lines: Vec::new(),
        }
    }
}

impl<T: TermLike> Screen<T> {
    pub(super) fn columns(&self) -> usize {
        self.terminal.width().into()
    }

    /// Makes room for a block of so many lines.
    pub(super) fn open(&mut self, lines: usize) {
        let style = ProgressStyle::with_template("{msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = || ProgressBar::no_length().with_style(style.clone());
        self.lines = (0..=lines).map(|_| self.bars.add(bar())).collect();
    }

    /// Puts `block` at the screen's end, in the last block's place.
    pub(super) fn draw(&self, block: &[String]) {
        if self.terminal.width() < NARROWEST {
            // Whoever watches may have gone; the run goes on without them. So everywhere here.
            let _ = self.bars.clear();
            return;
        }
        let mut lines = self.fitting(block).into_iter();
        for bar in &self.lines {
            bar.set_message(lines.next().unwrap_or_default());
        }
        if let Some(foot) = self.lines.last() {
            foot.force_draw();
        }
    }

    /// Writes a line that stays, in the block's place. The next drawing brings the block back.
    ///
    /// indicatif's own `println` would fill up the line with spaces and end none, and a
    /// terminal that becomes wider would then join it with the next.
    pub(super) fn keep(&self, line: &str) {
        let _ = self.bars.clear();
        let _ = self.terminal.write_line(&escape::without_commands(line));
        let _ = self.terminal.flush();
    }

    /// As much of the block as there are rows for, and the foot. What has scrolled away can't
    /// be drawn over.
    fn fitting(&self, block: &[String]) -> Vec<String> {
        if block.is_empty() {
            return Vec::new();
        }
        let columns = self.columns();
        let rows = usize::from(self.terminal.height()).saturating_sub(1);
        let shown = block.len().min(rows);
        let more = match block.len() - shown {
            0 => String::new(),
            more => format!("… and {more} more"),
        };
        let lines = block[..shown].iter();
        let safe = lines.map(|line| clip(&escape::without_commands(line), columns));
        // indicatif leaves the cursor behind a line's last column. A foot that fills its line
        // and ends in a return brings it back to the start.
        let foot = format!("{:columns$}\r", clip(&more, columns));
        safe.chain([foot]).collect()
    }

    /// Takes the block away for good.
    pub(super) fn close(&mut self) {
        for bar in self.lines.drain(..) {
            self.bars.remove(&bar);
        }
        let _ = self.bars.clear();
    }
}
