//! Service deployments: how ECS itself tells the course of a deployment, with its lifecycle
//! stage, its rollback, and what its circuit breaker and its alarms have counted.
//!
//! AWS keeps them for the ECS deployment controller only, and for deployments since
//! 2024-10-25: none is an answer.

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::listing::{Page, all_pages};
use super::{Scope, Service, timestamp};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// A service deployment, as ecs:DescribeServiceDeployments tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceDeployment {
    /// Its ARN.
    pub arn: String,
    /// PENDING, IN_PROGRESS, SUCCESSFUL, STOP_REQUESTED, STOPPED, ROLLBACK_REQUESTED,
    /// ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL or ROLLBACK_FAILED.
    pub status: String,
    /// Why it is in that status; ECS tells it where something went wrong.
    pub status_reason: Option<String>,
    /// PRE_SCALE_UP, SCALE_UP, TEST_TRAFFIC_SHIFT, PRODUCTION_TRAFFIC_SHIFT, BAKE_TIME,
    /// CLEAN_UP and so on.
    pub lifecycle_stage: Option<String>,
    /// How it deploys: ROLLING, BLUE_GREEN, LINEAR or CANARY.
    pub strategy: Option<String>,
    /// The service revision that it brings.
    pub target: Option<RevisionShare>,
    /// The service revisions that it replaces.
    pub sources: Vec<RevisionShare>,
    /// How it was taken back; none where it was not.
    pub rollback: Option<Rollback>,
    /// What its circuit breaker has counted.
    pub breaker: Option<BreakerCount>,
    /// What the alarms that it watches have done.
    pub alarms: Option<AlarmWatch>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When ECS began to carry it out.
    pub started_at: Option<Timestamp>,
    /// When it ended by itself.
    pub finished_at: Option<Timestamp>,
    /// When it had been stopped, by someone or by a rollback.
    pub stopped_at: Option<Timestamp>,
    /// When anything of it last changed.
    pub updated_at: Option<Timestamp>,
}

/// A service revision's part in a deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RevisionShare {
    /// The ARN of the service revision.
    pub arn: String,
    /// How many of its tasks are wanted.
    pub requested: i32,
    /// How many of its tasks run.
    pub running: i32,
    /// How many of its tasks are on their way.
    pub pending: i32,
    /// The share of production traffic that is meant for it, in percent; where traffic is
    /// shifted at all.
    pub production_weight: Option<f64>,
    /// The share of test traffic that is meant for it, in percent.
    pub test_weight: Option<f64>,
}

/// A deployment that was taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollback {
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub started_at: Option<Timestamp>,
    /// The ARN of the service revision that the service goes back to.
    pub revision: Option<String>,
}

/// What a deployment's circuit breaker has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BreakerCount {
    /// MONITORING, MONITORING_COMPLETE, TRIGGERED or DISABLED.
    pub status: String,
    /// How many tasks failed.
    pub failures: i32,
    /// How many failures trigger it.
    pub threshold: i32,
}

/// What the alarms that a deployment watches have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlarmWatch {
    /// MONITORING, MONITORING_COMPLETE, TRIGGERED or DISABLED.
    pub status: String,
    /// The names of the alarms that are watched.
    pub names: Vec<String>,
    /// The names of those that went off.
    pub triggered: Vec<String>,
}

impl ServiceDeployment {
    /// Whether it brings the deployment `id`, `ecs-svc/…`.
    #[must_use]
    pub fn brings(&self, id: &str) -> bool {
        self.target
            .as_ref()
            .is_some_and(|target| super::same_number(&target.arn, id))
    }
}

const LIST: &str = "ecs:ListServiceDeployments";
const DESCRIBE: &str = "ecs:DescribeServiceDeployments";

