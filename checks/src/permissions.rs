//! The IAM permissions that checks need: which resources each action knows, and the smallest
//! policy that allows a suite its looks.
//!
//! Which resources and conditions an action knows is told by the Service Authorization
//! Reference of each AWS service.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::contract::{ImageReference, TargetSpec, last_segment};
use crate::ecs::Makeup;
use crate::reads::{ContainerDefinition, Repository};

/// What an action is allowed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource {
    /// It knows none: `*`.
    Any,
    /// It knows none, but the condition `ecs:cluster`.
    InCluster,
    Service,
    /// What a service had deployed: its deployments, or its revisions.
    Deployed(&'static str),
    Tasks,
    ContainerInstances,
    Repositories,
    LogGroups,
}

/// Every action that touchdown uses; what isn't here is not sent.
const ACTIONS: &[(&str, Resource)] = &[
    ("cloudwatch:DescribeAlarms", Resource::Any),
    ("cloudwatch:GetMetricData", Resource::Any),
    ("ecr:BatchGetImage", Resource::Repositories),
    ("ecr:DescribeImages", Resource::Repositories),
    ("ecr:GetDownloadUrlForLayer", Resource::Repositories),
    (
        "ecs:DescribeContainerInstances",
        Resource::ContainerInstances,
    ),
    (
        "ecs:DescribeServiceDeployments",
        Resource::Deployed("service-deployment"),
    ),
    (
        "ecs:DescribeServiceRevisions",
        Resource::Deployed("service-revision"),
    ),
    ("ecs:DescribeServices", Resource::Service),
    ("ecs:DescribeTaskDefinition", Resource::Any),
    ("ecs:DescribeTasks", Resource::Tasks),
    ("ecs:ListClusters", Resource::Any),
    ("ecs:ListServiceDeployments", Resource::Service),
    ("ecs:ListServices", Resource::Any),
    ("ecs:ListTasks", Resource::InCluster),
    ("elasticloadbalancing:DescribeListeners", Resource::Any),
    ("elasticloadbalancing:DescribeLoadBalancers", Resource::Any),
    ("elasticloadbalancing:DescribeRules", Resource::Any),
    (
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        Resource::Any,
    ),
    ("elasticloadbalancing:DescribeTargetGroups", Resource::Any),
    ("elasticloadbalancing:DescribeTargetHealth", Resource::Any),
    ("logs:FilterLogEvents", Resource::LogGroups),
];

/// Whether touchdown may ask AWS this at all. Who is asking, STS tells without a permission.
pub(crate) fn may_ask(action: &str) -> bool {
    action == "sts:GetCallerIdentity" || ACTIONS.iter().any(|(known, _)| *known == action)
}

/// The actions that finding a target takes beside those of its checks: names that are globs
/// are looked up.
#[must_use]
pub fn to_find(spec: &TargetSpec) -> Vec<&'static str> {
    let is_glob = |text: &str| text.contains(['*', '?', '[', '{']);
    let named = [
        (&spec.cluster, "ecs:ListClusters"),
        (named(spec), "ecs:ListServices"),
    ];
    let looked_up = named.into_iter().filter(|(name, _)| is_glob(name));
    // A large fleet's images are read off its service revisions, which come twenty a call.
    let of_fleets = spec.found_by.iter().map(|_| "ecs:DescribeServiceRevisions");
    looked_up
        .map(|(_, action)| action)
        .chain(of_fleets)
        .collect()
}

/// The service as the suite names it: for one of many in a fleet, their glob, so that a policy
/// stays short and goes for services to come.
fn named(spec: &TargetSpec) -> &String {
    spec.found_by.as_ref().unwrap_or(&spec.service)
}

/// What a target's resources are called. `*` stands for what isn't known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    partition: String,
    region: String,
    account: String,
    cluster: String,
    service: String,
    repositories: BTreeSet<String>,
    log_groups: BTreeSet<String>,
}

impl Place {
    /// The place of a service that was found.
    #[must_use]
    pub fn of(made: &Makeup) -> Self {
        let target = &made.target;
        let mut arn = target.service_arn.split(':').skip(1);
        let partition = arn.next().unwrap_or("aws").to_owned();
        let account = arn.nth(2).unwrap_or("*").to_owned();
        let containers = &made.definition.containers;
        let written = containers
            .iter()
            .filter_map(|container| container.image.parse().ok());
        let images = written.chain(target.spec.image.clone());
        let repository = |image: ImageReference| Repository::parse(&image.repository?);
        let in_ecr = images.filter_map(repository).map(|r| {
            let Repository {
                account,
                region,
                name,
            } = r;
            format!("arn:{partition}:ecr:{region}:{account}:repository/{name}")
        });
        let log_group = |container: &ContainerDefinition| {
            let (region, group) = log_group(container)?;
            let region = region.unwrap_or_else(|| target.region.clone());
            Some(format!(
                "arn:{partition}:logs:{region}:{account}:log-group:{group}:*"
            ))
        };
        Self {
            repositories: in_ecr.collect(),
            log_groups: containers.iter().filter_map(log_group).collect(),
            partition: partition.clone(),
            region: target.region.clone(),
            account: account.clone(),
            cluster: target.cluster_name().to_owned(),
            service: match &target.spec.found_by {
                Some(glob) => last_segment(glob).to_owned(),
                None => target.service.clone(),
            },
        }
    }

