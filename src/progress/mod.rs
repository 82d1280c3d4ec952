//! Progress, for whoever watches a run: observers that write while it goes on.
//!
//! [`Live`] keeps a line a check up to date on a terminal; [`Lines`] writes a line when
//! something changes, for a CI system's log; [`Jsonl`] writes every event, for programs. Where
//! nobody watches, `()` is the observer. None ever stops a run: what can't be written is dropped.

mod board;
mod jsonl;
mod lines;
mod live;
mod screen;
#[cfg(test)]
mod tests;

use std::io;

use console::Term;

pub use jsonl::Jsonl;
pub use lines::Lines;
pub use live::Live;

use crate::report::terminal::Style;
use crate::run::Observer;

/// Progress on standard error: [`Live`] where that is a terminal that is `capable` of moving
/// its cursor, [`Lines`] elsewhere, for every look if the style is verbose. How wide the terminal
/// is, it tells itself.
pub fn to_stderr(style: Style, capable: bool) -> Box<dyn Observer> {
    // Buffered, so that a drawing reaches the terminal in one piece and nothing flickers.
    let terminal = Term::buffered_stderr();
    if capable && terminal.is_term() {
        Box::new(Live::new(terminal, style.color, style.charset))
    } else {
        Box::new(Lines::new(io::stderr(), style.verbose, style.charset))
    }
}
