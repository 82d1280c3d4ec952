//! What is really so in the simulated account, for whoever judges a judge: plain values, read from the state
//! itself and not from what the wire tells of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Simulator,
    scenario::format::ReportedDigest,
    world::{
        World,
        service::Service,
        task::{Status, Stop, Task},
        task_definition::Container,
    },
};

/// A service at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The instant.
    pub at: Timestamp,
    /// How many tasks the service is to have.
    pub desired: usize,
    /// All deployments that ever were, oldest first; the last is PRIMARY.
    pub deployments: Vec<DeploymentTruth>,
    /// All tasks that ever were, in the order of their creation.
    pub tasks: Vec<TaskTruth>,
    /// What each `repository:tag` stands for.
    pub tags: BTreeMap<String, PushedTruth>,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentTruth {
    /// `ecs-svc/…`.
    pub id: String,
    /// The number of the revision of its task definition.
    pub revision: u32,
    /// When it began.
    pub created_at: Timestamp,
    /// How many tasks it is to have; only of the PRIMARY one.
    pub wanted: usize,
    /// ECS has called it complete: all its tasks are there, the old ones are gone, the traffic is moved.
    pub complete: bool,
    /// The circuit breaker has given it up.
    pub failed: bool,
    /// The deployment that it undoes, by its place in the list; only of a rollback.
    pub undoes: Option<usize>,
    /// Its share of the production requests, of a hundred; none where all tasks of the service share them.
    pub share: Option<f64>,
    /// Container → the scenario's name of the image that its first task resolved.
    pub pins: BTreeMap<String, String>,
}

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskTruth {
    /// Its id.
    pub id: String,
    /// The place of its deployment in the list.
    pub deployment: usize,
    /// Where it is in its life.
    pub phase: Phase,
    /// It is to stay: nobody has told it to stop, and it has not ended.
    pub stays: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it began to pull, if it has.
    pub pulls_since: Option<Timestamp>,
    /// When it started, if it has.
    pub started_at: Option<Timestamp>,
    /// The load balancer finds it healthy and may send it requests.
    pub is_served: bool,
    /// It answers requests: behind a load balancer where that finds it healthy.
    pub answers: bool,
    /// Its containers, in the order of its task definition.
    pub containers: Vec<ContainerTruth>,
    /// Why it ends or has ended.
    pub stop: Option<StopTruth>,
}

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its containers don't run yet.
    Starts,
    /// Its containers run.
    Runs,
    /// It leaves the load balancer, and serves whom it has.
    Drains,
    /// Its containers are being stopped.
    Stops,
    /// Its containers have ended.
    Gone,
}

/// A container of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerTruth {
    /// Its name.
    pub name: String,
    /// Without it the task ends.
    pub essential: bool,
    /// The scenario's name of the image that it runs; none before the pull, or of a foreign registry.
    pub image: Option<String>,
    /// Whether DescribeTasks tells a digest of it at all.
    pub tells_digest: bool,
    /// What its health check says: healthy, unhealthy, or nothing yet. It may have none.
    pub health: Health,
}

/// What ECS knows of a container's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The container has no health check.
    Unchecked,
    /// It has neither passed nor failed for good.
    Unknown,
    /// It passes.
    Healthy,
    /// It has failed too often.
    Unhealthy,
}

/// How a task came to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct StopTruth {
    /// When it was decided, or happened.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
}

/// Why a task ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The image's index has no manifest for the task's platform.
    NoPlatform,
    /// The registry has no such image.
    NotInRegistry,
    /// It may not read a secret, or there is none.
    Secrets,
    /// The program is made for another platform.
    ExecFormat,
    /// An essential container took more memory than there is.
    OutOfMemory,
    /// An essential container's process ended.
    Exited(i32),
    /// Its container health check failed too often.
    ContainerHealth,
    /// Its load balancer's health checks failed too often.
    TargetHealth,
    /// A person stopped it.
    StoppedByUser,
    /// Spot capacity was taken back.
    Spot,
    /// ECS no longer needs it.
    Scaling,
}

