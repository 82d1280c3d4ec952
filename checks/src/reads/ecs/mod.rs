//! Reads of Amazon ECS, and the plain types they bring.

mod cluster_tasks;
mod container_instance;
mod describe_services;
mod describe_tasks;
mod freshness;
mod listing;
mod names;
mod service;
mod service_deployment;
mod service_revision;
mod task;
mod task_definition;
mod time;

pub(super) use cluster_tasks::{ClusterLists, OfCluster};
pub use container_instance::ContainerInstance;
pub(crate) use describe_services::{MISSING, there_are};
pub(super) use describe_tasks::{Listed, Stopped};
pub(super) use freshness::Freshest;
pub(super) use listing::same_token;
pub use service::{Breaker, Deployment, LoadBalancing, Scope, Service, ServiceEvent};
pub use service_deployment::{
    AlarmWatch, BreakerCount, RevisionShare, Rollback, ServiceDeployment,
};
pub(crate) use service_revision::same_number;
pub use service_revision::{PinnedImage, ServiceRevision};
pub(crate) use task::short_task_id;
pub use task::{Container, PortBinding, Task};
pub use task_definition::{ContainerDefinition, HealthCheck, LogConfiguration, TaskDefinition};
pub(super) use time::timestamp;