    /// The place of a service that could not be looked at: as far as the suite names it.
    #[must_use]
    pub fn unseen(spec: &TargetSpec, region: Option<&str>, account: Option<&str>) -> Self {
        let or_any = |text: Option<&str>| text.unwrap_or("*").to_owned();
        let region = or_any(spec.region.as_deref().or(region));
        let partition = partition_of(&region);
        Self {
            partition: partition.to_owned(),
            account: or_any(account),
            cluster: last_segment(&spec.cluster).to_owned(),
            service: last_segment(named(spec)).to_owned(),
            repositories: BTreeSet::from([format!("arn:{partition}:ecr:*:*:repository/*")]),
            log_groups: BTreeSet::from([format!("arn:{partition}:logs:*:*:log-group:*")]),
            region,
        }
    }

    fn arn(&self, resource: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        format!("arn:{partition}:ecs:{region}:{account}:{resource}")
    }

    fn arns(&self, resource: Resource) -> Vec<String> {
        let Self {
            cluster, service, ..
        } = self;
        let of_service = format!("service/{cluster}/{service}");
        match resource {
            Resource::Any | Resource::InCluster => vec!["*".to_owned()],
            Resource::Service => vec![self.arn(&of_service)],
            Resource::Deployed(what) => vec![
                self.arn(&of_service),
                self.arn(&format!("{what}/{cluster}/{service}/*")),
            ],
            Resource::Tasks => vec![self.arn(&format!("task/{cluster}/*"))],
            Resource::ContainerInstances => {
                vec![self.arn(&format!("container-instance/{cluster}/*"))]
            }
            Resource::Repositories => self.repositories.iter().cloned().collect(),
            Resource::LogGroups => self.log_groups.iter().cloned().collect(),
        }
    }
}

/// The region and the CloudWatch log group that a container writes to, itself or through
/// FireLens.
fn log_group(container: &ContainerDefinition) -> Option<(Option<String>, String)> {
    let options = &container.log.as_ref()?.options;
    let first = |names: [&str; 2]| names.iter().find_map(|name| options.get(*name).cloned());
    let group = first(["awslogs-group", "log_group_name"])?;
    Some((first(["awslogs-region", "region"]), group))
}

/// One target's place, and the actions that its checks need there.
pub type Needed<'a> = (Place, BTreeSet<&'a str>);

/// On which resources, and in which clusters, an action is allowed.
type Scope = (BTreeSet<String>, BTreeSet<String>);

/// The smallest policy that allows this: a statement for all actions with the same resources.
#[must_use]
pub fn policy(needed: &[Needed<'_>]) -> Value {
    let mut scopes: BTreeMap<&str, Scope> = BTreeMap::new();
    for (place, actions) in needed {
        for action in actions {
            let known = ACTIONS.iter().find(|(name, _)| name == action);
            let resource = known.map_or(Resource::Any, |(_, resource)| *resource);
            let (arns, clusters) = scopes.entry(action).or_default();
            arns.extend(place.arns(resource));
            if resource == Resource::InCluster {
                clusters.insert(place.arn(&format!("cluster/{}", place.cluster)));
            }
        }
    }
    let mut alike: BTreeMap<Scope, Vec<&str>> = BTreeMap::new();
    for (action, scope) in scopes {
        // Whoever has no repository in ECR needs no permission there.
        if !scope.0.is_empty() {
            alike.entry(scope).or_default().push(action);
        }
    }
    let statements: Vec<Value> = alike.into_iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(((arns, clusters), actions): (Scope, Vec<&str>)) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": arns });
    if !clusters.is_empty() {
        // A cluster that was given as a glob needs the operator that knows wildcards; for one
        // that wasn't it means the same.
        statement["Condition"] = json!({ "ArnLike": { "ecs:cluster": clusters } });
    }
    statement
}

/// The partition that a region's ARNs begin with, by the region's own prefix.
fn partition_of(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 2] = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")];
    let other = OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix));
    other.map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests;
