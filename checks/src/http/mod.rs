//! Kinds that look at a service from outside, over HTTP.

mod address;
mod expectation;
mod responds;
mod status;

pub use expectation::{BodyExpectation, Expectation};
pub use responds::Responds;
pub use status::StatusExpectation;
