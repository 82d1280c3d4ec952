//! Reads of Amazon ECS, and the plain types they bring.

mod names;
mod service;
mod task;
mod task_definition;

pub(crate) use service::there_are;
pub use service::{Deployment, Scope, Service, ServiceEvent};
pub(super) use task::Listed;
pub use task::{Container, Task};
pub use task_definition::{ContainerDefinition, LogConfiguration, TaskDefinition};

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// AWS's time as ours; none where it can't be represented.
pub(super) fn timestamp(at: Option<&DateTime>) -> Option<Timestamp> {
    at.and_then(|at| Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok())
}
