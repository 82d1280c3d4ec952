//! The target group that a service's tasks register with, and how it checks them.

use jiff::SignedDuration;
use serde::Deserialize;

use super::{metrics::Traffic, seconds};

/// A target group of type `ip` behind an Application Load Balancer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadBalancer {
    /// `name/id` of the load balancer, or the name alone; the target group's name if not said.
    pub name: Option<String>,
    /// `name/id`, or the name alone.
    pub target_group: String,
    /// The other one of a service whose deployments move traffic: they take turns.
    pub alternate_target_group: Option<String>,
    pub container: String,
    pub port: u16,
    /// How long the load balancer takes to find a new target healthy.
    #[serde(default = "seconds::<20>")]
    pub healthy_after: SignedDuration,
    /// How long an old target keeps its connections.
    #[serde(default = "seconds::<300>")]
    pub deregistration_delay: SignedDuration,
    /// The page that the load balancer asks for. Not said: it finds every container healthy that answers.
    pub health_path: Option<String>,
    /// The statuses of that page that it wants: `200`, `200,202` or `200-299`.
    #[serde(default = "ok")]
    pub health_matcher: String,
    #[serde(default = "seconds::<30>")]
    pub health_interval: SignedDuration,
    #[serde(default = "seconds::<5>")]
    pub health_timeout: SignedDuration,
    /// So many failures in a row make a target unhealthy.
    #[serde(default = "two")]
    pub unhealthy_after: u32,
    /// What its metrics count.
    pub traffic: Option<Traffic>,
}

fn ok() -> String {
    "200".to_owned()
}

fn two() -> u32 {
    2
}

impl LoadBalancer {
    /// `HealthCheckPath`. A check that every answer satisfies asks for `/`.
    pub fn path(&self) -> &str {
        self.health_path.as_deref().unwrap_or("/")
    }

    /// `Matcher.HttpCode`.
    pub fn matcher(&self) -> &str {
        match self.health_path {
            Some(_) => &self.health_matcher,
            None => "200-499",
        }
    }

    /// Whether a page with the status is healthy.
    pub fn wants(&self, status: u16) -> bool {
        let wants = |range: &str| {
            let (least, most) = range.split_once('-').unwrap_or((range, range));
            let bounds = (least.trim().parse::<u16>(), most.trim().parse::<u16>());
            matches!(bounds, (Ok(least), Ok(most)) if (least..=most).contains(&status))
        };
        self.matcher().split(',').any(wants)
    }

    /// `HealthyThresholdCount`: as many checks as fit the time, and at least the two that AWS asks for.
    pub fn healthy_threshold(&self) -> i64 {
        let interval = self.health_interval.as_secs().max(1);
        (self.healthy_after.as_secs() + interval - 1)
            .div_euclid(interval)
            .max(2)
    }
}
