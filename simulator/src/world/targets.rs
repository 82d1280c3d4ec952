//! Target groups, and what their load balancer thinks of each task.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::{World, task::Task};
use crate::{
    scenario::format::{Controller, LoadBalancer},
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
    pub service: &'a str,
}

impl TargetGroup<'_> {
    pub(crate) fn name(&self) -> &str {
        self.id.split('/').next().unwrap_or(self.id)
    }

    /// The load balancer in front of it, by `name/id` or name.
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
        services.flat_map(|(service, declared)| {
            let declared = declared.load_balancer.as_ref();
            let groups = declared.map(|declared| {
                let ids = [
                    Some(&declared.target_group),
                    declared.alternate_target_group.as_ref(),
                ];
                ids.into_iter().flatten().map(move |id| TargetGroup {
                    id,
                    declared,
                    service,
                })
            });
            groups.into_iter().flatten()
        })
    }

    /// The listener rule that sends production requests to one of the two target groups of a service, where
    /// ECS moves traffic between them.
    pub(crate) fn production_rule(&self, service: usize) -> Option<String> {
        let service = &self.services[service];
        let balancer = self.load_balancer(service)?;
        balancer.alternate_target_group.as_ref()?;
        if self.controller(service) != Controller::Ecs {
            return None;
        }
        let name = balancer.name.as_deref().unwrap_or(&balancer.target_group);
        let rule = self.load_balancer_arn(name);
        let rule = rule.replace(":loadbalancer/", ":listener-rule/");
        Some(format!("{rule}/6f1d0f3a8b7c2e95/1a2b3c4d5e6f7081"))
    }

    /// The targets of a group at an instant, each with its health.
    pub(crate) fn targets_at(
        &self,
        group: &TargetGroup<'_>,
        at: Timestamp,
    ) -> impl Iterator<Item = (&Task, TargetHealth)> {
        self.tasks
            .iter()
            .filter(|task| self.services[task.service].key == group.service)
            .filter(|task| {
                self.group_of_deployment(task.service, task.deployment) == Some(group.id)
            })
            .filter_map(move |task| Some((task, self.target_health(task, at)?)))
    }

    /// Whether a task is a healthy target now, and its target group gets production requests.
    pub(crate) fn is_served(&self, task: &Task) -> bool {
        self.target_health(task, self.now) == Some(TargetHealth::Healthy)
            && self.share_of(task, self.now) > 0.0
    }

    /// None while the load balancer does not know the task, or no longer.
    fn target_health(&self, task: &Task, now: Timestamp) -> Option<TargetHealth> {
        let target = task
            .target
            .as_ref()
            .filter(|target| target.registered <= now)?;
        if !task.has_started(now) {
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
        Some(match &target.unhealthy {
            _ if now < after(target.registered, REGISTRATION) => TargetHealth::Registering,
            Some((at, failure)) if now >= *at => TargetHealth::Unhealthy(*failure),
            None if target.in_service.is_some_and(|at| now >= at) => TargetHealth::Healthy,
            _ => TargetHealth::Checking,
        })
    }
}
