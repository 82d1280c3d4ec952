//! One round of looking: the reads that all checks which are due together share.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::cloudwatch::{Alarm, MetricPoint, MetricSeries, MetricWindow};
use super::coalesce::{Asked, Batch};
use super::cost::Spent;
use super::ecr::{ImageConfig, ImageDetail, ImageId, Manifest, Repository};
use super::ecs::{
    ContainerInstance, OfCluster, Scope, Service, ServiceDeployment, ServiceRevision, Task,
    TaskDefinition,
};
use super::elb::{LoadBalancer, TargetGroup, TargetGroupWeight, TargetHealth};
use super::journal::moved;
use super::logs::{LogEvents, LogQuery};
use super::registry::OciRepository;
use super::{Connections, Journal};
use crate::contract::{Clock, Period, Seen, Unobserved};

/// The reads of one round: a handle, cheap to clone. A round starts empty, so that each sees
/// the present; within it, whoever asks the same gets the same answer.
#[derive(Clone)]
pub struct Reads {
    pub(super) connections: Arc<Connections>,
    pub(super) round: Arc<Round>,
}

/// What was asked in a round.
pub(super) struct Round {
    pub services: Batch<Scope, String, Option<Arc<Seen<Service>>>>,
    pub service_deployments: Asked<(Scope, String), Seen<Option<ServiceDeployment>>>,
    pub service_revisions: Batch<Scope, String, Seen<Option<ServiceRevision>>>,
    pub cluster_tasks: Asked<Scope, Option<OfCluster>>,
    pub tasks: Batch<Scope, String, Seen<Option<Arc<Task>>>>,
    pub tasks_of: Asked<(Scope, String), Arc<Seen<Vec<Task>>>>,
    pub container_instances: Batch<Scope, String, Seen<Option<ContainerInstance>>>,
    pub task_definitions: Asked<String, Seen<Arc<TaskDefinition>>>,
    pub images: Batch<Repository, ImageId, Seen<Option<ImageDetail>>>,
    pub manifests: Batch<Repository, String, Seen<Option<Manifest>>>,
    pub image_configs: Asked<(Repository, String), Seen<Arc<ImageConfig>>>,
    pub registry_digests: Asked<(OciRepository, String), Seen<Option<String>>>,
    pub registry_manifests: Asked<(OciRepository, String), Seen<Option<Manifest>>>,
    pub images_of: Asked<Repository, Seen<Arc<Vec<ImageDetail>>>>,
    pub log_events: Asked<LogQuery, Seen<Arc<LogEvents>>>,
    pub target_groups: Batch<String, String, Seen<Option<TargetGroup>>>,
    pub target_health: Asked<(String, String), Seen<Vec<TargetHealth>>>,
    pub deregistration_delays: Asked<(String, String), Seen<Option<Period>>>,
    pub load_balancers: Batch<String, String, Seen<Option<LoadBalancer>>>,
    pub routing: Asked<(String, String), Seen<Vec<TargetGroupWeight>>>,
    pub alarms: Batch<String, String, Seen<Option<Alarm>>>,
    pub metrics: Batch<MetricWindow, MetricSeries, Seen<Vec<MetricPoint>>>,
    pub clusters: Asked<Option<String>, Vec<String>>,
    pub services_of: Asked<Scope, Vec<String>>,
    /// How far AWS's clock is ahead, as it was first asked in this round: questions that hold
    /// times must stay equal to be asked once.
    aws_ahead: OnceLock<SignedDuration>,
    spent: Arc<Mutex<Spent>>,
}

/// AWS's limit of ids in one ecs:DescribeServices.
const SERVICES: usize = 10;
/// AWS's limit of series in one cloudwatch:GetMetricData.
const SERIES: usize = 500;
/// AWS's limit of ids in one ecs:DescribeServiceRevisions, and of load balancers in one
/// elasticloadbalancing:DescribeLoadBalancers.
const TWENTY: usize = 20;
/// AWS's limit of ids in one ecs:DescribeTasks, ecs:DescribeContainerInstances,
/// cloudwatch:DescribeAlarms, ecr:DescribeImages and ecr:BatchGetImage.
const HUNDRED: usize = 100;

