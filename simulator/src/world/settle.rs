//! How a deployment ends: its tasks run or fail, the old ones are gone, and the service is steady.

use jiff::{SignedDuration, Timestamp};

use super::{World, breaker::LINGERS, queue::Due, shift::Shift, task::Task};
use crate::time::after;

/// A steady service says so again after so long.
const REPEATS_AFTER: SignedDuration = SignedDuration::from_hours(6);

impl World {
    /// A deployment that was superseded leaves the list once nothing of it runs.
    pub(super) fn retire_drained(&mut self, service: usize) {
        let now = self.now;
        for deployment in 0..self.services[service].primary() {
            let failed_at = self.services[service].deployments[deployment].failed_at;
            if failed_at.is_some_and(|failed_at| after(failed_at, LINGERS) > now) {
                continue;
            }
            let counts = |task: &Task| task.is_wanted() || task.counts_as_running(now);
            let drained = !self.tasks_of(service, deployment).any(counts);
            let old = &mut self.services[service].deployments[deployment];
            if drained && old.retired_at.is_none() {
                old.retired_at = Some(now);
                old.updated_at = now;
            }
        }
    }

    /// Completes the deployment, and tells a steady state, once nothing is left to do.
    pub(super) fn settle(&mut self, service: usize) {
        let now = self.now;
        let state = &self.services[service];
        let primary = state.primary();
        let steady = self
            .tasks_of(service, primary)
            .filter(|task| task.is_steady(now))
            .count();
        let alone = state.deployments[..primary]
            .iter()
            .all(|old| old.retired_at.is_some());
        let deploying = &state.deployments[primary];
        let unfinished = deploying.failed_at.is_some()
            || deploying.shift.as_ref().is_some_and(Shift::keeps_the_old);
        if state.steady || unfinished || !alone || steady != state.wanted() as usize {
            return;
        }
        let state = &mut self.services[service];
        state.steady = true;
        let deployment = &mut state.deployments[primary];
        if deployment.completed_at.is_none() {
            deployment.completed_at = Some(now);
            deployment.updated_at = now;
            let id = deployment.id();
            state.tell(now, &format!("(deployment {id}) deployment completed."));
        }
        state.tell(now, "has reached a steady state.");
        self.queue.push(
            after(now, REPEATS_AFTER),
            Due::SteadyStill {
                service,
                deployment: primary,
            },
        );
    }

    /// Says again that the service is steady, if nothing has changed since it last did.
    pub(super) fn steady_still(&mut self, service: usize, deployment: usize) {
        let (now, state) = (self.now, &mut self.services[service]);
        let silent_since = state.events.last().map_or(Timestamp::MIN, |event| event.at);
        if state.steady
            && state.primary() == deployment
            && after(silent_since, REPEATS_AFTER) <= now
        {
            state.tell(now, "has reached a steady state.");
            self.queue.push(
                after(now, REPEATS_AFTER),
                Due::SteadyStill {
                    service,
                    deployment,
                },
            );
        }
    }

    pub(super) fn task_registers(&mut self, task: usize) {
        let registered = &self.tasks[task];
        let service = registered.service;
        let Some(target_group) = self.group_of_deployment(service, registered.deployment) else {
            return;
        };
        if registered.is_wanted() {
            let arn = self.target_group_arn(target_group);
            self.services[service].tell(
                self.now,
                &format!("registered 1 targets in (target-group {arn})"),
            );
        }
    }
}
