//! Reads of Elastic Load Balancing (version 2: application, network and gateway load
//! balancers), and the plain types they bring.

mod deregistration;
mod load_balancer;
mod routing;
mod target_group;
mod target_health;

pub use load_balancer::LoadBalancer;
pub use routing::TargetGroupWeight;
pub use target_group::{TargetGroup, TargetHealthCheck};
pub use target_health::TargetHealth;

/// The name in a target group's or load balancer's ARN, which ends in
/// `targetgroup/NAME/ID` or `loadbalancer/app/NAME/ID`.
pub(crate) fn name_in(arn: &str) -> &str {
    arn.rsplit('/').nth(1).unwrap_or(arn)
}
