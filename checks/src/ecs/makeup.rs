//! What a service is made of, for the commands that have no suite: which statements can be
//! made of it at all.

use std::sync::Arc;

use crate::contract::{Target, TargetSpec, Unobserved};
use crate::reads::{ContainerDefinition, LoadBalancing, Reads, Repository, TaskDefinition};

/// A service as it is configured now.
#[derive(Debug)]
pub struct Makeup {
    /// The service, and its deployment.
    pub target: Target,
    /// What the deployment runs.
    pub definition: Arc<TaskDefinition>,
    /// Where its tasks are registered as targets.
    pub load_balancers: Vec<LoadBalancing>,
    /// Whether ECS tells service revisions of it: since October 2024, and only where it controls
    /// the deployments itself.
    pub has_revisions: bool,
}

impl Makeup {
    /// Looks at the service of `spec` and at its task definition: two calls, and two more
    /// where its names are globs.
    ///
    /// # Errors
    /// [`Unobserved`] where one of them fails.
    pub async fn observe(spec: &TargetSpec, reads: &Reads) -> Result<Self, Unobserved> {
        let target = Box::pin(super::find(spec, &[], reads)).await?;
        let arn = &target.deployment.task_definition;
        let definition = reads.task_definition(&target.region, arn).await?.value;
        // Found by the same call of this round.
        let service = reads.service(target.scope(), &target.service).await?;
        let service = &service.value;
        let of_task_sets = service.primary().map(|primary| &primary.load_balancers);
        let of_task_sets = of_task_sets.into_iter().flatten().cloned();
        let mut load_balancers = service.load_balancers.clone();
        load_balancers.extend(of_task_sets);
        Ok(Self {
            target,
            definition,
            load_balancers,
            has_revisions: !service.revisions.is_empty() || service.current_deployment.is_some(),
        })
    }

    /// The containers whose end ends the task.
    pub fn essential(&self) -> impl Iterator<Item = &ContainerDefinition> {
        self.definition
            .containers
            .iter()
            .filter(|container| container.essential)
    }

    /// The essential containers whose images are in ECR, and those whose aren't: of the latter
    /// nobody tells what was pushed when.
    #[must_use]
    pub fn by_registry(&self) -> (Vec<&ContainerDefinition>, Vec<&ContainerDefinition>) {
        self.essential()
            .partition(|container| Repository::of_image(&container.image).is_some())
    }

    /// Whether ECS runs a health check in any essential container.
    #[must_use]
    pub fn has_health_check(&self) -> bool {
        self.essential()
            .any(|container| container.health_check.is_some())
    }

    /// Whether no essential container keeps the digest that its deployment began with.
    #[must_use]
    pub fn pins_nothing(&self) -> bool {
        self.essential()
            .all(|container| container.version_consistency.as_deref() == Some("disabled"))
    }

    /// The ARNs of the target groups, each once.
    #[must_use]
    pub fn target_groups(&self) -> Vec<&str> {
        let named = self.load_balancers.iter();
        let mut groups: Vec<&str> = named
            .filter_map(|balancing| balancing.target_group.as_deref())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}
