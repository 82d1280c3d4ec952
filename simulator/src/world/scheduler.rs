//! The service scheduler: it compares what runs with what is wanted, and moves one towards the other.

use std::{net::Ipv4Addr, sync::Arc};

use super::{World, life::Life, queue::Due, shift::Shift, task::Task};
use crate::{
    identity,
    scenario::format::{LaunchType, Stage, TaskFacts},
    time::after_ms,
};

impl World {
    /// One look of the scheduler at a service.
    pub(super) fn reconcile(&mut self, service: usize) {
        self.launch_missing(service);
        self.scaled_up(service);
        self.stop_surplus(service);
        self.retire_drained(service);
        self.settle(service);
    }

    fn launch_missing(&mut self, service: usize) {
        let state = &self.services[service];
        let primary = state.primary();
        let deploying = &state.deployments[primary];
        let too_early = deploying
            .shift
            .as_ref()
            .is_some_and(|shift| shift.stage == Stage::PreScaleUp);
        if deploying.failed_at.is_some() || too_early {
            return;
        }
        let of_primary = self
            .tasks_of(service, primary)
            .filter(|task| task.is_wanted())
            .count();
        // What leaves the load balancer still takes up room.
        let of_service = self
            .tasks_of_service(service)
            .filter(|task| task.is_wanted() || task.counts_as_running(self.now))
            .count();
        let percent = self
            .declared(state)
            .map_or(200, |declared| declared.maximum_percent);
        let most = (state.desired as usize * percent as usize / 100).max(1);
        let missing = (state.wanted() as usize)
            .saturating_sub(of_primary)
            .min(most.saturating_sub(of_service));
        if missing == 0 {
            return;
        }
        if state.launches_from > self.now {
            let launch = state.launches_from;
            self.queue.push(launch, Due::Reconcile(service));
            return;
        }
        if !self.has_capacity {
            self.tell_no_capacity(service);
            return;
        }
        let ids: Vec<String> = (0..missing).map(|_| self.launch(service)).collect();
        let state = &mut self.services[service];
        state.steady = false;
        state.tell(
            self.now,
            &format!("has started {missing} tasks: {}.", tasks_text(&ids)),
        );
    }

    /// Creates a task of the PRIMARY deployment and plans its life.
    fn launch(&mut self, service: usize) -> String {
        let document = Arc::clone(&self.document);
        let state = &mut self.services[service];
        let deployment = state.primary();
        let ordinal = format!("{}{}", state.lot, state.launched);
        state.launched += 1;
        let known = &mut state.deployments[deployment];
        let facts = match known.facts.is_empty() {
            true => TaskFacts::default(),
            false => known.facts.remove(0),
        };
        let derived = || identity::hex32(&[&document.cluster, &state.name, "task", &ordinal]);
        let id = facts.id.clone().unwrap_or_else(derived);
        let definition = Arc::clone(&known.definition);
        let life = Life::plan(&id, self.now, &facts);
        let (position, created) = (self.tasks.len(), id.clone());
        self.queue
            .push(life.pull_started, Due::PullStarts(position));
        let address = self.free_address(&id);
        self.services[service].tasks.push(position);
        self.tasks.push(Task {
            id,
            service,
            deployment,
            definition,
            address,
            life,
            stop: None,
            pulled: Vec::new(),
            vitals: Vec::new(),
            target: None,
            missing: facts.missing,
        });
        created
    }

    /// There is no room for a task, so none is created, and the scheduler will try again.
    fn tell_no_capacity(&mut self, service: usize) {
        const EC2: &str =
            "was unable to place a task because no container instance met all of its requirements.";
        const FARGATE: &str = "was unable to place a task. Reason: Capacity is unavailable at this time. \
                               Please try again later or in a different availability zone.";
        let declared = self.declared(&self.services[service]);
        let on_instances = declared.is_some_and(|declared| declared.launch_type == LaunchType::Ec2);
        let now = self.now;
        self.services[service].tell_once(now, if on_instances { EC2 } else { FARGATE });
        self.queue
            .push(after_ms(now, 60_000), Due::Reconcile(service));
    }

