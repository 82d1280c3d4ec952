//! Kinds that look at a service from outside, over HTTP.

mod address;
mod body;
mod cookie;
mod destination;
mod every_task;
mod excerpt;
mod expectation;
mod hash;
mod judge;
mod mistakes;
mod next_step;
mod responds;
mod sending;
mod several;
mod status;
mod text;
mod timing;
mod version;
mod version_everywhere;
mod versions;

pub(crate) use address::Url;
pub use body::BodyExpectation;
pub use every_task::EveryTaskResponds;
pub use expectation::Expectation;
pub use responds::Responds;
pub use several::Answers;
pub use status::StatusExpectation;
pub use version_everywhere::VersionEverywhere;
