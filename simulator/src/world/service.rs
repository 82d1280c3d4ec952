//! A service, its deployments side by side, and the events it tells.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{shift::Shift, task_definition::TaskDefinition};
use crate::{identity, scenario::format, time::after};

/// "Identical events are suppressed" for so long.
const REPEATED_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// An ECS service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The scenario's short name, which keys its declaration.
    pub key: String,
    pub name: String,
    /// What the ids of its tasks and deployments, and so their times, are drawn with; empty in the
    /// scenario as it is told.
    pub lot: String,
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
    /// Where its tasks are among all, the oldest first.
    pub tasks: Vec<usize>,
}

/// One deployment of a service.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// The number in `ecs-svc/…`.
    pub number: String,
    /// The id of its service revision: its own number, or that of the deployment it rolls back to.
    pub revision: String,
    pub definition: Arc<TaskDefinition>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Tasks that failed since one was steady.
    pub failed_tasks: u32,
    /// Whether one of its tasks was ever steady.
    pub has_run: bool,
    /// When the circuit breaker failed it.
    pub failed_at: Option<Timestamp>,
    /// What it undoes; only of a rollback.
    pub rollback: Option<Rollback>,
    /// Container → the digest that its first task resolved.
    pub pins: BTreeMap<String, String>,
    pub completed_at: Option<Timestamp>,
    /// When its last task was gone and it left the list.
    pub retired_at: Option<Timestamp>,
    /// When a newer deployment took its place.
    pub superseded_at: Option<Timestamp>,
    /// How far it has come in moving traffic; the first deployment of a service has none to move.
    pub shift: Option<Shift>,
    /// What a real incident tells of its tasks, in order.
    pub facts: Vec<format::TaskFacts>,
}

/// What a rollback undoes, and what it goes back to: positions in the service's deployments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rollback {
    pub of: usize,
    pub to: usize,
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

    /// Tells an event, unless the same was told not long ago.
    pub(crate) fn tell_once(&mut self, at: Timestamp, text: &str) {
        let message = format!("(service {}) {text}", self.name);
        let told =
            |event: &ServiceEvent| event.message == message && after(event.at, REPEATED_AFTER) > at;
        if !self.events.iter().any(told) {
            self.tell(at, text);
        }
    }

    /// How many tasks the PRIMARY deployment is to have. A rollback to a deployment that never ran a task
    /// starts none: seen of a service whose first image failed.
    pub(crate) fn wanted(&self) -> u32 {
        let back = self.deployments.last().and_then(|last| last.rollback);
        match back {
            Some(rollback) if !self.deployments[rollback.to].has_run => 0,
            _ => self.desired,
        }
    }

    /// Starts a deployment of what the last completed one deployed, with the digests that it pinned. If none
    /// was ever completed, nothing is left to do.
    pub(super) fn roll_back(&mut self, at: Timestamp, of: usize) {
        let completed = |deployment: &Deployment| deployment.completed_at.is_some();
        let Some(to) = self.deployments[..of].iter().rposition(completed) else {
            return;
        };
        let target = &self.deployments[to];
        let (id, definition) = (target.id(), Arc::clone(&target.definition));
        let (revision, pins) = (target.revision.clone(), target.pins.clone());
        self.tell(at, &format!("rolling back to deployment {id}."));
        self.deploy(at, definition, Vec::new());
        if let Some(rollback) = self.deployments.last_mut() {
            rollback.revision = revision;
            rollback.pins = pins;
            rollback.rollback = Some(Rollback { of, to });
        }
    }

    /// The rollback that a failed deployment ended in.
    pub(crate) fn rollback_of(&self, failed: usize) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| {
            deployment
                .rollback
                .is_some_and(|rollback| rollback.of == failed)
        })
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
        let ordinal = format!("{}{}", self.lot, self.deployments.len());
        let number = identity::digits19(&[&self.name, "deployment", &ordinal]);
        self.deployments.push(Deployment {
            revision: number.clone(),
            number,
            definition,
            created_at: at,
            updated_at: at,
            failed_tasks: 0,
            has_run: false,
            failed_at: None,
            rollback: None,
            pins: BTreeMap::new(),
            completed_at: None,
            retired_at: None,
            superseded_at: None,
            shift: None,
            facts,
        });
        self.steady = false;
    }
}
