//! A starter suite: what a service's suite could say, from what the service is now.

mod text;
mod yaml;

use jiff::Timestamp;

use crate::contract::{TargetSpec, Unobserved};
use crate::ecs::Makeup;
use crate::reads::{ContainerDefinition, LoadBalancer, Reads, Repository, TargetGroup};

/// What a starter suite is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    /// When the service was looked at.
    pub at: Timestamp,
    /// The cluster's name.
    pub cluster: String,
    /// The service's name.
    pub service: String,
    /// The region.
    pub region: String,
    /// Its essential containers.
    pub containers: Vec<StarterContainer>,
    /// Whether its tasks are targets of a load balancer.
    pub balanced: bool,
    /// The pages that load balancers ask for to see whether a task is healthy.
    pub pages: Vec<HealthPage>,
    /// Why the load balancers could not be looked at.
    pub gap: Option<String>,
}

/// An essential container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterContainer {
    /// Its name.
    pub name: String,
    /// Its image, as the task definition names it.
    pub image: String,
    /// Whether that is in a private ECR registry: of others, no push time is known.
    pub in_ecr: bool,
    /// Whether ECS runs a health check in it.
    pub has_health_check: bool,
    /// The CloudWatch log group it writes to; none where it logs elsewhere.
    pub log_group: Option<String>,
}

/// A page that a load balancer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthPage {
    /// Its path.
    pub path: String,
    /// The statuses that count as healthy, as the load balancer writes them: `200,302`,
    /// `200-299`.
    pub codes: Option<String>,
    /// The load balancer's host name.
    pub host: String,
    /// Whether that can be reached from everywhere.
    pub public: bool,
}

impl Starter {
    /// Looks at the service of `spec`, at its task definition and at its load balancers.
    ///
    /// # Errors
    /// [`Unobserved`] where the service or its task definition can't be looked at. Load
    /// balancers that can't be are a [gap](Self::gap).
    pub async fn observe(spec: &TargetSpec, reads: &Reads) -> Result<Self, Unobserved> {
        let made = Makeup::observe(spec, reads).await?;
        let groups: Vec<String> = made
            .target_groups()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let (pages, gap) = match pages(&made.target.region, &groups, reads).await {
            Ok(pages) => (pages, None),
            Err(unobserved) => (Vec::new(), Some(unobserved.headline)),
        };
        Ok(Self {
            at: reads.clock().now(),
            cluster: made.target.cluster_name().to_owned(),
            service: made.target.service.clone(),
            region: made.target.region.clone(),
            containers: made.essential().map(StarterContainer::from).collect(),
            balanced: !groups.is_empty(),
            pages,
            gap,
        })
    }
}

async fn pages(
    region: &str,
    groups: &[String],
    reads: &Reads,
) -> Result<Vec<HealthPage>, Unobserved> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let groups = Box::pin(reads.target_groups(region, groups)).await?.value;
    let named = groups.iter().flat_map(|group| group.load_balancers.clone());
    let mut balancers: Vec<String> = named.collect();
    balancers.sort_unstable();
    balancers.dedup();
    if balancers.is_empty() {
        return Ok(Vec::new());
    }
    let balancers = Box::pin(reads.load_balancers(region, &balancers))
        .await?
        .value;
    let mut pages: Vec<HealthPage> = Vec::new();
    for (group, balancer) in joined(&groups, &balancers) {
        let page = health_page(group, balancer);
        pages.extend(page.filter(|page| !pages.contains(page)));
    }
    Ok(pages)
}

/// Each target group with the load balancers that send requests to it.
fn joined<'a>(
    groups: &'a [TargetGroup],
    balancers: &'a [LoadBalancer],
) -> impl Iterator<Item = (&'a TargetGroup, &'a LoadBalancer)> {
    groups.iter().flat_map(move |group| {
        let of_group = balancers.iter();
        of_group
            .filter(|balancer| group.load_balancers.contains(&balancer.arn))
            .map(move |balancer| (group, balancer))
    })
}

/// The page of a health check that asks for one, behind a load balancer that serves pages.
fn health_page(group: &TargetGroup, balancer: &LoadBalancer) -> Option<HealthPage> {
    let serves_pages = balancer.kind == "application" && group.check.enabled;
    let path = group.check.path.clone().filter(|_| serves_pages)?;
    Some(HealthPage {
        path,
        codes: group.check.codes.clone(),
        host: balancer.dns_name.clone(),
        public: balancer.scheme == "internet-facing",
    })
}

impl From<&ContainerDefinition> for StarterContainer {
    fn from(container: &ContainerDefinition) -> Self {
        let awslogs = container.log.as_ref().filter(|log| log.driver == "awslogs");
        Self {
            name: container.name.clone(),
            image: container.image.clone(),
            in_ecr: Repository::of_image(&container.image).is_some(),
            has_health_check: container.health_check.is_some(),
            log_group: awslogs.and_then(|log| log.options.get("awslogs-group").cloned()),
        }
    }
}

#[cfg(test)]
mod tests;