impl Reads {
    /// The service deployment that is under way, else the latest one. None where AWS keeps
    /// none: under another deployment controller than ECS, and before 2024-10-25.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn service_deployment(
        &self,
        scope: &Scope,
        service: &Service,
    ) -> Result<Seen<Option<ServiceDeployment>>, Unobserved> {
        let key = (scope.clone(), service.arn.clone());
        self.round
            .service_deployments
            .once(key, || Box::pin(self.latest_deployment(scope, service)))
            .await
    }

    async fn latest_deployment(
        &self,
        scope: &Scope,
        service: &Service,
    ) -> Result<Seen<Option<ServiceDeployment>>, Unobserved> {
        if service.controller != "ECS" {
            return Ok(self.seen(LIST, &service.arn, None, None));
        }
        let latest = match &service.current_deployment {
            Some(current) => Some(current.clone()),
            None => latest(self.list_deployments(scope, service).await?),
        };
        match latest {
            Some(arn) => self.describe_deployment(scope, &arn).await,
            None => Ok(self.seen(LIST, &service.arn, None, None)),
        }
    }

    /// The service's deployments of the last 90 days. AWS promises no order.
    async fn list_deployments(
        &self,
        scope: &Scope,
        service: &Service,
    ) -> Result<Vec<Listed>, Unobserved> {
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let page = |token| {
            async move {
                let listing = clients.ecs.list_service_deployments();
                let listing = listing.cluster(&scope.cluster).service(&service.arn);
                let listing = listing.max_results(100).set_next_token(token);
                let (bucket, region) = (Bucket::EcsServiceDeployments, &clients.region);
                let page = match self.within_budget(bucket, region, || listing.send()).await {
                    Ok(page) => page,
                    Err(error) => {
                        let failed = failed(error, LIST, &service.arn);
                        return match failed.code.as_str() {
                            // Another controller, or a server that knows no service deployments.
                            "UnsupportedFeatureException" | "UnknownOperationException" => {
                                Ok(Page {
                                    items: Vec::new(),
                                    next: None,
                                })
                            }
                            _ => Err(self.explained(failed, scope).await),
                        };
                    }
                };
                let listed = page.service_deployments().iter().filter_map(Listed::read);
                Ok(Page {
                    items: listed.collect(),
                    next: page.next_token().map(str::to_owned),
                })
            }
            .boxed()
        };
        all_pages(LIST, page).await
    }

    async fn describe_deployment(
        &self,
        scope: &Scope,
        arn: &str,
    ) -> Result<Seen<Option<ServiceDeployment>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let call = clients.ecs.describe_service_deployments();
        let call = call.service_deployment_arns(arn);
        let (bucket, region) = (Bucket::EcsServiceDeployments, &clients.region);
        let output = match self.within_budget(bucket, region, || call.send()).await {
            Ok(output) => output,
            Err(error) => {
                let failed = failed(error, DESCRIBE, last_segment(arn));
                return Err(self.explained(failed, scope).await);
            }
        };
        let described = output.service_deployments().first();
        let described = described.map(ServiceDeployment::from);
        Ok(self.seen(DESCRIBE, arn, output.request_id(), described))
    }
}

/// A service deployment as it is listed.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Listed {
    created_at: Option<Timestamp>,
    arn: String,
}

impl Listed {
    fn read(brief: &sdk::ServiceDeploymentBrief) -> Option<Self> {
        Some(Self {
            created_at: timestamp(brief.created_at()),
            arn: brief.service_deployment_arn()?.to_owned(),
        })
    }
}

fn latest(listed: Vec<Listed>) -> Option<String> {
    let latest = listed.into_iter().max_by_key(|listed| listed.created_at)?;
    Some(latest.arn)
}

impl From<&sdk::ServiceDeployment> for ServiceDeployment {
    fn from(deployment: &sdk::ServiceDeployment) -> Self {
        let configuration = deployment.deployment_configuration();
        let sources = deployment.source_service_revisions();
        Self {
            arn: text(deployment.service_deployment_arn()),
            status: text(deployment.status().map(|status| status.as_str())),
            status_reason: deployment.status_reason().map(str::to_owned),
            lifecycle_stage: deployment
                .lifecycle_stage()
                .map(|stage| stage.as_str().to_owned()),
            strategy: configuration
                .and_then(|configuration| configuration.strategy())
                .map(|strategy| strategy.as_str().to_owned()),
            target: deployment
                .target_service_revision()
                .map(RevisionShare::from),
            sources: sources.iter().map(RevisionShare::from).collect(),
            rollback: deployment.rollback().map(Rollback::from),
            breaker: deployment
                .deployment_circuit_breaker()
                .map(BreakerCount::from),
            alarms: deployment.alarms().map(AlarmWatch::from),
            created_at: timestamp(deployment.created_at()),
            started_at: timestamp(deployment.started_at()),
            finished_at: timestamp(deployment.finished_at()),
            stopped_at: timestamp(deployment.stopped_at()),
            updated_at: timestamp(deployment.updated_at()),
        }
    }
}

impl From<&sdk::ServiceRevisionSummary> for RevisionShare {
    fn from(summary: &sdk::ServiceRevisionSummary) -> Self {
        Self {
            arn: text(summary.arn()),
            requested: summary.requested_task_count(),
            running: summary.running_task_count(),
            pending: summary.pending_task_count(),
            production_weight: summary.requested_production_traffic_weight(),
            test_weight: summary.requested_test_traffic_weight(),
        }
    }
}

impl From<&sdk::Rollback> for Rollback {
    fn from(rollback: &sdk::Rollback) -> Self {
        Self {
            reason: rollback.reason().map(str::to_owned),
            started_at: timestamp(rollback.started_at()),
            revision: rollback.service_revision_arn().map(str::to_owned),
        }
    }
}

impl From<&sdk::ServiceDeploymentCircuitBreaker> for BreakerCount {
    fn from(breaker: &sdk::ServiceDeploymentCircuitBreaker) -> Self {
        Self {
            status: text(breaker.status().map(|status| status.as_str())),
            failures: breaker.failure_count(),
            threshold: breaker.threshold(),
        }
    }
}

impl From<&sdk::ServiceDeploymentAlarms> for AlarmWatch {
    fn from(alarms: &sdk::ServiceDeploymentAlarms) -> Self {
        Self {
            status: text(alarms.status().map(|status| status.as_str())),
            names: alarms.alarm_names().to_vec(),
            triggered: alarms.triggered_alarm_names().to_vec(),
        }
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
