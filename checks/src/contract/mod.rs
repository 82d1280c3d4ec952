//! What a check is: the trait that every kind implements, and the words it speaks in.

mod check;
mod clock;
mod deserialize;
mod duration;
mod evidence;
mod expected;
mod field_error;
mod fields;
mod finding;
mod image;
mod kind;
mod located;
mod look;
mod pattern;
mod plain;
pub mod rfc3339;
mod subject;
mod target;
mod unobserved;
mod wording;

pub use check::Check;
pub use clock::Clock;
pub use duration::Period;
pub use evidence::{Body, Evidence, Line, Moment, Seen, Source};
pub use expected::{Expected, Known};
pub use fields::{Fault, Suggest, read_fields};
pub use finding::{Finding, State};
pub use image::ImageReference;
pub use kind::{Attempt, Configured, Kind, Memory};
pub use located::{Content, Located, Place};
pub use look::{Look, Times};
pub use pattern::Pattern;
pub use subject::{Outside, Subject};
pub(crate) use target::last_segment;
pub use target::{JudgedDeployment, Target, TargetSpec};
pub use unobserved::Unobserved;
