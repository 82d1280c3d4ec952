//! The suite: YAML in, targets and checks out, every mistake told at its place.

mod bounds;
mod checks;
mod cycles;
mod deferred;
mod diagnostics;
mod excerpt;
mod fleets;
mod groups;
mod header;
mod include;
mod load;
mod model;
mod names;
mod profiles;
mod relations;
mod scan_error;
mod secrets;
mod source_map;
mod source_text;
mod sources;
mod targets;
mod variables;
mod words;
mod yaml;

pub(crate) use bounds::{EVERY, TIMEOUT, WITHIN};
pub use checks::COMMON_FIELDS;
pub(crate) use deferred::{Filling, RUN};
pub(crate) use diagnostics::closest;
pub use diagnostics::{Mistake, SuiteErrors};
pub(crate) use fleets::is_of_fleet;
pub use model::{Need, Suite, SuiteCheck};
pub use profiles::NoProfile;
pub use sources::Sources;
pub(crate) use targets::{contradictions, is_region, service_arn};
pub(crate) use yaml::json;
