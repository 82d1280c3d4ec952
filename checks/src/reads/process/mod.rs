//! Reads of what a program says: it is run, bounded in time and in what it prints, and nothing that it started
//! outlives the look.

mod capture;
mod family;
mod lookup;
mod request;
mod run;
mod served;
mod stop;

pub use capture::Printed;
pub use family::end_programs;
pub use lookup::{program_named, programs_named};
pub use request::{CommandError, CommandRequest, Ending, Ran};
pub(super) use run::Programs;
pub use run::run_alone;
pub(super) use served::{Served, serve};
pub use stop::{Stop, stop, stopped};
