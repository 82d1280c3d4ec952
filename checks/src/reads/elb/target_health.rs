//! Target health: what a load balancer says of each target of a group.

use aws_sdk_elasticloadbalancingv2::types as sdk;
use aws_types::request_id::RequestId;

use super::name_in;
use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::{failed, lacking};

/// A target and its health, as elasticloadbalancing:DescribeTargetHealth tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetHealth {
    /// Its address, or the id of its instance; by the target group's type.
    pub id: String,
    /// The port it takes requests on.
    pub port: u16,
    /// The availability zone it is in, where AWS tells it.
    pub zone: Option<String>,
    /// `initial`, `healthy`, `unhealthy`, `unhealthy.draining`, `unused`, `draining` or
    /// `unavailable`.
    pub state: String,
    /// Why, as a code: `Target.Timeout`. A healthy target has none.
    pub reason: Option<String>,
    /// Why, in AWS's words: `Health checks failed with these codes: [503]`.
    pub description: Option<String>,
}

impl TargetHealth {
    /// Whether the load balancer sends it new requests because it is well.
    #[must_use]
    pub fn healthy(&self) -> bool {
        self.state == "healthy"
    }

    /// Whether it leaves the group: nothing new is sent to it, but it may serve what it has.
    #[must_use]
    pub fn drains(&self) -> bool {
        self.state == "draining" || self.state == "unhealthy.draining"
    }
}

const CALL: &str = "elasticloadbalancing:DescribeTargetHealth";

impl Reads {
    /// The targets of a target group, each with its health.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails.
    pub async fn target_health(
        &self,
        region: &str,
        target_group: &str,
    ) -> Result<Seen<Vec<TargetHealth>>, Unobserved> {
        let key = (region.to_owned(), target_group.to_owned());
        self.round
            .target_health
            .once(key, || {
                Box::pin(self.describe_target_health(region, target_group))
            })
            .await
    }

    async fn describe_target_health(
        &self,
        region: &str,
        target_group: &str,
    ) -> Result<Seen<Vec<TargetHealth>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let resource = name_in(target_group);
        let call = clients.elb.describe_target_health();
        let call = call.target_group_arn(target_group);
        let bucket = Bucket::LoadBalancing;
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = sent.map_err(|error| failed(error, CALL, resource))?;
        // An empty group is an empty list; no list is no answer.
        let Some(described) = &output.target_health_descriptions else {
            return Err(lacking(CALL, resource, "TargetHealthDescriptions"));
        };
        let mut targets: Vec<TargetHealth> = Vec::with_capacity(described.len());
        for target in described.iter().map(TargetHealth::from) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        Ok(self.seen(CALL, resource, output.request_id(), targets))
    }
}

impl From<&sdk::TargetHealthDescription> for TargetHealth {
    fn from(described: &sdk::TargetHealthDescription) -> Self {
        let target = described.target();
        let health = described.target_health();
        let port = target.and_then(sdk::TargetDescription::port);
        let state = health.and_then(sdk::TargetHealth::state);
        Self {
            id: target
                .and_then(sdk::TargetDescription::id)
                .unwrap_or_default()
                .to_owned(),
            port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0),
            zone: target
                .and_then(sdk::TargetDescription::availability_zone)
                .map(str::to_owned),
            state: state.map_or("unknown", |state| state.as_str()).to_owned(),
            reason: health
                .and_then(sdk::TargetHealth::reason)
                .map(|reason| reason.as_str().to_owned()),
            description: health
                .and_then(sdk::TargetHealth::description)
                .map(str::to_owned),
        }
    }
}
