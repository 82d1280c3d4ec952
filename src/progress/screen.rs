//! The lower end of a terminal, drawn by indicatif: lines that are drawn over and lines that stay.
//!
//! After each drawing the cursor stands at the start of a line of its own, so that whatever is
//! written next, by Ctrl-C's echo, a panic or a shell, leaves the others as they are. Nothing
//! is hidden or switched that a killed process would leave behind.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use crate::report::text::clip;
use crate::report::{Charset, escape};

/// Each drawing of ours is forced. This bounds those that indicatif adds, one a changed line.
const UNFORCED_A_SECOND: u8 = 1;
/// indicatif fills up lines, and panics where a wide character alone is wider than the terminal.
const NARROWEST: u16 = 2;

#[derive(Debug)]
pub(super) struct Screen<T> {
    terminal: T,
    bars: MultiProgress,
    /// One for each line of a block. An empty one takes no line.
    lines: Vec<ProgressBar>,
    /// Below them. It says what has no room, and holds the cursor.
    foot: ProgressBar,
    charset: Charset,
}

impl<T: TermLike + Clone + 'static> Screen<T> {
    pub(super) fn new(terminal: T, charset: Charset) -> Self {
        let boxed = Box::new(terminal.clone());
        let target = ProgressDrawTarget::term_like_with_hz(boxed, UNFORCED_A_SECOND);
        let bars = MultiProgress::with_draw_target(target);
        Self {
            terminal,
            foot: bars.add(bar()),
            bars,
            lines: Vec::new(),
            charset,
        }
    }
}

/// A line that is its message, and no more.
fn bar() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::no_length().with_style(style)
}

impl<T: TermLike> Screen<T> {
    pub(super) fn columns(&self) -> usize {
        self.terminal.width().into()
    }

    /// Puts `block` at the screen's end, in the last block's place.
    pub(super) fn draw(&mut self, block: &[String]) {
        if self.terminal.width() < NARROWEST {
            // Whoever watches may have gone; the run goes on without them. So everywhere here.
            let _ = self.bars.clear();
            return;
        }
        while self.lines.len() < block.len() {
            let line = self.bars.insert_before(&self.foot, bar());
            self.lines.push(line);
        }
        let shown = block.len().min(self.room());
        for (at, line) in self.lines.iter().enumerate() {
            let text = block[..shown].get(at).map(|text| self.fitting(text));
            line.set_message(text.unwrap_or_default());
        }
        self.foot.set_message(self.below(block.len(), shown));
        self.foot.force_draw();
    }

    /// How many lines there is room for, besides the foot. What has scrolled away can't be
    /// drawn over.
    fn room(&self) -> usize {
        usize::from(self.terminal.height()).saturating_sub(1)
    }

    fn fitting(&self, line: &str) -> String {
        let line = escape::without_commands(line);
        clip(&line, self.columns(), self.charset)
    }

    /// The foot of a block. indicatif leaves the cursor behind a line's last column; a foot
    /// that fills its line and ends in a return brings it back to the start.
    fn below(&self, all: usize, shown: usize) -> String {
        let text = match all - shown {
            _ if all == 0 => return String::new(),
            0 => String::new(),
            more => self.fitting(&format!("{} and {more} more", self.charset.ellipsis())),
        };
        format!("{text:columns$}\r", columns = self.columns())
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

    /// Takes the block away for good.
    pub(super) fn close(&mut self) {
        for line in self.lines.drain(..) {
            self.bars.remove(&line);
        }
        self.bars.remove(&self.foot);
        let _ = self.bars.clear();
    }
}
