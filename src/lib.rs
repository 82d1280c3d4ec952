//! touchdown: is it really deployed? A post-deploy verification runner.
//!
//! A [`suite`] names targets and checks, its [`fleet`]s are found, a [`plan`] says what a run will do, a [`run`] ends in
//! a [`report`], and [`exit`] makes a number of it. [`confirm`] runs a suite of its own. What a check is and may look at, and the
//! built-in kinds, are in [`checks`].

pub mod catalog;
pub mod ci;
pub mod cli;
pub mod confirm;
pub mod doctor;
pub mod documentation;
pub mod exit;
pub mod fleet;
pub mod plan;
pub mod progress;
pub mod redact;
pub mod report;
pub mod run;
pub mod schema;
pub mod suite;

pub use touchdown_checks as checks;
