//! Services and their deployments.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_ecs::types as sdk;
use jiff::Timestamp;

use super::timestamp;

/// Where services and tasks are looked up: a cluster in a region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The region; the environment's where none.
    pub region: Option<String>,
    /// The cluster's name or ARN.
    pub cluster: String,
}

/// A service, as ecs:DescribeServices tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// The service's name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The ARN of its cluster.
    pub cluster: String,
    /// ACTIVE, DRAINING or INACTIVE.
    pub status: String,
    /// The deployment controller: ECS, CODE_DEPLOY or EXTERNAL.
    pub controller: String,
    /// How many tasks are wanted.
    pub desired: i32,
    /// How many tasks run, of whatever deployment.
    pub running: i32,
    /// How it deploys: ROLLING, BLUE_GREEN, LINEAR or CANARY; only the ECS controller tells it.
    pub strategy: Option<String>,
    /// Its deployment circuit breaker; none where it is off.
    pub breaker: Option<Breaker>,
    /// The CloudWatch alarms that its deployments watch; none where that is off.
    pub alarms: Vec<String>,
    /// Its deployments; for CODE_DEPLOY and EXTERNAL, its task sets.
    pub deployments: Vec<Deployment>,
    /// Where its tasks are registered as targets.
    pub load_balancers: Vec<LoadBalancing>,
    /// The ARNs of the service revisions that run now: what each of its deployments pinned.
    pub revisions: Vec<String>,
    /// The ARN of the service deployment that is under way, where AWS tells it.
    pub current_deployment: Option<String>,
    /// Its latest events, newest first. They are capped and deduplicated: they corroborate,
    /// they don't prove. They are most of what is told of a service, so that its copies share them.
    pub events: Arc<[ServiceEvent]>,
}

/// The circuit breaker of a service's deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Whether a deployment that fails is rolled back.
    pub rolls_back: bool,
}

/// A target group in which a service's tasks are registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LoadBalancing {
    /// The target group's ARN; none with a Classic Load Balancer.
    pub target_group: Option<String>,
    /// The target group that takes its turn in a blue/green deployment.
    pub alternate_target_group: Option<String>,
    /// The ARN of the listener rule, or of the listener, that sends production requests to one of
    /// the two; only in a deployment that shifts traffic.
    pub production_rule: Option<String>,
    /// The container that the requests go to.
    pub container: String,
    /// Its port.
    pub port: u16,
}

/// One deployment, or one task set, of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// `ecs-svc/…`, as its tasks carry it in `startedBy`.
    pub id: String,
    /// PRIMARY, ACTIVE or INACTIVE (task sets: PRIMARY, ACTIVE or DRAINING).
    pub status: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// How many tasks it wants.
    pub desired: i32,
    /// How many of its tasks run.
    pub running: i32,
    /// How many of its tasks are on their way.
    pub pending: i32,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// COMPLETED, FAILED or IN_PROGRESS; only the ECS controller tells it.
    pub rollout_state: Option<String>,
    /// The reason for that state.
    pub rollout_reason: Option<String>,
    /// How many of its tasks failed to start, one after the other. It falls back to zero when
    /// one runs, so it says little when it is zero.
    pub failed_tasks: i32,
    /// When anything of it last changed.
    pub updated_at: Option<Timestamp>,
    /// STEADY_STATE or STABILIZING; only task sets tell it.
    pub stability: Option<String>,
    /// Its own target groups; only task sets have them.
    pub load_balancers: Vec<LoadBalancing>,
}

/// One event of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceEvent {
    /// When it happened.
    pub at: Option<Timestamp>,
    /// Its text, `(service web) has reached a steady state.`
    pub message: String,
}

impl Service {
    /// The deployment that the service is moving to, or has arrived at.
    #[must_use]
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments
            .iter()
            .find(|deployment| deployment.status == "PRIMARY")
    }

    /// Whether it replaces its tasks bit by bit, and each deployment is a new one, also one that
    /// goes back. Where traffic is shifted between two that stand side by side, an older one may
    /// well become PRIMARY again.
    #[must_use]
    pub fn is_rolling(&self) -> bool {
        let strategy = self.strategy.as_deref().unwrap_or("ROLLING");
        self.controller == "ECS" && strategy == "ROLLING"
    }

    /// The deployment of that id, while the service still lists it.
    #[must_use]
    pub fn deployment(&self, id: &str) -> Option<&Deployment> {
        self.deployments
            .iter()
            .find(|deployment| deployment.id == id)
    }
}

