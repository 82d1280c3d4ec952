//! Kinds that run a program of the team's own, and go by how it ends.

mod environment;
mod expectation;
mod facts;
mod nagios;
mod perfdata;
mod program;
mod shown;
mod words;

pub(crate) use environment::{VariableName, Variables, names, secrets, set};
pub use expectation::OutputExpectation;
pub use facts::Facts;
pub use nagios::Nagios;
pub use program::Exec;
use shown::by_hand;
pub(crate) use shown::{not_started, not_told, outputs, with_unset};
