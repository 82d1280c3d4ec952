//! What a run is connected to, for its whole length: AWS clients, the web, the journal.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;
use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::answer_size::Bounded;
use super::browser::Browsers;
use super::budget::Budget;
use super::connect;
use super::credentials::HandedOut;
use super::ecr::{ImageConfig, Manifest, Repository};
use super::ecs::{
    ClusterLists, Deployment, Freshest, Scope, ServiceEvent, ServiceRevision, Stopped,
    TaskDefinition,
};
use super::journal::Journal;
use super::listener::Listener;
use super::process::Programs;
use super::profile::Profile;
use super::read_only::ReadOnly;
use super::registry::{OciRepository, Tokens};
use super::signer;
use super::web::{Fetch, Web};
use crate::contract::{Clock, Seen, Unobserved};

/// Everything that outlives a round. Nothing is looked up before the first check asks, so
/// that a suite without AWS needs no credentials.
pub struct Connections {
    clock: Clock,
    pub(super) made_at: Timestamp,
    origin: Origin,
    config: OnceCell<SdkConfig>,
    credentials: HandedOut,
    pub(super) signing: signer::Kept,
    clients: Mutex<HashMap<Option<String>, Arc<Clients>>>,
    journal: Arc<Journal>,
    pub(super) budget: Arc<Budget>,
    web: Arc<dyn Fetch>,
    pub(super) programs: Programs,
    pub(super) browsers: Browsers,
    pub(super) kept: Kept,
    pub(super) freshest: Freshest,
}

/// Where the SDK's configuration comes from.
enum Origin {
    Environment { endpoint_url: Option<String> },
    Given(Box<SdkConfig>),
}

/// What never changes in AWS, and so is asked once in a run: a revision of a task
/// definition, of a service once its digests are known, what a digest names in a repository, a task
/// that has stopped, and whose a task is. Beside that, the latest events of each service, by its ARN.
#[derive(Default)]
pub(super) struct Kept {
    pub manifests: ByDigest<Repository, Option<Manifest>>,
    pub registry_manifests: ByDigest<OciRepository, Option<Manifest>>,
    /// What registries were read with.
    pub registry_tokens: Tokens,
    pub image_configs: ByDigest<Repository, Arc<ImageConfig>>,
    pub task_definitions: Mutex<HashMap<String, Seen<Arc<TaskDefinition>>>>,
    pub service_revisions: Mutex<HashMap<String, Seen<ServiceRevision>>>,
    pub stopped_tasks: Mutex<HashMap<(Scope, String), Arc<Stopped>>>,
    pub cluster_lists: Mutex<HashMap<Scope, ClusterLists>>,
    pub service_events: Mutex<HashMap<String, Arc<[ServiceEvent]>>>,
}

/// What was read of a repository, by digest.
type ByDigest<R, T> = Mutex<HashMap<(R, String), Seen<T>>>;

/// The clients of one region, each made when first asked: most runs need half of them.
pub(super) struct Clients {
    pub ecs: WhenAsked<aws_sdk_ecs::Client>,
    pub ecr: WhenAsked<aws_sdk_ecr::Client>,
    pub elb: WhenAsked<aws_sdk_elasticloadbalancingv2::Client>,
    pub cloudwatch: WhenAsked<aws_sdk_cloudwatch::Client>,
    pub logs: WhenAsked<aws_sdk_cloudwatchlogs::Client>,
    pub sts: WhenAsked<aws_sdk_sts::Client>,
    pub region: String,
}

type WhenAsked<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

impl Connections {
    /// Connects as the environment says; `endpoint_url` stands in for every AWS endpoint.
    #[must_use]
    pub fn from_environment(clock: Clock, endpoint_url: Option<String>) -> Self {
        Self::new(
            clock,
            Origin::Environment { endpoint_url },
            Arc::new(Web::default()),
        )
    }

    /// Connects with a configuration, and an HTTP client for checks of web pages, that the
    /// caller has made: an in-process connector, for example.
    #[must_use]
    pub fn given(clock: Clock, config: SdkConfig, web: Arc<dyn Fetch>) -> Self {
        Self::new(clock, Origin::Given(Box::new(config)), web)
    }

    fn new(clock: Clock, origin: Origin, web: Arc<dyn Fetch>) -> Self {
        Self {
            clock,
            made_at: clock.now(),
            origin,
            config: OnceCell::new(),
            credentials: HandedOut::default(),
            signing: signer::Kept::default(),
            clients: Mutex::default(),
            journal: Journal::new(clock),
            budget: Arc::default(),
            web,
            programs: Programs::default(),
            browsers: Browsers::default(),
            kept: Kept::default(),
            freshest: Freshest::default(),
        }
    }

