//! Reports: one file a format, each a pure rendering of [`Report`].

mod model;

pub use model::{
    AttemptReport, CallReport, CheckReport, Counts, Interruption, Report, TargetReport, VERSION,
    Verdict,
};