/// What a tag stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedTruth {
    /// The scenario's name of the image.
    pub image: String,
    /// When that image was pushed.
    pub pushed_at: Timestamp,
}

/// A line that a container has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTruth {
    /// The id of its task.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// The line as CloudWatch Logs has it.
    pub text: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// From when on CloudWatch Logs shows it.
    pub readable_at: Timestamp,
}

impl Simulator {
    /// What is really so of a service now, by its name; none where there is no such service.
    pub fn truth(&self, service: &str) -> Option<Truth> {
        self.look(|world| {
            let position = world.position_of(service)?;
            Some(Truth::of(world, position))
        })
    }

    /// Every line that containers of a service have written so far, also those that can't be read yet.
    pub fn lines(&self, service: &str) -> Vec<LineTruth> {
        self.look(|world| {
            let Some(position) = world.position_of(service) else {
                return Vec::new();
            };
            let tasks = world.tasks.iter().enumerate();
            let own = tasks.filter(|(_, task)| task.service == position);
            own.flat_map(|(number, task)| lines(world, number, task))
                .collect()
        })
    }
}

impl World {
    fn position_of(&self, service: &str) -> Option<usize> {
        self.services.iter().position(|known| known.name == service)
    }
}

impl Truth {
    fn of(world: &World, position: usize) -> Self {
        let service = &world.services[position];
        let shares = world.shares(position, world.now);
        let deployments = (0..service.deployments.len())
            .map(|number| DeploymentTruth::of(world, service, number, &shares))
            .collect();
        let own = world.tasks.iter().filter(|task| task.service == position);
        Self {
            at: world.now,
            desired: service.desired as usize,
            deployments,
            tasks: own.map(|task| TaskTruth::of(world, task)).collect(),
            tags: tags(world),
        }
    }
}

fn tags(world: &World) -> BTreeMap<String, PushedTruth> {
    let repositories = world.repositories.values();
    let tags = repositories.flat_map(|repository| {
        repository.tags.keys().filter_map(|tag| {
            let stored = repository.by_tag(tag)?;
            let pushed = PushedTruth {
                image: stored.image.clone(),
                pushed_at: stored.pushed_at,
            };
            Some((format!("{}:{tag}", repository.name), pushed))
        })
    });
    tags.collect()
}

impl DeploymentTruth {
    fn of(world: &World, service: &Service, number: usize, shares: &[(usize, f64)]) -> Self {
        let known = &service.deployments[number];
        let share = |_| {
            let own = shares.iter().find(|(of, _)| *of == number);
            own.map_or(0.0, |(_, share)| *share)
        };
        let pins = known.pins.iter().filter_map(|(container, digest)| {
            let mut repositories = world.repositories.values();
            let stored = repositories.find_map(|repository| repository.by_digest(digest))?;
            Some((container.clone(), stored.image.clone()))
        });
        Self {
            id: known.id(),
            revision: known.definition.revision,
            created_at: known.created_at,
            wanted: match number == service.primary() {
                true => service.wanted() as usize,
                false => 0,
            },
            complete: known.completed_at.is_some(),
            failed: known.failed_at.is_some(),
            undoes: known.rollback.map(|rollback| rollback.of),
            share: (!shares.is_empty()).then_some(()).map(share),
            pins: pins.collect(),
        }
    }
}

