//! Kinds that look at a service from outside, over HTTP.

mod expectation;
mod responds;

pub use expectation::{BodyExpectation, Expectation, StatusExpectation};
pub use responds::Responds;
