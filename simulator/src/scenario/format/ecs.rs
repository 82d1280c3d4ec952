//! Task definitions and services.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{load_balancer::LoadBalancer, seconds};

/// One revision of a task definition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskDefinition {
    pub registered_at: Timestamp,
    #[serde(default = "quarter")]
    pub cpu: String,
    #[serde(default = "half_gigabyte")]
    pub memory: String,
    /// `X86_64` or `ARM64`.
    #[serde(default = "x86_64")]
    pub architecture: String,
    pub containers: Vec<Container>,
}

fn quarter() -> String {
    "256".to_owned()
}

fn half_gigabyte() -> String {
    "512".to_owned()
}

fn x86_64() -> String {
    "X86_64".to_owned()
}

/// A container of a task definition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Container {
    pub name: String,
    /// `repository:tag` or `repository@digest` of this account's registry, or any other registry's in full.
    pub image: String,
    #[serde(default = "yes")]
    pub essential: bool,
    pub port: Option<u16>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    pub health_check: Option<HealthCheck>,
    /// Sends the output to CloudWatch Logs.
    pub log: Option<LogConfiguration>,
    /// `disabled` opts out of pinning the tag's digest for the whole deployment.
    pub version_consistency: Option<VersionConsistency>,
    /// Some agents do not report what they pulled.
    #[serde(default = "yes")]
    pub reports_digest: bool,
}

fn yes() -> bool {
    true
}

/// Whether a deployment keeps the digest that its first task resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum VersionConsistency {
    Enabled,
    Disabled,
}

/// The command ECS runs in the container to see whether it is healthy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HealthCheck {
    pub command: String,
    #[serde(default = "seconds::<30>")]
    pub interval: SignedDuration,
    #[serde(default = "seconds::<5>")]
    pub timeout: SignedDuration,
    #[serde(default = "three")]
    pub retries: u32,
    #[serde(default)]
    pub start_period: SignedDuration,
}

fn three() -> u32 {
    3
}

/// The awslogs driver's options.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfiguration {
    pub group: String,
    pub prefix: String,
}

/// An ECS service on Fargate with a rolling deployment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub name: String,
    #[serde(default = "one_task")]
    pub desired: u32,
    pub created_at: Option<Timestamp>,
    pub load_balancer: Option<LoadBalancer>,
    #[serde(default = "hundred")]
    pub minimum_healthy_percent: u32,
    #[serde(default = "two_hundred")]
    pub maximum_percent: u32,
}

fn one_task() -> u32 {
    1
}

fn hundred() -> u32 {
    100
}

fn two_hundred() -> u32 {
    200
}
