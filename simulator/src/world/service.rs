//! A service, its deployments side by side, and the events it tells.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::task_definition::TaskDefinition;
use crate::{identity, scenario::format};

/// An ECS service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The scenario's short name, which keys its declaration.
    pub key: String,
    pub name: String,
    pub created_at: Timestamp,
    pub desired: u32,
    /// All that ever were, oldest first; the last is PRIMARY.
    pub deployments: Vec<Deployment>,
    /// Oldest first.
    pub events: Vec<ServiceEvent>,
    /// Whether the last thing it told of its tasks was a steady state.
    pub steady: bool,
    /// The scheduler takes a breath before it replaces a task.
    pub launches_from: Timestamp,
    /// How many tasks it ever launched: gives each its own id.
    pub launched: u32,
}

/// One deployment of a service.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// The number in `ecs-svc/…`, which is the id of the service revision too.
    pub number: String,
    pub definition: Arc<TaskDefinition>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Tasks that failed to start since one ran.
    pub failed_tasks: u32,
    /// Container → the digest that its first task resolved.
    pub pins: BTreeMap<String, String>,
    pub completed_at: Option<Timestamp>,
    /// When its last task was gone and it left the list.
    pub retired_at: Option<Timestamp>,
    /// When a newer deployment took its place.
    pub superseded_at: Option<Timestamp>,
    /// What a real incident tells of its tasks, in order.
    pub facts: Vec<format::TaskFacts>,
}

/// A line of `events[]`.
#[derive(Debug)]
pub(crate) struct ServiceEvent {
    pub id: String,
    pub at: Timestamp,
    pub message: String,
}

impl Deployment {
    pub(crate) fn id(&self) -> String {
        format!("ecs-svc/{}", self.number)
    }
}

impl Service {
    /// Tells an event; the API puts the service's name before it.
    pub(crate) fn tell(&mut self, at: Timestamp, text: &str) {
        let message = format!("(service {}) {text}", self.name);
        let id = identity::uuid(&[&self.name, &self.events.len().to_string(), text]);
        self.events.push(ServiceEvent { id, at, message });
    }

    /// The position of the PRIMARY deployment.
    pub(crate) fn primary(&self) -> usize {
        self.deployments.len().saturating_sub(1)
    }

    /// Starts a deployment, which is PRIMARY from now on.
    pub(crate) fn deploy(
        &mut self,
        at: Timestamp,
        definition: Arc<TaskDefinition>,
        facts: Vec<format::TaskFacts>,
    ) {
        for earlier in &mut self.deployments {
            if earlier.superseded_at.is_none() {
                earlier.superseded_at = Some(at);
                earlier.updated_at = at;
            }
        }
        let ordinal = self.deployments.len().to_string();
        self.deployments.push(Deployment {
            number: identity::digits19(&[&self.name, "deployment", &ordinal]),
            definition,
            created_at: at,
            updated_at: at,
            failed_tasks: 0,
            pins: BTreeMap::new(),
            completed_at: None,
            retired_at: None,
            superseded_at: None,
            facts,
        });
        self.steady = false;
    }
}