impl Reads {
    /// The reads of a new round.
    #[must_use]
    pub fn of_round(connections: Arc<Connections>) -> Self {
        Self::empty(connections, Arc::default())
    }

    /// The same round once more, with nothing known of it: for whoever needs a second look.
    pub(super) fn afresh(&self) -> Self {
        Self::empty(Arc::clone(&self.connections), Arc::clone(&self.round.spent))
    }

    pub(super) fn spent(&self) -> MutexGuard<'_, Spent> {
        let spent = &self.round.spent;
        spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn empty(connections: Arc<Connections>, spent: Arc<Mutex<Spent>>) -> Self {
        let round = Round {
            services: Batch::of(SERVICES),
            service_deployments: Asked::default(),
            service_revisions: Batch::of(TWENTY),
            cluster_tasks: Asked::default(),
            tasks: Batch::of(HUNDRED),
            tasks_of: Asked::default(),
            container_instances: Batch::of(HUNDRED),
            task_definitions: Asked::default(),
            images: Batch::of(HUNDRED),
            manifests: Batch::of(HUNDRED),
            image_configs: Asked::default(),
            registry_digests: Asked::default(),
            registry_manifests: Asked::default(),
            images_of: Asked::default(),
            log_events: Asked::default(),
            target_groups: Batch::of(TWENTY),
            target_health: Asked::default(),
            deregistration_delays: Asked::default(),
            load_balancers: Batch::of(TWENTY),
            routing: Asked::default(),
            alarms: Batch::of(HUNDRED),
            metrics: Batch::of(SERIES),
            clusters: Asked::default(),
            services_of: Asked::default(),
            aws_ahead: OnceLock::new(),
            spent,
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

    /// When the run began, by its own clock. Whatever a user calls deployed was deployed before then.
    #[must_use]
    pub fn run_began(&self) -> Timestamp {
        self.connections.made_at
    }

    /// The region that is asked where `region` is named, or none is.
    ///
    /// # Errors
    /// Lasting where none is named and the environment has none.
    pub async fn region(&self, region: Option<&str>) -> Result<String, Unobserved> {
        Ok(self.connections.clients(region).await?.region.clone())
    }

    /// What AWS's clock showed when the run's clock showed `at`; throughout a round by one
    /// measure.
    #[must_use]
    pub fn aws_time(&self, at: Timestamp) -> Timestamp {
        let measured = || self.connections.journal().aws_ahead();
        moved(at, *self.round.aws_ahead.get_or_init(measured))
    }

    /// The requests of the whole run so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.connections.journal()
    }

    /// The answers of a batch as one, without those that aren't there.
    pub(super) fn those_there<T>(
        &self,
        call: &str,
        resource: String,
        answers: Vec<Result<Seen<Option<T>>, Unobserved>>,
    ) -> Result<Seen<Vec<T>>, Unobserved> {
        let mut seen = self.seen(call, resource, None, Vec::new());
        for answer in answers {
            let answer = answer?;
            seen.source.request_id = answer.source.request_id;
            seen.value.extend(answer.value);
        }
        Ok(seen)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_round_measures_awss_clock_once() {
        let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
        let connections = Arc::new(Connections::from_environment(clock, None));
        let (now, later) = (clock.now(), SignedDuration::from_secs(60));
        let round = Reads::of_round(Arc::clone(&connections));
        assert_eq!(round.aws_time(now), now);
        connections.journal().note_time(now + later, now);
        assert_eq!(round.aws_time(now), now, "a round stays with its measure");
        let next = Reads::of_round(connections).aws_time(now);
        assert!(next >= now + later, "{next}");
    }
}
