//! The run: from a plan to a report, owning time.

mod event;

pub use event::{Announced, Event, Held, Observer};
