//! The report for people, at the end of a run.
//!
//! First the verdict, then every check in a line, then each check that did not pass: what was
//! expected, what was seen and where, and what to do next. Whatever came from outside is
//! escaped first. Verbosity changes what is shown here, and no other report.

mod block;
pub mod chain;
mod folding;
mod history;
mod overview;
mod render;
mod style;

pub use folding::Folding;
pub use render::{render, verdict};
pub use style::Style;
