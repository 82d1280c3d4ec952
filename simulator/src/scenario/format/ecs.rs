//! Task definitions and services.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    Reference,
    load_balancer::LoadBalancer,
    seconds,
    shifting::{Controller, Shifting, Strategy},
};

/// One revision of a task definition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskDefinition {
    /// Not said: when it is first deployed.
    pub registered_at: Option<Timestamp>,
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
    /// Variables whose values come from AWS Secrets Manager: variable → a secret of this scenario.
    #[serde(default)]
    pub secrets: BTreeMap<String, Reference>,
    pub health_check: Option<HealthCheck>,
    /// Sends the output to CloudWatch Logs.
    pub log: Option<LogConfiguration>,
    /// It is the log router: `fluentbit` or `fluentd`.
    pub firelens: Option<String>,
    /// `disabled` opts out of pinning the tag's digest for the whole deployment.
    pub version_consistency: Option<VersionConsistency>,
    /// What DescribeTasks shows as `imageDigest`.
    #[serde(default)]
    pub reports_digest: ReportedDigest,
}

/// Which digest of a multi-platform image a task reports. That Fargate reports the index is inferred, so a
/// client must survive each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReportedDigest {
    #[default]
    Index,
    /// Of the manifest for the task's platform.
    Platform,
    /// Some agents do not report what they pulled.
    None,
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

/// Where the log driver sends the output to: a group of CloudWatch Logs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfiguration {
    #[serde(default)]
    pub driver: LogDriver,
    pub group: String,
    /// The scenario's region if not said.
    pub region: Option<String>,
    /// awslogs on EC2 can do without: then a stream is named after the container's runtime id.
    pub prefix: Option<String>,
}

/// The log drivers that can end in CloudWatch Logs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogDriver {
    #[default]
    Awslogs,
    /// By way of the task's log router, whose output is `cloudwatch_logs`.
    Awsfirelens,
}

/// A secret in AWS Secrets Manager, and whether tasks can read it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    #[serde(default = "yes")]
    pub readable: bool,
}

/// An ECS service.
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
    /// `deploymentCircuitBreaker`; off where it is not said.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// So long after its start, a task is not stopped for what the load balancer says.
    #[serde(default = "seconds::<60>")]
    pub health_check_grace_period: SignedDuration,
    #[serde(default)]
    pub launch_type: LaunchType,
    #[serde(default)]
    pub controller: Controller,
    #[serde(default)]
    pub strategy: Strategy,
    /// Where traffic is moved, how.
    #[serde(default)]
    pub shifting: Shifting,
}

/// `deploymentCircuitBreaker`, enabled.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CircuitBreaker {
    pub rollback: bool,
}

/// Where the tasks run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LaunchType {
    #[default]
    Fargate,
    /// Fargate capacity that AWS may take back.
    FargateSpot,
    Ec2,
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
