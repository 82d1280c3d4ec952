//! Report files: opened before the run, written after it.
//!
//! A bad path is told before anything runs. A report appears under its name only when it is
//! whole: it is written beside its place and then renamed, so that an older report stays
//! where a run is cut off. Where one report can't be written, the others still are.

mod destination;
mod error;
mod file;
mod outputs;

pub use destination::{Destination, one_on_standard_output};
pub use error::{OutputError, Problem};
pub(crate) use file::WholeFile;
pub use outputs::Outputs;
