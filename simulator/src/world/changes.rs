//! What people and pipelines do to the account: push, create, update, stop.

use std::sync::Arc;

use super::{World, queue::Due, service::Service, shift::Shift, task_definition::TaskDefinition};
use crate::{
    identity,
    scenario::format::{self, Stage, Step, TaskFacts},
    time::after_ms,
};

/// What `UpdateService` asks for.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub task_definition: Option<Arc<TaskDefinition>>,
    pub force_new_deployment: bool,
    pub desired: Option<u32>,
    pub facts: Vec<TaskFacts>,
}

impl World {
    /// Does one step now. The scenario was checked when it was read, so only what depends on the state of
    /// the world can be refused.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Some(push) = &step.push {
            self.push_image(&push.image.value, &push.tags)?;
        }
        if let Some(create) = &step.create_service {
            self.create_service(create)?;
        }
        if let Some(update) = &step.update_service {
            let service = self.service_by_key(&update.service.value)?;
            let task_definition = match &update.task_definition {
                Some(name) => Some(self.declared_task_definition(&name.value)?),
                None => None,
            };
            let force_new_deployment = update.force_new_deployment;
            let facts = update.tasks.clone();
            self.update_service(
                service,
                Change {
                    task_definition,
                    force_new_deployment,
                    desired: update.desired,
                    facts,
                },
            );
        }
        if let Some(stop) = &step.stop_tasks {
            let service = self.service_by_key(&stop.service.value)?;
            for task in self.wanted_tasks(service, stop.at_most) {
                self.stop_task(task, stop.reason.clone());
            }
        }
        self.step_of_aws(step)
    }

    /// What AWS does, or an administrator of the account.
    fn step_of_aws(&mut self, step: &Step) -> Result<(), String> {
        if let Some(interrupt) = &step.interrupt_tasks {
            let service = self.service_by_key(&interrupt.service.value)?;
            for task in self.wanted_tasks(service, interrupt.at_most) {
                let why = "Your Spot Task was interrupted.".to_owned();
                self.tell_to_stop(task, ("SpotInterruption", why));
                self.replace(task);
            }
        }
        if let Some(delete) = &step.delete_image {
            self.delete_image(&delete.image.value)?;
        }
        if let Some(allow) = &step.allow_secret {
            self.unreadable.remove(&allow.secret.value);
        }
        if let Some(waiting) = &step.continue_deployment {
            let service = self.service_by_key(&waiting.service.value)?;
            self.continue_deployment(service)?;
        }
        if let Some(capacity) = step.set_capacity {
            self.has_capacity = capacity.available;
        }
        Ok(())
    }

    /// The positions of a service's tasks that are to run, the oldest first; so many of them where that is
    /// said.
    fn wanted_tasks(&self, service: usize, at_most: Option<usize>) -> Vec<usize> {
        let wanted =
            |(_, task): &(usize, &super::Task)| task.service == service && task.is_wanted();
        self.tasks
            .iter()
            .enumerate()
            .filter(wanted)
            .map(|(position, _)| position)
            .take(at_most.unwrap_or(usize::MAX))
            .collect()
    }

    fn delete_image(&mut self, name: &str) -> Result<(), String> {
        let missing = || format!("there is no image {name}");
        let described = self.document.images.get(name).ok_or_else(missing)?;
        let repository = self.repositories.get_mut(&described.repository.value);
        repository.ok_or_else(missing)?.delete(name);
        Ok(())
    }

    fn push_image(&mut self, name: &str, tags: &[String]) -> Result<(), String> {
        let described = self
            .document
            .images
            .get(name)
            .ok_or_else(|| format!("there is no image {name}"))?;
        let built = self
            .images
            .get(name)
            .ok_or_else(|| format!("there is no image {name}"))?;
        let repository = &described.repository.value;
        let repository = self
            .repositories
            .get_mut(repository)
            .ok_or_else(|| format!("there is no repository {repository}"))?;
        repository.push(name, built, tags, self.now)
    }

    fn service_by_key(&self, key: &str) -> Result<usize, String> {
        let position = self.services.iter().position(|service| service.key == key);
        position.ok_or_else(|| format!("the service {key} has not been created yet"))
    }

    /// A task definition of the scenario, which is registered now if it is not yet.
    fn declared_task_definition(&mut self, name: &str) -> Result<Arc<TaskDefinition>, String> {
        let document = Arc::clone(&self.document);
        if let Some(registered) = self.task_definition(name) {
            return Ok(Arc::clone(registered));
        }
        let described = document
            .task_definitions
            .get(name)
            .ok_or_else(|| format!("there is no task definition {name}"))?;
        let registered = TaskDefinition::declared(name, described, self.now, &document);
        let registered = Arc::new(registered);
        self.task_definitions
            .retain(|definition| definition.name() != name);
        self.task_definitions.push(Arc::clone(&registered));
        Ok(registered)
    }

    fn create_service(&mut self, create: &format::CreateService) -> Result<(), String> {
        let key = &create.service.value;
        let document = Arc::clone(&self.document);
        let declared = document
            .services
            .get(key)
            .ok_or_else(|| format!("there is no service {key}"))?;
        if self.service_by_key(key).is_ok() {
            return Err(format!("the service {key} exists already"));
        }
        let definition = self.declared_task_definition(&create.task_definition.value)?;
        self.services.push(Service {
            key: key.clone(),
            name: declared.name.clone(),
            lot: self.lot.clone(),
            created_at: declared.created_at.unwrap_or(self.now),
            desired: declared.desired,
            deployments: Vec::new(),
            events: Vec::new(),
            steady: false,
            launches_from: self.now,
            launched: 0,
            tasks: Vec::new(),
        });
        self.deploy(self.services.len() - 1, definition, create.tasks.clone());
        Ok(())
    }

    /// `UpdateService`: a new deployment if one is forced or the task definition changes; otherwise only
    /// the count changes.
    pub(crate) fn update_service(&mut self, service: usize, change: Change) {
        let state = &mut self.services[service];
        if let Some(desired) = change.desired {
            state.desired = desired;
            let primary = state.primary();
            state.deployments[primary].updated_at = self.now;
        }
        let current = Arc::clone(&state.deployments[state.primary()].definition);
        let definition = change
            .task_definition
            .unwrap_or_else(|| Arc::clone(&current));
        if change.force_new_deployment || definition.name() != current.name() {
            self.deploy(service, definition, change.facts);
        } else {
            self.queue
                .push(after_ms(self.now, 2_000), Due::Reconcile(service));
        }
    }

    fn deploy(&mut self, service: usize, definition: Arc<TaskDefinition>, facts: Vec<TaskFacts>) {
        let state = &mut self.services[service];
        state.deploy(self.now, definition, facts);
        let number = &state.deployments[state.primary()].number;
        let launch = after_ms(
            self.now,
            identity::between(&[number, "first launch"], 3_000, 8_000),
        );
        state.launches_from = launch;
        let deployment = state.primary();
        let declared = self.document.services.get(&state.key);
        if deployment > 0 && declared.is_some_and(format::Service::shifts) {
            state.deployments[deployment].shift = Some(Shift::new(self.now));
            let from = Stage::PreScaleUp;
            self.queue.push(
                launch,
                Due::NextStage {
                    service,
                    deployment,
                    from,
                },
            );
        }
        self.queue.push(launch, Due::Reconcile(service));
    }

    /// `StopTask`: the scheduler will start another in its place, in the same deployment.
    pub(crate) fn stop_task(&mut self, task: usize, reason: Option<String>) {
        let reason = reason.unwrap_or_else(|| "Task stopped by user".to_owned());
        self.tell_to_stop(task, ("UserInitiated", reason));
        self.replace(task);
    }
}
