//! The facts that a cause is found by.

use std::sync::Arc;

use jiff::Timestamp;

use crate::contract::Seen;
use crate::logs::LastLines;
use crate::reads::{ServiceEvent, Task, TaskDefinition};

/// What was seen of a deployment whose tasks failed.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub place: Location,
    /// `family:revision` of the deployment.
    pub revision: String,
    /// How many tasks the deployment wants.
    pub desired: usize,
    /// How many of them run and are to stay.
    pub running: usize,
    /// Its tasks that failed, those that ended last first.
    pub stopped: Seen<Vec<Task>>,
    /// Its tasks that did not, and are to stay.
    pub surviving: Vec<Task>,
    /// AWS's time of the look.
    pub now: Timestamp,
    /// The service's events since the deployment began, newest first.
    pub events: Seen<Vec<ServiceEvent>>,
    /// Its task definition, where it could be read.
    pub definition: Option<Arc<TaskDefinition>>,
    /// The last lines of some of the tasks.
    pub lines: LastLines,
}

/// Where commands find what they are about.
#[derive(Clone, Debug)]
pub(super) struct Location {
    pub cluster: String,
    pub service: String,
    pub region: String,
    /// The ARNs of the service's target groups.
    pub target_groups: Vec<String>,
    /// The command that starts a new deployment.
    pub redeploy: String,
}