    /// The same for one of so many runs that go on at the same time and share AWS's quotas: each
    /// asks as much more rarely.
    #[must_use]
    pub fn sharing_quotas(mut self, runs: NonZeroU32) -> Self {
        self.budget = Arc::new(Budget::of_one_of(runs));
        self
    }

    /// The run's clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Every request to AWS so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The deployment that was PRIMARY in the newest answer about a service, by its ARN, as it was first
    /// seen. None where it was never asked for, or where traffic is shifted between deployments that stand
    /// side by side.
    #[must_use]
    pub fn newest_primary(&self, service_arn: &str) -> Option<Seen<Deployment>> {
        self.freshest.primary(service_arn)
    }

    /// The secret parts of the credentials that AWS was asked with so far, wherever they come
    /// from: secret keys and session tokens. None of them may appear in any output.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.credentials.secrets()
    }

    /// Waits until nothing is left of the run on other machines, but not for long. Nobody may look any more.
    pub async fn parted(&self) {
        self.browsers.parted().await;
    }

    pub(super) fn web(&self) -> &dyn Fetch {
        &*self.web
    }

    /// The clients of `region`, or of the environment's region.
    pub(super) async fn clients(&self, region: Option<&str>) -> Result<Arc<Clients>, Unobserved> {
        let config = self.config.get_or_try_init(|| self.load()).await?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = region.map(str::to_owned);
        if let Some(known) = clients.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.connect(config, region)?);
        clients.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// Where the credentials come from; none where nothing gives any.
    pub(super) async fn credentials(
        &self,
    ) -> Result<Option<SharedCredentialsProvider>, Unobserved> {
        let config = self.config.get_or_try_init(|| self.load()).await?;
        Ok(config.credentials_provider())
    }

    async fn load(&self) -> Result<SdkConfig, Unobserved> {
        let config = match &self.origin {
            Origin::Environment { endpoint_url } => connect::load(endpoint_url.as_deref()).await?,
            Origin::Given(config) => config.as_ref().clone(),
        };
        Ok(self.credentials.remember(config))
    }

    fn no_region(&self) -> Unobserved {
        match &self.origin {
            Origin::Environment { .. } => no_region(Profile::of_environment().as_ref()),
            Origin::Given(_) => no_region(None),
        }
    }

    fn connect(&self, config: &SdkConfig, region: Option<&str>) -> Result<Clients, Unobserved> {
        let region = match region {
            Some(name) => Region::new(name.to_owned()),
            None => config.region().cloned().ok_or_else(|| self.no_region())?,
        };
        macro_rules! client {
            ($sdk:ident) => {{
                let (config, region) = (config.clone(), region.clone());
                let listener = Listener {
                    journal: Arc::clone(&self.journal),
                    budget: Arc::clone(&self.budget),
                    region: region.to_string(),
                };
                LazyLock::new(Box::new(move || {
                    let config = $sdk::config::Builder::from(&config)
                        .region(region)
                        .timeout_config(connect::timeouts())
                        .retry_config(connect::retries())
                        .interceptor(listener)
                        .interceptor(ReadOnly)
                        .interceptor(Bounded);
                    $sdk::Client::from_conf(config.build())
                }))
            }};
        }
        Ok(Clients {
            ecs: client!(aws_sdk_ecs),
            ecr: client!(aws_sdk_ecr),
            elb: client!(aws_sdk_elasticloadbalancingv2),
            cloudwatch: client!(aws_sdk_cloudwatch),
            logs: client!(aws_sdk_cloudwatchlogs),
            sts: client!(aws_sdk_sts),
            region: region.to_string(),
        })
    }
}

fn no_region(profile: Option<&Profile>) -> Unobserved {
    const ELSE: &str = "Give the target a `region:`, or set AWS_REGION";
    match profile {
        Some(Profile { name, variable }) => Unobserved::lasting(format!(
            "no AWS region is set: the profile `{name}` ({variable}) names none"
        ))
        .hint(format!("{ELSE}, or the profile's `region`.")),
        None => Unobserved::lasting("no AWS region is set").hint(format!(
            "{ELSE}, or AWS_PROFILE to a profile that has a region."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_region_names_the_profile() {
        let staging = Profile {
            name: "staging".into(),
            variable: "AWS_PROFILE",
        };
        assert_eq!(
            no_region(Some(&staging)).headline,
            "no AWS region is set: the profile `staging` (AWS_PROFILE) names none"
        );
        assert_eq!(no_region(None).headline, "no AWS region is set");
    }
}
