//! How tasks end that nobody told to: their containers end, their health checks fail, they never start.

use std::sync::Arc;

use super::{World, queue::Due, target::Target, task_definition::TaskDefinition, vitals::Vitals};
use crate::{identity, time::after_ms};

/// Why a task did not start.
pub(super) struct StartFailure {
    /// `stoppedReason`.
    pub task: String,
    /// The position of the container concerned, and its `reason`.
    pub container: Option<(usize, String)>,
}

impl StartFailure {
    /// A cause that concerns no single container.
    pub(super) fn of_task(text: String) -> Self {
        Self {
            task: text,
            container: None,
        }
    }
}

impl World {
    /// With its images pulled, a task's course is known: whether it will be healthy, and what ends it.
    pub(super) fn foresee(&mut self, position: usize) {
        let document = Arc::clone(&self.document);
        let task = &mut self.tasks[position];
        let definition: Arc<TaskDefinition> = Arc::clone(&task.definition);
        let started = task.life.started;
        let images: Vec<_> = task
            .pulled
            .iter()
            .map(|pulled| document.images.get(pulled.image.as_ref()?))
            .collect();
        task.vitals = definition
            .containers
            .iter()
            .zip(&images)
            .map(|(container, image)| {
                Vitals::of(&task.id, (&definition, container), *image, started)
            })
            .collect();
        let declared = document.services.get(&self.services[task.service].key);
        task.target = declared.and_then(|declared| Target::of(task, declared, &images));
        task.life
            .foresee(&task.id, &definition, &task.vitals, task.target.as_ref());
        self.await_course(position);
    }

    /// Enters what is foreseen into the queue.
    fn await_course(&mut self, position: usize) {
        let task = &self.tasks[position];
        let mut dues = vec![(task.life.steady, Due::Steady(position))];
        for (container, vitals) in task.vitals.iter().enumerate() {
            dues.extend(
                vitals
                    .end
                    .as_ref()
                    .map(|end| (end.at, Due::ContainerEnds(position, container))),
            );
            let essential = task.definition.containers[container].essential;
            let unhealthy = vitals.unhealthy.filter(|_| essential);
            dues.extend(unhealthy.map(|at| (at, Due::Unhealthy(position))));
        }
        if let Some(target) = &task.target {
            dues.push((target.registered, Due::Registers(position)));
            let given_up = target.given_up;
            dues.extend(given_up.map(|at| (at, Due::GivenUp(position))));
        }
        for (at, due) in dues {
            self.queue.push(at, due);
        }
    }

    /// A container has ended by itself. With an essential one, the task ends; what is ending already only
    /// ends sooner.
    pub(super) fn container_ends(&mut self, position: usize, container: usize) {
        let task = &mut self.tasks[position];
        if !task.definition.containers[container].essential || task.containers_ended(self.now) {
            return;
        }
        if !task.is_wanted() {
            task.end_at_once(self.now, None);
            return;
        }
        let why = "Essential container in task exited".to_owned();
        task.end_at_once(self.now, Some(("EssentialContainerExited", why)));
        self.await_end(position);
        self.replace_failed(position);
    }

    /// The container health check of a task has failed too often.
    pub(super) fn container_unhealthy(&mut self, position: usize) {
        if !self.tasks[position].is_wanted() {
            return;
        }
        let task = &self.tasks[position];
        let text = format!("(task {}) failed container health checks.", task.id);
        let service = task.service;
        self.services[service].tell(self.now, &text);
        let why = "Task failed container health checks".to_owned();
        self.tell_to_stop(position, ("ServiceSchedulerInitiated", why));
        self.replace_failed(position);
    }

    /// The load balancer's health checks of a task have failed too often, and its grace period is over.
    pub(super) fn give_up(&mut self, position: usize) {
        let task = &self.tasks[position];
        let service = task.service;
        let balancer = self.load_balancer(&self.services[service]);
        let unhealthy = task.target.as_ref().and_then(|target| target.unhealthy);
        let group = self.group_of_deployment(service, task.deployment);
        let (Some(balancer), Some(group), Some((_, reason))) = (balancer, group, unhealthy) else {
            return;
        };
        if !task.is_wanted() {
            return;
        }
        let group = format!("(target-group {})", self.target_group_arn(group));
        let text = format!(
            "(task {}) (port {}) is unhealthy in {group} due to (reason {reason}).",
            task.id, balancer.port
        );
        self.services[service].tell(self.now, &text);
        let why = format!("Task failed ELB health checks in {group}");
        self.tell_to_stop(position, ("ServiceSchedulerInitiated", why));
        self.replace_failed(position);
    }

    /// A task that could not be started ends, and another is tried, later each time.
    pub(super) fn fail_to_start(&mut self, position: usize, why: StartFailure) {
        self.tell_to_stop(position, ("TaskFailedToStart", why.task));
        if let Some(stop) = &mut self.tasks[position].stop {
            stop.container_reason = why.container;
        }
        let failed = self.count_failure(position);
        self.replace_after(position, 10_000_u64.saturating_mul(1 << failed.min(5)));
    }

    /// A task that ran and failed is replaced as promptly as one that was stopped, until that has helped
    /// too often.
    fn replace_failed(&mut self, position: usize) {
        match self.count_failure(position).checked_sub(4) {
            None => self.replace(position),
            Some(more) => self.replace_after(position, 15_000_u64.saturating_mul(2 << more.min(3))),
        }
    }

    /// A task that is gone will be replaced.
    pub(super) fn replace(&mut self, position: usize) {
        let id = &self.tasks[position].id;
        let wait = identity::between(&[id, "replace"], 6_000, 14_000);
        self.replace_after(position, wait);
    }

    fn replace_after(&mut self, position: usize, wait_ms: u64) {
        let service = self.tasks[position].service;
        let seen = after_ms(self.now, wait_ms);
        let state = &mut self.services[service];
        state.steady = false;
        state.launches_from = state.launches_from.max(seen);
        self.queue.push(seen, Due::Reconcile(service));
    }

    /// A task that ends before it was steady counts against its deployment, until that is completed or a
    /// newer one has taken its place.
    fn count_failure(&mut self, position: usize) -> u32 {
        let task = &self.tasks[position];
        let (service, deployment) = (task.service, task.deployment);
        let was_steady = task.life.steady <= self.now;
        let state = &mut self.services[service];
        let is_old = deployment != state.primary();
        let failing = &mut state.deployments[deployment];
        if was_steady || is_old || failing.completed_at.is_some() {
            return failing.failed_tasks;
        }
        failing.failed_tasks += 1;
        let failed = failing.failed_tasks;
        if failed.is_multiple_of(3) {
            state.tell_once(
                self.now,
                "is unable to consistently start tasks successfully.",
            );
        }
        self.watch_failures(service, deployment);
        failed
    }

    /// A steady task ends the count of those that were not, and lets the scheduler go on.
    pub(super) fn task_steady(&mut self, position: usize) {
        let task = &self.tasks[position];
        let (service, deployment) = (task.service, task.deployment);
        if task.is_wanted() {
            let deployment = &mut self.services[service].deployments[deployment];
            deployment.has_run = true;
            if deployment.failed_at.is_none() {
                deployment.failed_tasks = 0;
            }
        }
        self.reconcile(service);
    }
}
