//! Revisions of task definitions.

use jiff::Timestamp;

use super::{log_configuration::Log, names::secret_arn};
use crate::scenario::format::{self, ReportedDigest, VersionConsistency};

/// One revision of a task definition.
#[derive(Debug, Clone)]
pub(crate) struct TaskDefinition {
    pub family: String,
    pub revision: u32,
    pub registered_at: Timestamp,
    pub cpu: String,
    pub memory: String,
    /// `X86_64` or `ARM64`.
    pub architecture: String,
    pub containers: Vec<Container>,
}

/// A container of it.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub name: String,
    /// As the task definition writes it, tag and all.
    pub image: String,
    pub essential: bool,
    pub port: Option<u16>,
    pub environment: Vec<(String, String)>,
    /// Variable → the ARN of the secret that it is read from.
    pub secrets: Vec<(String, String)>,
    pub health_check: Option<HealthCheck>,
    pub log: Option<Log>,
    /// The type of log router that it is.
    pub firelens: Option<String>,
    pub version_consistency: Option<VersionConsistency>,
    pub reports_digest: ReportedDigest,
}

/// The health check in whole seconds, as ECS keeps it.
#[derive(Debug, Clone)]
pub(crate) struct HealthCheck {
    pub command: Vec<String>,
    pub interval: i64,
    pub timeout: i64,
    pub retries: u32,
    pub start_period: i64,
}

impl TaskDefinition {
    /// `family:revision`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.family, self.revision)
    }

    /// The platform that Fargate looks for in an index.
    pub(crate) fn platform(&self) -> &'static str {
        if self.architecture == "ARM64" {
            "linux/arm64"
        } else {
            "linux/amd64"
        }
    }

    /// The task's memory in MiB; none if the task definition says nothing sensible.
    pub(crate) fn memory_in_mib(&self) -> Option<u64> {
        self.memory.parse().ok()
    }

    /// The declared revision; the registry's host is put before the repositories that this account has.
    pub(crate) fn declared(
        name: &str,
        described: &format::TaskDefinition,
        registered_at: Timestamp,
        document: &format::Document,
    ) -> Self {
        let (family, revision) = name.rsplit_once(':').unwrap_or((name, "1"));
        Self {
            family: family.to_owned(),
            revision: revision.parse().unwrap_or(1),
            registered_at,
            cpu: described.cpu.clone(),
            memory: described.memory.clone(),
            architecture: described.architecture.clone(),
            containers: described
                .containers
                .iter()
                .map(|container| Container::declared(container, document))
                .collect(),
        }
    }
}

impl Container {
    fn declared(described: &format::Container, document: &format::Document) -> Self {
        Self {
            name: described.name.clone(),
            image: in_full(&described.image, document),
            essential: described.essential,
            port: described.port,
            environment: described
                .environment
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            secrets: described
                .secrets
                .iter()
                .map(|(variable, secret)| (variable.clone(), secret_arn(document, &secret.value)))
                .collect(),
            health_check: described.health_check.as_ref().map(HealthCheck::declared),
            log: described
                .log
                .as_ref()
                .map(|log| Log::declared(log, document)),
            firelens: described.firelens.clone(),
            version_consistency: described.version_consistency,
            reports_digest: described.reports_digest,
        }
    }

    /// Whether a variable has a value in it.
    pub(crate) fn sets(&self, variable: &str) -> bool {
        let mut set = self.environment.iter().chain(&self.secrets);
        set.any(|(name, _)| name == variable)
    }

    /// Whether a deployment keeps the digest that its first task resolved.
    pub(crate) fn pins_its_digest(&self) -> bool {
        self.version_consistency != Some(VersionConsistency::Disabled)
    }
}

impl HealthCheck {
    fn declared(described: &format::HealthCheck) -> Self {
        Self {
            command: vec!["CMD-SHELL".to_owned(), described.command.clone()],
            interval: described.interval.as_secs(),
            timeout: described.timeout.as_secs(),
            retries: described.retries,
            start_period: described.start_period.as_secs(),
        }
    }
}

/// The image's name with its registry: this account's for the repositories it has.
fn in_full(image: &str, document: &format::Document) -> String {
    let repository = image.split(['@', ':']).next().unwrap_or(image);
    if document.repositories.contains_key(repository) {
        format!("{}/{image}", registry(&document.account, &document.region))
    } else {
        image.to_owned()
    }
}

/// The host of an account's registry.
pub(crate) fn registry(account: &str, region: &str) -> String {
    format!("{account}.dkr.ecr.{region}.amazonaws.com")
}
