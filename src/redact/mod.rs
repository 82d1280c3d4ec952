//! Keeping secrets out of everything that touchdown writes.

mod finding;
mod forms;
mod redactor;

pub(crate) use redactor::merged;
pub use redactor::{REDACTED, Redactor, SHORTEST};
