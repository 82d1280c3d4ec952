//! Reads of what a program says: it is run, bounded in time and in what it prints, and nothing that it started
//! outlives the look.

mod capture;
mod family;
mod request;
mod run;
mod served;

pub use capture::Printed;
pub use request::{CommandError, CommandRequest, Ending, Ran};
pub(super) use run::Programs;
pub(super) use served::Served;
