//! The simulated account: a history of events, played up to an instant.
//!
//! Everything that happens is an entry in a queue ordered by virtual time, and what happens puts new
//! entries there. Playing to 12:00 and then to 12:05 is the same as playing to 12:05 at once, so the
//! world is a function of time and of the actions performed, however often it is looked at.

mod alarms;
pub(crate) mod breaker;
mod changes;
mod deaths;
mod health_command;
mod life;
pub(crate) mod log_configuration;
mod logs;
mod metrics;
pub(crate) mod names;
mod pages;
mod pull;
mod queue;
mod scheduler;
mod secrets;
pub(crate) mod service;
mod settle;
pub(crate) mod shift;
mod sockets;
pub(crate) mod target;
mod targets;
pub(crate) mod task;
pub(crate) mod task_definition;
mod traffic;
mod vitals;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

pub(crate) use changes::Change;
pub(crate) use logs::{LogEvent, LogStream};
pub(crate) use metrics::{Statistic, floor};
pub(crate) use pages::NoPage;
use queue::{Due, Queue};
use service::Service;
use sockets::Said;
pub(crate) use targets::{TargetFailure, TargetGroup, TargetHealth};
use task::Task;
use task_definition::TaskDefinition;

use crate::{
    registry::{Built, Repository},
    scenario::format::{self, Document},
};

/// Everything that there is in the simulated account, at one instant.
pub(crate) struct World {
    pub document: Arc<Document>,
    /// See [`Service::lot`].
    lot: String,
    pub now: Timestamp,
    pub services: Vec<Service>,
    /// In the order of creation.
    pub tasks: Vec<Task>,
    pub repositories: BTreeMap<String, Repository>,
    pub task_definitions: Vec<Arc<TaskDefinition>>,
    images: BTreeMap<String, Built>,
    queue: Queue,
    /// Secrets that the tasks may not read, by name.
    unreadable: BTreeSet<String>,
    /// Whether there is room for another task.
    has_capacity: bool,
    /// What containers logged because of messages that came, in order.
    said: Vec<Said>,
    /// Steps of the history that could not be done.
    pub refused: Vec<String>,
}

impl World {
    /// The world at the scenario's start. Fails if its history cannot have happened.
    pub(crate) fn new(document: Arc<Document>, lot: &str) -> Result<Self, String> {
        let start = document.starts_at;
        let mut world = Self::before_all(document, lot);
        world.play(start);
        match world.refused.first() {
            Some(refused) => Err(refused.clone()),
            None => Ok(world),
        }
    }

    /// The world before anything of its history has happened.
    pub(crate) fn before_all(document: Arc<Document>, lot: &str) -> Self {
        let images = document
            .images
            .iter()
            .map(|(name, image)| (name.clone(), Built::from(image)))
            .collect();
        let repositories = document
            .repositories
            .iter()
            .map(|(name, repository)| (name.clone(), Repository::new(name, repository)))
            .collect();
        let task_definitions = document
            .task_definitions
            .iter()
            .filter_map(|(name, described)| {
                let declared =
                    TaskDefinition::declared(name, described, described.registered_at?, &document);
                Some(Arc::new(declared))
            })
            .collect();
        let secrets = document.secrets.iter();
        let unreadable = secrets
            .filter(|(_, secret)| !secret.readable)
            .map(|(name, _)| name.clone())
            .collect();
        let mut queue = Queue::default();
        for (position, event) in document.history.iter().enumerate() {
            queue.push(event.at, Due::Event(position));
        }
        Self {
            lot: lot.to_owned(),
            now: Timestamp::MIN,
            services: Vec::new(),
            tasks: Vec::new(),
            repositories,
            task_definitions,
            images,
            queue,
            unreadable,
            has_capacity: true,
            said: Vec::new(),
            refused: Vec::new(),
            document,
        }
    }

    /// Another region of the same account, where nothing is.
    pub(crate) fn elsewhere(&self, region: &str) -> Self {
        let document = &self.document;
        Self {
            lot: String::new(),
            document: Arc::new(Document::empty(
                &document.account,
                region,
                document.starts_at,
            )),
            now: self.now,
            services: Vec::new(),
            tasks: Vec::new(),
            repositories: BTreeMap::new(),
            task_definitions: Vec::new(),
            images: BTreeMap::new(),
            queue: Queue::default(),
            unreadable: BTreeSet::new(),
            has_capacity: true,
            said: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Whether there is a cluster at all.
    pub(crate) fn has_cluster(&self) -> bool {
        !self.document.cluster.is_empty()
    }

    /// Lets everything happen that is due by `now`. Time does not run backwards.
    pub(crate) fn play(&mut self, now: Timestamp) {
        while let Some((at, due)) = self.queue.next_by(now) {
            self.now = at;
            self.happen(at, due);
        }
        self.now = self.now.max(now);
    }

    fn happen(&mut self, at: Timestamp, due: Due) {
        match due {
            Due::Event(position) => {
                let document = Arc::clone(&self.document);
                if let Some(event) = document.history.get(position)
                    && let Err(refused) = self.step(&event.step())
                {
                    self.refused.push(format!("history, at {at}: {refused}"));
                }
            }
            Due::Reconcile(service) => self.reconcile(service),
            Due::PullStarts(task) => self.pull(task),
            Due::Registers(task) => self.task_registers(task),
            Due::Steady(task) => self.task_steady(task),
            Due::ContainerEnds(task, container) => self.container_ends(task, container),
            Due::Unhealthy(task) => self.container_unhealthy(task),
            Due::GivenUp(task) => self.give_up(task),
            Due::Breaks {
                service,
                deployment,
            } => self.break_circuit(service, deployment),
            Due::NextStage {
                service,
                deployment,
                from,
            } => self.next_stage(service, deployment, from),
            Due::SteadyStill {
                service,
                deployment,
            } => self.steady_still(service, deployment),
        }
    }

    /// The declaration of a service's load balancer.
    pub(crate) fn load_balancer(&self, service: &Service) -> Option<&format::LoadBalancer> {
        self.declared(service)?.load_balancer.as_ref()
    }

    /// What the scenario declares of a service.
    pub(crate) fn declared(&self, service: &Service) -> Option<&format::Service> {
        self.document.services.get(&service.key)
    }

    /// A task definition that is registered, by family (its latest revision), `family:revision` or ARN.
    pub(crate) fn task_definition(&self, name: &str) -> Option<&Arc<TaskDefinition>> {
        let name = name
            .rsplit_once("task-definition/")
            .map_or(name, |(_, name)| name);
        let registered = || {
            let known = self.task_definitions.iter();
            known.filter(|definition| definition.registered_at <= self.now)
        };
        let of_family = registered().filter(|definition| definition.family == name);
        registered()
            .find(|definition| definition.name() == name)
            .or_else(|| of_family.max_by_key(|definition| definition.revision))
    }

    /// The tasks of a service, the oldest first.
    pub(crate) fn tasks_of_service(&self, service: usize) -> impl Iterator<Item = &Task> {
        let positions = self.services[service].tasks.iter();
        positions.map(|position| &self.tasks[*position])
    }

    /// The tasks of one deployment of a service.
    pub(crate) fn tasks_of(
        &self,
        service: usize,
        deployment: usize,
    ) -> impl Iterator<Item = &Task> {
        self.tasks_of_service(service)
            .filter(move |task| task.deployment == deployment)
    }
}
