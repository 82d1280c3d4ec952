//! Tests of all formats together.

mod golden;
mod hostile;
mod outputs;
mod reading;
mod scenarios;
mod schema;
