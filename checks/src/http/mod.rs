//! Kinds that look at a service from outside, over HTTP.

mod address;
mod body;
mod cookie;
mod difference;
mod excerpt;
mod expectation;
mod mistakes;
mod responds;
mod status;
mod text;

pub(crate) use address::Url;
pub use body::BodyExpectation;
pub use expectation::Expectation;
pub use responds::Responds;
pub use status::StatusExpectation;
