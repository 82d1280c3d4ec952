//! Service revisions: what a deployment pinned when it began, its images by digest foremost.
//!
//! AWS keeps none from before 2024-10-25.

use std::sync::PoisonError;

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::{LoadBalancing, Scope, timestamp};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::coalesce::unanswered;
use crate::reads::error::failed;

/// A service revision, as ecs:DescribeServiceRevisions tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceRevision {
    /// Its ARN.
    pub arn: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// The image of each of its containers.
    pub images: Vec<PinnedImage>,
    /// Where its tasks are registered as targets.
    pub load_balancers: Vec<LoadBalancing>,
    /// The ARNs of the target groups that ECS chose for it, where a strategy that shifts
    /// traffic had the choice.
    pub resolved_target_groups: Vec<String>,
    /// EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES; none with capacity providers.
    pub launch_type: Option<String>,
    /// The version of the Fargate platform, `1.4.0`.
    pub platform_version: Option<String>,
    /// The family of the Fargate platform, `Linux`.
    pub platform_family: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
}

/// The image of one container, as a deployment pinned it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinnedImage {
    /// The container's name.
    pub container: String,
    /// The image as the task definition names it.
    pub image: String,
    /// The digest that every task of the deployment runs; none where ECS has not resolved it
    /// yet, or was told not to.
    pub digest: Option<String>,
}

impl ServiceRevision {
    /// The digest that it pinned for a container.
    #[must_use]
    pub fn digest(&self, container: &str) -> Option<&str> {
        let mut images = self.images.iter();
        let image = images.find(|image| image.container == container)?;
        image.digest.as_deref()
    }

    /// Which of `revisions` the deployment `id` runs: the one of the same number, else the
    /// only one with the deployment's task definition. None where that leaves a doubt: forced
    /// deployments of one task definition have several service revisions.
    #[must_use]
    pub fn of_deployment<'r>(
        revisions: &'r [Self],
        id: &str,
        task_definition: &str,
    ) -> Option<&'r Self> {
        let numbered = revisions
            .iter()
            .find(|revision| same_number(&revision.arn, id));
        if numbered.is_some() {
            return numbered;
        }
        let mut alike = revisions
            .iter()
            .filter(|revision| revision.task_definition == task_definition);
        let only = alike.next()?;
        alike.next().is_none().then_some(only)
    }
}

/// Whether a service revision's ARN ends in the number of the deployment `ecs-svc/…`. That ECS
/// gives both the same number is inferred, so it may confirm but never refute.
pub(crate) fn same_number(revision: &str, deployment: &str) -> bool {
    let number = last_segment(deployment);
    !number.is_empty() && last_segment(revision) == number
}

const CALL: &str = "ecs:DescribeServiceRevisions";

impl Reads {
    /// Service revisions by their ARNs, in that order. Those that AWS doesn't tell of any more,
    /// or never did, are left out.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn service_revisions(
        &self,
        scope: &Scope,
        arns: &[String],
    ) -> Result<Seen<Vec<ServiceRevision>>, Unobserved> {
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |arns: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_revisions(&scope, arns).await }.boxed()
        };
        let kept = arns.iter().map(|arn| self.kept_revision(arn));
        let kept: Vec<Option<Seen<ServiceRevision>>> = kept.collect();
        let unknown = arns.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
        let unknown: Vec<String> = unknown.map(|(arn, _)| arn.clone()).collect();
        let revisions = &self.round.service_revisions;
        let mut asked = revisions
            .get(scope.clone(), &unknown, call)
            .await
            .into_iter();
        let answers = kept.into_iter().map(|kept| match kept {
            Some(revision) => Ok(revision.map(Some)),
            None => asked.next().unwrap_or_else(|| Err(unanswered())),
        });
        let answers: Vec<_> = answers.collect();
        answers
            .iter()
            .flatten()
            .for_each(|answer| self.keep_revision(answer));
        let resource = match arns {
            [one] => one.clone(),
            many => format!("{} service revisions", many.len()),
        };
        self.those_there(CALL, resource, answers)
    }

    fn kept_revision(&self, arn: &str) -> Option<Seen<ServiceRevision>> {
        let kept = &self.connections.kept.service_revisions;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(arn).cloned()
    }

    /// A revision changes no more once the digests of its images are known.
    fn keep_revision(&self, seen: &Seen<Option<ServiceRevision>>) {
        let Some(revision) = seen.clone().there() else {
            return;
        };
        let mut images = revision.value.images.iter();
        if !revision.value.images.is_empty() && images.all(|image| image.digest.is_some()) {
            let kept = &self.connections.kept.service_revisions;
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(revision.value.arn.clone(), revision);
        }
    }

    async fn describe_revisions(
        &self,
        scope: &Scope,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<ServiceRevision>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let call = clients.ecs.describe_service_revisions();
        let call = call.set_service_revision_arns(Some(arns.clone()));
        let (bucket, region) = (Bucket::EcsServiceDeployments, &clients.region);
        let output = match self.within_budget(bucket, region, || call.send()).await {
            Ok(output) => output,
            Err(error) => {
                let resource = format!("{} service revisions", arns.len());
                let failed = failed(error, CALL, &resource);
                return Err(self.explained(failed, scope).await);
            }
        };
        let described = output.service_revisions().iter();
        let revisions: Vec<_> = described.map(ServiceRevision::from).collect();
        let of_arn = |arn: &String| {
            let found = revisions.iter().find(|revision| revision.arn == *arn);
            self.seen(CALL, arn, output.request_id(), found.cloned())
        };
        Ok(arns.iter().map(of_arn).collect())
    }
}

impl From<&sdk::ServiceRevision> for ServiceRevision {
    fn from(revision: &sdk::ServiceRevision) -> Self {
        let resolved = revision.resolved_configuration();
        let resolved = resolved.map(sdk::ResolvedConfiguration::load_balancers);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            arn: text(revision.service_revision_arn()),
            task_definition: text(revision.task_definition()),
            images: revision
                .container_images()
                .iter()
                .map(PinnedImage::from)
                .collect(),
            load_balancers: revision
                .load_balancers()
                .iter()
                .map(LoadBalancing::from)
                .collect(),
            resolved_target_groups: resolved
                .unwrap_or_default()
                .iter()
                .filter_map(|balancer| balancer.target_group_arn().map(str::to_owned))
                .collect(),
            launch_type: revision.launch_type().map(|kind| kind.as_str().to_owned()),
            platform_version: revision.platform_version().map(str::to_owned),
            platform_family: revision.platform_family().map(str::to_owned),
            created_at: timestamp(revision.created_at()),
        }
    }
}

impl From<&sdk::ContainerImage> for PinnedImage {
    fn from(image: &sdk::ContainerImage) -> Self {
        Self {
            container: image.container_name().unwrap_or_default().to_owned(),
            image: image.image().unwrap_or_default().to_owned(),
            digest: image
                .image_digest()
                .filter(|digest| !digest.is_empty())
                .map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests;
