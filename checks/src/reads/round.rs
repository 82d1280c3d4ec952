//! One round of looking: the reads that all checks which are due together share.

use std::sync::Arc;

use jiff::Timestamp;

use super::coalesce::{Asked, Batch};
use super::ecr::{ImageDetail, ImageId, Manifest, Repository};
use super::ecs::{Listed, Scope, Service, Task, TaskDefinition};
use super::logs::{LogEvents, LogQuery};
use super::{Connections, Journal};
use crate::contract::{Clock, Seen, Unobserved};

/// The reads of one round: a handle, cheap to clone. A round starts empty, so that each sees
/// the present; within it, whoever asks the same gets the same answer.
#[derive(Clone)]
pub struct Reads {
    pub(super) connections: Arc<Connections>,
    pub(super) round: Arc<Round>,
}

/// What was asked in a round.
pub(super) struct Round {
    pub services: Batch<Scope, String, Seen<Option<Service>>>,
    pub task_lists: Asked<(Scope, String), Listed>,
    pub tasks: Batch<Scope, String, Seen<Option<Task>>>,
    pub task_definitions: Asked<String, Seen<Arc<TaskDefinition>>>,
    pub images: Batch<Repository, ImageId, Seen<Option<ImageDetail>>>,
    pub manifests: Batch<Repository, String, Seen<Option<Manifest>>>,
    pub log_events: Asked<LogQuery, Seen<Arc<LogEvents>>>,
    pub clusters: Asked<Option<String>, Vec<String>>,
    pub services_of: Asked<Scope, Vec<String>>,
}

/// AWS's limit of ids in one ecs:DescribeServices.
const SERVICES: usize = 10;
/// AWS's limit of ids in one ecs:DescribeTasks, ecr:DescribeImages and ecr:BatchGetImage.
const HUNDRED: usize = 100;

impl Reads {
    /// The reads of a new round.
    #[must_use]
    pub fn of_round(connections: Arc<Connections>) -> Self {
        let round = Round {
            services: Batch::of(SERVICES),
            task_lists: Asked::default(),
            tasks: Batch::of(HUNDRED),
            task_definitions: Asked::default(),
            images: Batch::of(HUNDRED),
            manifests: Batch::of(HUNDRED),
            log_events: Asked::default(),
            clusters: Asked::default(),
            services_of: Asked::default(),
        };
        Self {
            connections,
            round: Arc::new(round),
        }
    }

    /// The run's clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.connections.clock()
    }

    /// The region that is asked where `region` is named, or none is.
    ///
    /// # Errors
    /// Lasting where none is named and the environment has none.
    pub async fn region(&self, region: Option<&str>) -> Result<String, Unobserved> {
        Ok(self.connections.clients(region).await?.region.clone())
    }

    /// What AWS's clock showed when the run's clock showed `at`.
    #[must_use]
    pub fn aws_time(&self, at: Timestamp) -> Timestamp {
        self.connections.aws_time(at)
    }

    /// The requests of the whole run so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.connections.journal()
    }

    /// A reading that has just arrived.
    pub(super) fn seen<T>(
        &self,
        call: &str,
        resource: impl Into<String>,
        request_id: Option<&str>,
        value: T,
    ) -> Seen<T> {
        Seen {
            value,
            source: crate::contract::Source {
                call: call.to_owned(),
                resource: resource.into(),
                request_id: request_id.map(str::to_owned),
            },
            at: self.clock().now(),
        }
    }
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}