impl From<&sdk::Service> for Service {
    fn from(service: &sdk::Service) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let deployments = service.deployments().iter().map(Deployment::from);
        let task_sets = service.task_sets().iter().map(Deployment::from);
        let events = service.events().iter().map(|event| ServiceEvent {
            at: timestamp(event.created_at()),
            message: text(event.message()),
        });
        let configuration = service.deployment_configuration();
        let controller = service
            .deployment_controller()
            .map(|controller| controller.r#type());
        Self {
            name: text(service.service_name()),
            arn: text(service.service_arn()),
            cluster: text(service.cluster_arn()),
            status: text(service.status()),
            controller: controller.map_or("ECS", |kind| kind.as_str()).to_owned(),
            desired: service.desired_count(),
            running: service.running_count(),
            strategy: configuration
                .and_then(|configuration| configuration.strategy())
                .map(|strategy| strategy.as_str().to_owned()),
            breaker: configuration.and_then(breaker),
            alarms: configuration.map(alarms).unwrap_or_default(),
            deployments: once_each(deployments.chain(task_sets)),
            load_balancers: service
                .load_balancers()
                .iter()
                .map(LoadBalancing::from)
                .collect(),
            revisions: service
                .current_service_revisions()
                .iter()
                .filter_map(|revision| revision.arn().map(str::to_owned))
                .collect(),
            current_deployment: service
                .current_service_deployment()
                .filter(|arn| !arn.is_empty())
                .map(str::to_owned),
            events: newest_first(events.collect()).into(),
        }
    }
}

/// Each deployment once, however often the answer has it.
fn once_each(deployments: impl Iterator<Item = Deployment>) -> Vec<Deployment> {
    let mut known = HashSet::new();
    deployments
        .filter(|deployment| known.insert(deployment.id.clone()))
        .collect()
}

/// Events in the order in which AWS documents them, whatever the order of the answer.
fn newest_first(mut events: Vec<ServiceEvent>) -> Vec<ServiceEvent> {
    events.sort_by_key(|event| Reverse(event.at));
    events.dedup();
    events
}

fn breaker(configuration: &sdk::DeploymentConfiguration) -> Option<Breaker> {
    let breaker = configuration.deployment_circuit_breaker()?;
    breaker.enable().then(|| Breaker {
        rolls_back: breaker.rollback(),
    })
}

fn alarms(configuration: &sdk::DeploymentConfiguration) -> Vec<String> {
    let alarms = configuration.alarms().filter(|alarms| alarms.enable());
    alarms
        .map(|alarms| alarms.alarm_names().to_vec())
        .unwrap_or_default()
}

impl From<&sdk::LoadBalancer> for LoadBalancing {
    fn from(balancing: &sdk::LoadBalancer) -> Self {
        let port = balancing.container_port();
        let advanced = balancing.advanced_configuration();
        Self {
            target_group: balancing.target_group_arn().map(str::to_owned),
            alternate_target_group: advanced
                .and_then(|advanced| advanced.alternate_target_group_arn())
                .map(str::to_owned),
            production_rule: advanced
                .and_then(|advanced| advanced.production_listener_rule())
                .map(str::to_owned),
            container: balancing.container_name().unwrap_or_default().to_owned(),
            port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0),
        }
    }
}

impl From<&sdk::Deployment> for Deployment {
    fn from(deployment: &sdk::Deployment) -> Self {
        Self {
            id: deployment.id().unwrap_or_default().to_owned(),
            status: deployment.status().unwrap_or_default().to_owned(),
            task_definition: deployment.task_definition().unwrap_or_default().to_owned(),
            desired: deployment.desired_count(),
            running: deployment.running_count(),
            pending: deployment.pending_count(),
            created_at: timestamp(deployment.created_at()),
            rollout_state: deployment
                .rollout_state()
                .map(|state| state.as_str().to_owned()),
            rollout_reason: deployment.rollout_state_reason().map(str::to_owned),
            failed_tasks: deployment.failed_tasks(),
            updated_at: timestamp(deployment.updated_at()),
            stability: None,
            load_balancers: Vec::new(),
        }
    }
}

impl From<&sdk::TaskSet> for Deployment {
    fn from(set: &sdk::TaskSet) -> Self {
        Self {
            id: set.id().unwrap_or_default().to_owned(),
            status: set.status().unwrap_or_default().to_owned(),
            task_definition: set.task_definition().unwrap_or_default().to_owned(),
            desired: set.computed_desired_count(),
            running: set.running_count(),
            pending: set.pending_count(),
            created_at: timestamp(set.created_at()),
            rollout_state: None,
            rollout_reason: None,
            failed_tasks: 0,
            updated_at: timestamp(set.updated_at()),
            stability: set
                .stability_status()
                .map(|stability| stability.as_str().to_owned()),
            load_balancers: set
                .load_balancers()
                .iter()
                .map(LoadBalancing::from)
                .collect(),
        }
    }
}