    /// Stops old tasks as new ones take over, and tasks beyond the count.
    fn stop_surplus(&mut self, service: usize) {
        let surplus = self.surplus(service);
        if surplus.is_empty() {
            return;
        }
        let state = &self.services[service];
        let primary = state.deployments[state.primary()].id();
        let reason = format!("Scaling activity initiated by (deployment {primary})");
        let mut ids = Vec::new();
        let mut draining = Vec::new();
        for task in surplus {
            self.tell_to_stop(task, ("ServiceSchedulerInitiated", reason.clone()));
            let told = &self.tasks[task];
            ids.push(told.id.clone());
            draining.extend(told.stop.as_ref().and_then(|stop| stop.deactivating));
        }
        let (now, count) = (self.now, ids.len());
        let state = &mut self.services[service];
        state.steady = false;
        state.tell(
            now,
            &format!("has stopped {count} running tasks: {}.", tasks_text(&ids)),
        );
        if let Some(first) = draining.iter().min() {
            let count = draining.len();
            state.tell(
                *first,
                &format!("has begun draining connections on {count} tasks."),
            );
        }
    }

    /// The tasks that are no longer needed: old ones that wait, as many old ones that run as new ones
    /// have made up for, and those beyond the count.
    fn surplus(&self, service: usize) -> Vec<usize> {
        let state = &self.services[service];
        let primary = state.primary();
        let percent = self
            .declared(state)
            .map_or(100, |declared| declared.minimum_healthy_percent);
        let least = (state.desired as usize * percent as usize).div_ceil(100);
        let (mut pending, mut running, mut current) = (Vec::new(), Vec::new(), Vec::new());
        for position in state.tasks.iter().copied() {
            let task = &self.tasks[position];
            if !task.is_wanted() {
                continue;
            }
            let failed = state.deployments[task.deployment].failed_at.is_some();
            match task.deployment == primary {
                true => current.push(position),
                false if task.has_started(self.now) && !failed => running.push(position),
                false => pending.push(position),
            }
        }
        let steady = current
            .iter()
            .filter(|task| self.tasks[**task].is_steady(self.now))
            .count();
        let leaving = (steady + running.len())
            .saturating_sub(least)
            .min(running.len());
        let shift = state.deployments[primary].shift.as_ref();
        let stays = shift.is_some_and(Shift::keeps_the_old);
        running.truncate(if stays { 0 } else { leaving });
        let beyond = current.split_off(current.len().min(state.wanted() as usize));
        [pending, running, beyond].concat()
    }

    /// An address that no other task has ever had: a load balancer knows its targets by their addresses.
    fn free_address(&self, id: &str) -> Ipv4Addr {
        let is_free = |address: &Ipv4Addr| self.tasks.iter().all(|task| task.address != *address);
        let mut addresses = (0..=u8::MAX).map(|network| address(id, network));
        addresses.find(is_free).unwrap_or(Ipv4Addr::UNSPECIFIED)
    }

    /// Tells a task to stop, and lets the scheduler look again when it no longer counts.
    pub(super) fn tell_to_stop(&mut self, task: usize, why: (&'static str, String)) {
        let document = Arc::clone(&self.document);
        let key = &self.services[self.tasks[task].service].key;
        let load_balancer = document
            .services
            .get(key)
            .and_then(|declared| declared.load_balancer.as_ref());
        let told = &mut self.tasks[task];
        told.tell_to_stop(self.now, why, load_balancer);
        self.await_end(task);
    }

    /// Lets the scheduler look again when the task no longer counts.
    pub(super) fn await_end(&mut self, task: usize) {
        let task = &self.tasks[task];
        if let Some(stop) = &task.stop {
            let (stopping, service) = (stop.stopping, task.service);
            self.queue.push(stopping, Due::Reconcile(service));
        }
    }
}

/// Somewhere in the subnets of a network, the same place every time.
fn address(id: &str, network: u8) -> Ipv4Addr {
    let octet = |what: &str| u8::try_from(identity::between(&[id, what], 4, 250)).unwrap_or(4);
    Ipv4Addr::new(10, network, octet("subnet") % 4, octet("host"))
}

/// `(task ID) (task ID)`.
fn tasks_text(ids: &[String]) -> String {
    ids.iter()
        .map(|id| format!("(task {id})"))
        .collect::<Vec<_>>()
        .join(" ")
}
