//! Container instances: the hosts that tasks of the EC2 launch type run on.

use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use super::Scope;
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// A container instance, as ecs:DescribeContainerInstances tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerInstance {
    /// Its ARN.
    pub arn: String,
    /// The id of the EC2 instance; for external instances, of the managed one (`mi-…`).
    pub instance: String,
}

const CALL: &str = "ecs:DescribeContainerInstances";

impl Reads {
    /// Container instances by their ARNs. Those that are gone are left out.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn container_instances(
        &self,
        scope: &Scope,
        arns: &[String],
    ) -> Result<Seen<Vec<ContainerInstance>>, Unobserved> {
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |arns: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_container_instances(&scope, arns).await }.boxed()
        };
        let instances = &self.round.container_instances;
        let answers = instances.get(scope.clone(), arns, call).await;
        self.those_there(CALL, resource(scope, arns), answers)
    }

    async fn describe_container_instances(
        &self,
        scope: &Scope,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<ContainerInstance>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let call = clients.ecs.describe_container_instances();
        let call = call.cluster(&scope.cluster);
        let call = call.set_container_instances(Some(arns.clone()));
        let (bucket, region) = (Bucket::EcsClusterResources, &clients.region);
        let output = match self.within_budget(bucket, region, || call.send()).await {
            Ok(output) => output,
            Err(error) => {
                let failed = failed(error, CALL, &resource(scope, &arns));
                return Err(self.explained(failed, scope).await);
            }
        };
        let of_arn = |arn: &String| {
            let mut described = output.container_instances().iter();
            let found = described.find(|found| found.container_instance_arn() == Some(arn));
            let instance = found.map(|found| ContainerInstance {
                arn: arn.clone(),
                instance: found.ec2_instance_id().unwrap_or_default().to_owned(),
            });
            self.seen(CALL, arn, output.request_id(), instance)
        };
        Ok(arns.iter().map(of_arn).collect())
    }
}

fn resource(scope: &Scope, arns: &[String]) -> String {
    let cluster = last_segment(&scope.cluster);
    format!("{} container instances of {cluster}", arns.len())
}
