//! Load balancers: where a service is reached from outside.

use aws_sdk_elasticloadbalancingv2::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use super::name_in;
use super::target_group::names;
use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::coalesce::all_or_each;
use crate::reads::error::failed;

/// A load balancer, as elasticloadbalancing:DescribeLoadBalancers tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The host name that AWS gave it.
    pub dns_name: String,
    /// `internet-facing`, or `internal`: reachable from its own network only.
    pub scheme: String,
    /// `application`, `network` or `gateway`.
    pub kind: String,
}

const CALL: &str = "elasticloadbalancing:DescribeLoadBalancers";

impl Reads {
    /// Load balancers by their ARNs. Those that don't exist are left out.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn load_balancers(
        &self,
        region: &str,
        arns: &[String],
    ) -> Result<Seen<Vec<LoadBalancer>>, Unobserved> {
        let (reads, at) = (self.clone(), region.to_owned());
        let call = move |arns: Vec<String>| {
            let (reads, region) = (reads.clone(), at.clone());
            async move { reads.describe_load_balancers(&region, arns).await }.boxed()
        };
        let balancers = &self.round.load_balancers;
        let answers = balancers.get(region.to_owned(), arns, call).await;
        self.those_there(CALL, names(arns), answers)
    }

    async fn describe_load_balancers(
        &self,
        region: &str,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<LoadBalancer>>>, Unobserved> {
        let ask = |arns: Vec<String>| self.present_load_balancers(region, arns).boxed();
        all_or_each(arns, ask, |arn| self.seen(CALL, name_in(arn), None, None)).await
    }

    /// None where one of them doesn't exist, which fails the call for all.
    async fn present_load_balancers(
        &self,
        region: &str,
        arns: Vec<String>,
    ) -> Result<Option<Vec<Seen<Option<LoadBalancer>>>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let call = clients.elb.describe_load_balancers();
        let call = call.set_load_balancer_arns(Some(arns.clone()));
        let bucket = Bucket::LoadBalancing;
        let output = match self.within_budget(bucket, region, || call.send()).await {
            Ok(output) => output,
            Err(error) => {
                let failed = failed(error, CALL, &names(&arns));
                let absent = failed.code == "LoadBalancerNotFound";
                return if absent { Ok(None) } else { Err(failed.into()) };
            }
        };
        let balancers = output.load_balancers().iter();
        let balancers: Vec<_> = balancers.map(LoadBalancer::from).collect();
        let of_arn = |arn: &String| {
            let found = balancers.iter().find(|balancer| balancer.arn == *arn);
            self.seen(CALL, name_in(arn), output.request_id(), found.cloned())
        };
        Ok(Some(arns.iter().map(of_arn).collect()))
    }
}

impl From<&sdk::LoadBalancer> for LoadBalancer {
    fn from(balancer: &sdk::LoadBalancer) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            arn: text(balancer.load_balancer_arn()),
            name: text(balancer.load_balancer_name()),
            dns_name: text(balancer.dns_name()),
            scheme: text(balancer.scheme().map(|scheme| scheme.as_str())),
            kind: text(balancer.r#type().map(|kind| kind.as_str())),
        }
    }
}