impl TaskTruth {
    fn of(world: &World, task: &Task) -> Self {
        let now = world.now;
        let started = task.has_started(now);
        let cut = task.stop.as_ref().map(|stop| stop.stopping);
        let reached = |at: Timestamp| (at <= now && cut.is_none_or(|cut| at < cut)).then_some(at);
        let containers = task.definition.containers.iter().enumerate();
        Self {
            id: task.id.clone(),
            deployment: task.deployment,
            phase: phase(task.status(now)),
            stays: task.is_wanted(),
            created_at: task.life.created,
            pulls_since: reached(task.life.pull_started),
            started_at: started.then_some(task.life.started),
            is_served: world.is_served(task),
            answers: task.answers(now),
            containers: containers
                .map(|(number, container)| ContainerTruth::of(world, task, number, container))
                .collect(),
            stop: task.stop.as_ref().map(|stop| StopTruth {
                at: stop.told,
                cause: cause(task, stop),
            }),
        }
    }
}

fn phase(status: Status) -> Phase {
    match status {
        Status::Provisioning | Status::Pending => Phase::Starts,
        Status::Running => Phase::Runs,
        Status::Deactivating => Phase::Drains,
        Status::Stopping => Phase::Stops,
        Status::Deprovisioning | Status::Stopped => Phase::Gone,
    }
}

impl ContainerTruth {
    fn of(world: &World, task: &Task, number: usize, container: &Container) -> Self {
        let pulled = task
            .pulled
            .get(number)
            .filter(|_| task.life.pull_stopped <= world.now);
        Self {
            name: container.name.clone(),
            essential: container.essential,
            image: pulled.and_then(|pulled| pulled.image.clone()),
            tells_digest: container.reports_digest != ReportedDigest::None,
            health: health(world, task, number, container),
        }
    }
}

fn health(world: &World, task: &Task, number: usize, container: &Container) -> Health {
    if container.health_check.is_none() {
        return Health::Unchecked;
    }
    let end = task.container_end(number);
    let happened = |at: Option<Timestamp>| {
        at.is_some_and(|at| at <= world.now && end.is_none_or(|end| at < end))
    };
    match task.vitals.get(number) {
        Some(vitals) if happened(vitals.unhealthy) => Health::Unhealthy,
        Some(vitals) if happened(vitals.healthy) => Health::Healthy,
        _ => Health::Unknown,
    }
}

fn cause(task: &Task, stop: &Stop) -> Cause {
    let told = |words: &str| stop.reason.contains(words);
    match stop.code {
        "TaskFailedToStart" if told("ResourceInitializationError") => Cause::Secrets,
        "TaskFailedToStart" if told("descriptor matching") || told("no matching manifest") => {
            Cause::NoPlatform
        }
        "TaskFailedToStart" => Cause::NotInRegistry,
        "ServiceSchedulerInitiated" if told("container health checks") => Cause::ContainerHealth,
        "ServiceSchedulerInitiated" if told("ELB health checks") => Cause::TargetHealth,
        "ServiceSchedulerInitiated" => Cause::Scaling,
        "SpotInterruption" => Cause::Spot,
        "UserInitiated" => Cause::StoppedByUser,
        _ => end(task),
    }
}

/// How the essential container ended that took its task along: the first one that did.
fn end(task: &Task) -> Cause {
    let containers = task.definition.containers.iter().zip(&task.vitals);
    let essential = containers.filter(|(container, _)| container.essential);
    let ends = essential.filter_map(|(_, vitals)| Some((vitals.end.as_ref()?, vitals.executes)));
    match ends.min_by_key(|(end, _)| end.at) {
        Some((_, false)) => Cause::ExecFormat,
        Some((end, true)) if end.reason.is_some() => Cause::OutOfMemory,
        Some((end, true)) => Cause::Exited(end.code),
        None => Cause::Exited(0),
    }
}

fn lines(world: &World, number: usize, task: &Task) -> Vec<LineTruth> {
    let mut lines = Vec::new();
    for (position, container) in task.definition.containers.iter().enumerate() {
        let events = world.written(number, position, i64::MIN, i64::MAX);
        let at = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
        lines.extend(events.into_iter().map(|event| LineTruth {
            task: task.id.clone(),
            container: container.name.clone(),
            text: event.message,
            written_at: at(event.timestamp),
            readable_at: at(event.ingested),
        }));
    }
    lines
}
