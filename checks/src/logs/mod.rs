//! Kinds that look for lines in the logs of the judged deployment's tasks.

mod alike;
mod last_lines;
mod line_absent;
mod line_match;
mod line_seen;
mod lines;
mod progress;
mod reading;
mod since;
mod streams;

pub(crate) use alike::clipped;
pub(crate) use last_lines::{LastLines, tail};
pub use line_absent::LineAbsent;
pub use line_match::LineMatch;
pub use line_seen::LineSeen;
pub(crate) use lines::{LogLine, counted, quote};
pub use since::Since;
