//! Tests of all formats together.

pub(crate) mod corpus;
mod golden;
mod junit;
mod outputs;
pub(super) mod perfdata;
mod purity;
mod reading;
pub(crate) mod runners;
pub(crate) mod scenarios;
mod schema;
mod secrets;
mod tap;
mod xml_reader;
