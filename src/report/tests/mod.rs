//! Tests of all formats together.

mod golden;
mod hostile;
mod junit;
mod outputs;
pub(super) mod perfdata;
mod purity;
mod reading;
pub(crate) mod scenarios;
mod schema;
mod tap;
