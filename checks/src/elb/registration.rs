//! Registrations: the target groups of a service, and how each of its tasks stands in them.

use futures_util::future::try_join_all;

use super::endpoint::{Endpoint, Instances};
use crate::contract::{Seen, Target, Unobserved};
use crate::ecs::Picture;
use crate::reads::{
    LoadBalancing, Reads, TargetGroup, TargetGroupWeight, TargetHealth, Task, name_in,
};

/// One way by which a service's tasks are reached: a container's port, and the target groups in
/// which it is registered; with a strategy that shifts traffic, two.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub balancing: LoadBalancing,
    pub groups: Vec<Group>,
    /// Where production requests are sent, where a rule tells it.
    pub routing: Option<Seen<Vec<TargetGroupWeight>>>,
}

/// A target group and its targets.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// What is known of it: its name and ARN always, its health check where it was asked for.
    pub described: TargetGroup,
    pub targets: Seen<Vec<TargetHealth>>,
    /// Whether production requests are sent to it.
    pub serves: bool,
}

/// How a task stands in the target groups of a registration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// Healthy, and production requests are sent to it.
    Serves(&'a Group),
    /// Healthy in a target group that gets no production requests.
    Idles(&'a Group),
    /// Registered, and not healthy.
    Ill(&'a Group, &'a TargetHealth),
    /// Registered in none of the groups.
    Absent,
    /// It is not known where it takes requests.
    Nowhere,
}

impl Registration {
    /// How a task stands: by the best of what the groups say of it.
    pub fn standing(&self, task: &Task, instances: &Instances) -> Standing<'_> {
        let Some(endpoint) = Endpoint::of(task, &self.balancing, instances) else {
            return Standing::Nowhere;
        };
        let found = self.groups.iter().flat_map(|group| {
            let targets = group.targets.value.iter();
            let own = targets.filter(|target| endpoint.is(target));
            own.map(move |target| match (target.healthy(), group.serves) {
                (true, true) => Standing::Serves(group),
                (true, false) => Standing::Idles(group),
                (false, _) => Standing::Ill(group, target),
            })
        });
        let rank = |standing: &Standing<'_>| match standing {
            Standing::Serves(_) => 0,
            Standing::Idles(_) => 1,
            Standing::Ill(_, target) if !target.drains() => 2,
            _ => 3,
        };
        found.min_by_key(rank).unwrap_or(Standing::Absent)
    }

    /// The names of its target groups.
    pub fn names(&self) -> String {
        let names = self
            .groups
            .iter()
            .map(|group| group.described.name.as_str());
        names.collect::<Vec<_>>().join(" or ")
    }
}

/// Every registration of the judged deployment, and the hosts of the tasks.
pub(super) async fn observe(
    target: &Target,
    picture: &Picture,
    reads: &Reads,
) -> Result<(Vec<Registration>, Instances), Unobserved> {
    let balancings = balancings(target, picture)?;
    let registrations = balancings
        .into_iter()
        .map(|balancing| Box::pin(registration(target, balancing, reads)));
    futures_util::try_join!(
        try_join_all(registrations),
        Box::pin(instances(target, picture, reads)),
    )
}

/// A task set has its own target groups; every other deployment, its service's.
fn balancings(target: &Target, picture: &Picture) -> Result<Vec<LoadBalancing>, Unobserved> {
    let service = &picture.service.value;
    let own = picture
        .deployment(target)
        .map(|deployment| &deployment.load_balancers)
        .filter(|own| !own.is_empty());
    let all = own.unwrap_or(&service.load_balancers).iter();
    let balancings: Vec<_> = all
        .filter(|balancing| balancing.target_group.is_some())
        .cloned()
        .collect();
    if !balancings.is_empty() {
        return Ok(balancings);
    }
    let none = Unobserved::lasting(format!(
        "service `{}` has no target group, so no load balancer tells of its tasks",
        target.service
    ));
    let hint = "Ask the service itself with `http.responds`, or give this check only the targets that have one (`on:`).";
    Err(none.hint(hint).origin(picture.service.source.clone()))
}

