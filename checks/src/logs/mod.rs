//! Kinds that look for lines in the logs of the judged deployment's tasks.

mod alike;
mod line_absent;
mod line_match;
mod line_seen;
mod lines;
mod progress;
mod reading;
mod since;
mod streams;

pub use line_absent::LineAbsent;
pub use line_match::LineMatch;
pub use line_seen::LineSeen;
pub use since::Since;
