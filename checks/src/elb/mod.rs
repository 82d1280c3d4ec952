//! Kinds that look at a load balancer, one file each, and what they share: a service's target
//! groups, and which of their targets is which task.

mod endpoint;
mod reasons;
mod registration;
mod targets_healthy;

pub use targets_healthy::TargetsHealthy;