async fn registration(
    target: &Target,
    balancing: LoadBalancing,
    reads: &Reads,
) -> Result<Registration, Unobserved> {
    let region = &target.region;
    let arns = [&balancing.target_group, &balancing.alternate_target_group];
    let arns: Vec<String> = arns.into_iter().flatten().cloned().collect();
    let health = arns.iter().map(|arn| reads.target_health(region, arn));
    let health = try_join_all(health).await?;
    let routing = match &balancing.production_rule {
        Some(rule) => Some(reads.routing(region, rule).await?),
        None => None,
    };
    let mut targets = health.iter().flat_map(|seen| &seen.value);
    let ill = targets.any(|target| !target.healthy() && !target.drains());
    let described = described(region, &arns, ill, reads).await;
    let groups = arns.iter().zip(health).map(|(arn, targets)| Group {
        described: described_as(arn, &described),
        targets,
        serves: serves(arn, routing.as_ref()),
    });
    Ok(Registration {
        groups: groups.collect(),
        balancing,
        routing,
    })
}

/// How the target groups are checked is `wanted` only where a target is not well, and then it
/// explains but decides nothing: where it can't be asked, it is left out.
async fn described(region: &str, arns: &[String], wanted: bool, reads: &Reads) -> Vec<TargetGroup> {
    if !wanted {
        return Vec::new();
    }
    let seen = reads.target_groups(region, arns).await;
    seen.map(|seen| seen.value).unwrap_or_default()
}

fn described_as(arn: &str, described: &[TargetGroup]) -> TargetGroup {
    let known = described.iter().find(|group| group.arn == arn);
    known.cloned().unwrap_or_else(|| TargetGroup {
        arn: arn.to_owned(),
        name: name_in(arn).to_owned(),
        ..TargetGroup::default()
    })
}

/// Where no rule tells otherwise, a target group serves production.
fn serves(arn: &str, routing: Option<&Seen<Vec<TargetGroupWeight>>>) -> bool {
    let Some(weights) = routing.map(|seen| &seen.value).filter(|w| !w.is_empty()) else {
        return true;
    };
    weights
        .iter()
        .any(|routed| routed.target_group == arn && routed.weight > 0)
}

/// The EC2 instances of the tasks that have no network interface of their own.
async fn instances(
    target: &Target,
    picture: &Picture,
    reads: &Reads,
) -> Result<Instances, Unobserved> {
    let on_hosts = picture.tasks.value.iter();
    let on_hosts = on_hosts.filter(|task| task.address.is_none());
    let mut arns: Vec<String> = on_hosts
        .filter_map(|task| task.container_instance.clone())
        .collect();
    arns.sort_unstable();
    arns.dedup();
    if arns.is_empty() {
        return Ok(Instances::new());
    }
    let seen = reads.container_instances(target.scope(), &arns).await?;
    let told = seen.value.into_iter();
    Ok(told.map(|host| (host.arn, host.instance)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs::literal::seen;

    #[test]
    fn a_target_group_serves_where_it_has_weight_or_nobody_routes() {
        let routed = |weights: &[(&str, u32)]| {
            let weight = |(arn, weight): &(&str, u32)| TargetGroupWeight {
                target_group: (*arn).into(),
                weight: *weight,
            };
            Some(seen(weights.iter().map(weight).collect()))
        };
        for (routing, expected) in [
            (None, true),
            (routed(&[]), true),
            (routed(&[("blue", 100)]), true),
            (routed(&[("blue", 0), ("green", 100)]), false),
            (routed(&[("green", 100)]), false),
            (routed(&[("blue", 0), ("blue", 1)]), true),
        ] {
            assert_eq!(serves("blue", routing.as_ref()), expected, "{routing:?}");
        }
    }
}
