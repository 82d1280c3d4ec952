//! Target groups, and what their load balancer thinks of each task: worked out from the task's life and
//! from the page that its image serves at the health path.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::{World, task::Task};
use crate::{
    scenario::format::{LoadBalancer, Page},
    time::after,
};

/// A new target waits this long until its first check.
const REGISTRATION: SignedDuration = SignedDuration::from_secs(3);

/// A target group of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TargetGroup<'a> {
    /// `name/id`, or the name alone: as the scenario has it.
    pub id: &'a str,
    pub declared: &'a LoadBalancer,
    /// The scenario's short name of the service.
    service: &'a str,
}

impl TargetGroup<'_> {
    pub(crate) fn name(&self) -> &str {
        self.id.split('/').next().unwrap_or(self.id)
    }

    /// The name of the load balancer in front of it.
    pub(crate) fn load_balancer(&self) -> String {
        let named = self.declared.name.as_deref();
        named.unwrap_or(self.name()).to_owned()
    }
}

/// What a load balancer thinks of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetHealth {
    Registering,
    /// Not yet healthy for the first time, and not yet given up.
    Checking,
    Healthy,
    Unhealthy(TargetFailure),
    Draining,
}

/// Why a health check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetFailure {
    /// The page's status is not one that the target group wants.
    Code(u16),
    /// The page takes longer than the check waits.
    TimedOut,
    /// Nothing listens: the image has no pages.
    NoAnswer,
}

impl fmt::Display for TargetFailure {
    /// As ELB describes it, and ECS in its events.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => {
                write!(formatter, "Health checks failed with these codes: [{code}]")
            }
            Self::TimedOut => write!(formatter, "Request timed out"),
            Self::NoAnswer => write!(formatter, "Health checks failed"),
        }
    }
}

impl World {
    /// Every target group that the scenario declares.
    pub(crate) fn target_groups(&self) -> impl Iterator<Item = TargetGroup<'_>> {
        let services = self.document.services.iter();
        services.filter_map(|(service, declared)| {
            let declared = declared.load_balancer.as_ref()?;
            Some(TargetGroup {
                id: &declared.target_group,
                declared,
                service,
            })
        })
    }

    /// The targets of a group, each with its health.
    pub(crate) fn targets(
        &self,
        group: &TargetGroup<'_>,
    ) -> impl Iterator<Item = (&Task, TargetHealth)> {
        self.tasks
            .iter()
            .filter(|task| self.services[task.service].key == group.service)
            .filter_map(|task| Some((task, self.target_health(task, group.declared)?)))
    }

    /// None while the load balancer does not know the task, or no longer.
    fn target_health(&self, task: &Task, group: &LoadBalancer) -> Option<TargetHealth> {
        let (now, registered) = (self.now, task.life.registered);
        if registered > now || !task.has_started(now) {
            return None;
        }
        if let Some(stop) = &task.stop {
            let (from, until) = match stop.deactivating {
                Some(deactivating) => (deactivating, stop.stopping),
                // It went without waiting for its connections.
                None => (stop.stopping, stop.stopped),
            };
            if now >= until {
                return None;
            } else if now >= from {
                return Some(TargetHealth::Draining);
            }
        }
        Some(match self.target_failure(task, group) {
            _ if now < after(registered, REGISTRATION) => TargetHealth::Registering,
            Some(failure) if now >= gives_up(registered, group) => TargetHealth::Unhealthy(failure),
            None if now >= task.life.in_service => TargetHealth::Healthy,
            _ => TargetHealth::Checking,
        })
    }

    /// Why the checks of a task fail; none if they pass.
    fn target_failure(&self, task: &Task, group: &LoadBalancer) -> Option<TargetFailure> {
        let path = group.health_path.as_deref()?;
        let containers = task.definition.containers.iter();
        let position = containers
            .clone()
            .position(|container| container.name == group.container)?;
        let image = task.pulled.get(position)?.image.as_ref()?;
        let pages = &self.document.images.get(image)?.pages;
        match pages.get(path) {
            _ if pages.is_empty() => Some(TargetFailure::NoAnswer),
            None => Some(TargetFailure::Code(404)),
            Some(Page { takes, .. }) if *takes >= group.health_timeout => {
                Some(TargetFailure::TimedOut)
            }
            Some(page) => (!group.wants(page.status)).then_some(TargetFailure::Code(page.status)),
        }
    }
}

/// When so many checks have failed that the target is unhealthy.
fn gives_up(registered: Timestamp, group: &LoadBalancer) -> Timestamp {
    let checks = i32::try_from(group.unhealthy_after).unwrap_or(i32::MAX);
    after(registered, group.health_interval.saturating_mul(checks))
}
