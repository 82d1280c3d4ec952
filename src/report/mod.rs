//! Reports: one file a format, each a pure rendering of [`Report`].

#[allow(
    dead_code,
    reason = "the formats that mark differences are about to use it"
)]
mod difference;
pub(crate) mod escape;
#[cfg(test)]
pub(crate) mod fixtures;
mod format;
pub mod json;
pub mod junit;
mod model;
pub mod nagios;
pub mod output;
pub mod tap;
pub mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod words;
mod xml;

pub use format::Format;
pub use model::{
    AttemptReport, CallReport, CheckReport, Counts, Interruption, Report, TargetReport, VERSION,
    Verdict,
};
