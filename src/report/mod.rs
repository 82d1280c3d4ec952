//! Reports: one file a format, each a pure rendering of [`Report`].

mod charset;
pub(crate) mod clip;
mod difference;
pub(crate) mod escape;
#[cfg(test)]
pub(crate) mod fixtures;
mod format;
pub mod html;
mod image;
pub mod json;
pub mod junit;
mod looks;
pub mod markdown;
pub mod merge;
mod model;
pub mod nagios;
pub(crate) mod order;
pub mod output;
pub mod tap;
pub mod terminal;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;
pub(crate) mod words;
mod xml;

pub use charset::Charset;
pub use format::Format;
pub use model::{
    AttemptReport, CallReport, CheckReport, Counts, Interruption, Report, Selection, ShardReport,
    TargetReport, VERSION, Verdict,
};
