//! Target groups: where a load balancer sends requests, and how it tells a healthy target.

use aws_sdk_elasticloadbalancingv2::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use super::name_in;
use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::coalesce::all_or_each;
use crate::reads::error::failed;

/// A target group, as elasticloadbalancing:DescribeTargetGroups tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What its targets are told by: `ip`, `instance`, `lambda` or `alb`.
    pub target_type: String,
    /// The protocol that targets are spoken to with: HTTP, HTTPS, TCP …
    pub protocol: Option<String>,
    /// The port that targets get requests on, where they are registered without one of
    /// their own.
    pub port: Option<u16>,
    /// How the load balancer tells a healthy target.
    pub check: TargetHealthCheck,
    /// The ARNs of the load balancers that send requests to it.
    pub load_balancers: Vec<String>,
}

/// How a load balancer tells a healthy target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetHealthCheck {
    /// Whether it asks at all.
    pub enabled: bool,
    /// HTTP, HTTPS, TCP …
    pub protocol: Option<String>,
    /// A number, or `traffic-port`: the one that the target takes requests on.
    pub port: String,
    /// The path that is asked for, with HTTP and HTTPS.
    pub path: Option<String>,
    /// The status codes that count as healthy: `200`, `200-299`, `200,302`; for gRPC, its own.
    pub codes: Option<String>,
    /// The seconds between two questions.
    pub interval: u32,
    /// The seconds until an answer comes too late.
    pub timeout: u32,
    /// How many good answers in a row make a target healthy.
    pub healthy_after: u32,
    /// How many bad ones in a row make it unhealthy.
    pub unhealthy_after: u32,
}

const CALL: &str = "elasticloadbalancing:DescribeTargetGroups";

impl Reads {
    /// Target groups by their ARNs. Those that don't exist are left out.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn target_groups(
        &self,
        region: &str,
        arns: &[String],
    ) -> Result<Seen<Vec<TargetGroup>>, Unobserved> {
        let (reads, at) = (self.clone(), region.to_owned());
        let call = move |arns: Vec<String>| {
            let (reads, region) = (reads.clone(), at.clone());
            async move { reads.describe_target_groups(&region, arns).await }.boxed()
        };
        let groups = &self.round.target_groups;
        let answers = groups.get(region.to_owned(), arns, call).await;
        let resource = match arns {
            [one] => name_in(one).to_owned(),
            many => format!("{} target groups", many.len()),
        };
        self.those_there(CALL, resource, answers)
    }

    async fn describe_target_groups(
        &self,
        region: &str,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<TargetGroup>>>, Unobserved> {
        let ask = |arns: Vec<String>| self.present_target_groups(region, arns).boxed();
        all_or_each(arns, ask, |arn| self.seen(CALL, name_in(arn), None, None)).await
    }

    /// None where one of them doesn't exist, which fails the call for all.
    async fn present_target_groups(
        &self,
        region: &str,
        arns: Vec<String>,
    ) -> Result<Option<Vec<Seen<Option<TargetGroup>>>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let call = clients.elb.describe_target_groups();
        let call = call.set_target_group_arns(Some(arns.clone()));
        let bucket = Bucket::LoadBalancing;
        let output = match self.within_budget(bucket, region, || call.send()).await {
            Ok(output) => output,
            Err(error) => {
                let failed = failed(error, CALL, &names(&arns));
                let absent = failed.code == "TargetGroupNotFound";
                return if absent { Ok(None) } else { Err(failed.into()) };
            }
        };
        let groups: Vec<_> = output
            .target_groups()
            .iter()
            .map(TargetGroup::from)
            .collect();
        let of_arn = |arn: &String| {
            let found = groups.iter().find(|group| group.arn == *arn).cloned();
            self.seen(CALL, name_in(arn), output.request_id(), found)
        };
        Ok(Some(arns.iter().map(of_arn).collect()))
    }
}

/// What several ARNs are called in a sentence.
pub(super) fn names(arns: &[String]) -> String {
    let names: Vec<&str> = arns.iter().map(|arn| name_in(arn)).collect();
    names.join(", ")
}

impl From<&sdk::TargetGroup> for TargetGroup {
    fn from(group: &sdk::TargetGroup) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            arn: text(group.target_group_arn()),
            name: text(group.target_group_name()),
            target_type: text(group.target_type().map(|kind| kind.as_str())),
            protocol: group
                .protocol()
                .map(|protocol| protocol.as_str().to_owned()),
            port: group.port().and_then(|port| u16::try_from(port).ok()),
            check: TargetHealthCheck::from(group),
            load_balancers: group.load_balancer_arns().to_vec(),
        }
    }
}

impl From<&sdk::TargetGroup> for TargetHealthCheck {
    fn from(group: &sdk::TargetGroup) -> Self {
        let number =
            |value: Option<i32>| value.and_then(|value| value.try_into().ok()).unwrap_or(0);
        let codes = group
            .matcher()
            .and_then(|matcher| matcher.http_code().or(matcher.grpc_code()));
        Self {
            enabled: group.health_check_enabled().unwrap_or(true),
            protocol: group
                .health_check_protocol()
                .map(|protocol| protocol.as_str().to_owned()),
            port: group.health_check_port().unwrap_or_default().to_owned(),
            path: group.health_check_path().map(str::to_owned),
            codes: codes.map(str::to_owned),
            interval: number(group.health_check_interval_seconds()),
            timeout: number(group.health_check_timeout_seconds()),
            healthy_after: number(group.healthy_threshold_count()),
            unhealthy_after: number(group.unhealthy_threshold_count()),
        }
    }
}

#[cfg(test)]
mod tests;
