//! Progress, for whoever watches a run: observers that write while it goes on.
//!
//! [`Live`] keeps a line a check up to date on a terminal; [`Lines`] writes a line when
//! something changes, for a CI system's log. Where nobody watches, `()` is the observer.
//! Neither ever stops a run: what can't be written is dropped.

mod board;
mod lines;
mod live;
mod screen;
#[cfg(test)]
mod tests;

pub use lines::Lines;
pub use live::Live;
pub use screen::Size;

use std::io::IsTerminal;
use crate::run::Observer;
/// temp
pub fn to_stderr(color: bool, capable: bool, _verbose: bool) -> Box<dyn Observer> {
    if capable && std::io::stderr().is_terminal() { Box::new(Live::new(std::io::stderr(), Size::of_stderr, color)) } else { Box::new(Lines::new(std::io::stderr())) }
}
