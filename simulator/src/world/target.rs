//! A task as the load balancer sees it: worked out from its life and from the page that its image serves at
//! the health path.

use jiff::Timestamp;

use super::{targets::TargetFailure, task::Task};
use crate::{
    identity,
    scenario::format::{Image, LoadBalancer, Page, Service},
    time::{after, after_ms},
};

/// The course of a task as a target, from when it is registered.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub registered: Timestamp,
    /// When it is found healthy and gets requests.
    pub in_service: Option<Timestamp>,
    /// When so many checks have failed that it is unhealthy, and why they fail.
    pub unhealthy: Option<(Timestamp, TargetFailure)>,
    /// When ECS, after the grace period, gives it up.
    pub given_up: Option<Timestamp>,
}

impl Target {
    /// The course of a task whose images are known; none without a load balancer.
    pub(super) fn of(task: &Task, service: &Service, images: &[Option<&Image>]) -> Option<Self> {
        let balancer = service.load_balancer.as_ref()?;
        let position = task
            .definition
            .containers
            .iter()
            .position(|container| container.name == balancer.container)?;
        let spread = |what: &str, least, most| identity::between(&[&task.id, what], least, most);
        let registered = after_ms(task.life.started, spread("register", 1_500, 4_000));
        let answers = task.vitals.get(position)?.answers;
        let checks = i32::try_from(balancer.unhealthy_after).unwrap_or(i32::MAX);
        let unhealthy = after(registered, balancer.health_interval.saturating_mul(checks));
        let graced = after(task.life.started, service.health_check_grace_period);
        let given_up = after_ms(unhealthy.max(graced), spread("given up", 1_000, 8_000));
        let image = images.get(position).copied().flatten();
        let failure = image
            .and_then(|image| failure(balancer, image))
            .or((answers > given_up).then_some(TargetFailure::NoAnswer));
        let in_service = after(registered.max(answers), balancer.healthy_after);
        Some(Self {
            registered,
            in_service: failure.is_none().then_some(in_service),
            unhealthy: failure.map(|failure| (unhealthy, failure)),
            given_up: failure.map(|_| given_up),
        })
    }
}

/// Why the checks of a container of the image fail; none if they pass.
fn failure(balancer: &LoadBalancer, image: &Image) -> Option<TargetFailure> {
    let path = balancer.health_path.as_ref()?;
    match image.pages.get(path) {
        _ if image.pages.is_empty() => Some(TargetFailure::NoAnswer),
        None => Some(TargetFailure::Code(404)),
        Some(Page { takes, .. }) if *takes >= balancer.health_timeout => {
            Some(TargetFailure::TimedOut)
        }
        Some(page) => (!balancer.wants(page.status)).then_some(TargetFailure::Code(page.status)),
    }
}
