//! GitHub Actions: annotations at the top of a run's page, and the summary of a job.

mod annotations;
mod command;
mod summary;

pub use annotations::{annotations, nothing_ran};
pub use summary::{SummaryError, append};
