//! Keeping secrets out of everything that touchdown writes.
//!
//! A secret is known by its value (what a suite and the environment call secret) or by its shape
//! (what an `Authorization` header, a presigned address or a private key looks like). Findings and
//! targets are cleaned where they enter the runner, so that every report and every progress line
//! is made of clean text; errors are cleaned where they are printed.

mod environment;
mod finding;
mod forms;
mod redactor;
mod shapes;
mod target;

pub(crate) use environment::{in_environment, of_process};
pub(crate) use finding::each_text;
pub(crate) use redactor::merged;
pub use redactor::{REDACTED, Redactor, SHORTEST};
