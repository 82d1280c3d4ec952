//! What happened before the start, what will, and what can be made to happen.

use jiff::Timestamp;
use serde::Deserialize;

use super::Reference;

/// Something that happened, or will.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub at: Timestamp,
    pub push: Option<Push>,
    pub create_service: Option<CreateService>,
    pub update_service: Option<UpdateService>,
    pub stop_tasks: Option<StopTasks>,
    pub interrupt_tasks: Option<InterruptTasks>,
    pub delete_image: Option<DeleteImage>,
    pub allow_secret: Option<AllowSecret>,
    pub set_capacity: Option<SetCapacity>,
    pub continue_deployment: Option<ContinueDeployment>,
}

/// Something that can be made to happen while the simulator runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    pub about: String,
    /// The same with the AWS command line, for the user to copy; `--endpoint-url` is added.
    #[serde(default)]
    pub commands: Vec<String>,
    pub steps: Vec<Step>,
}

/// One step of an action: exactly one of its fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub(crate) push: Option<Push>,
    pub(crate) create_service: Option<CreateService>,
    pub(crate) update_service: Option<UpdateService>,
    pub(crate) stop_tasks: Option<StopTasks>,
    pub(crate) interrupt_tasks: Option<InterruptTasks>,
    pub(crate) delete_image: Option<DeleteImage>,
    pub(crate) allow_secret: Option<AllowSecret>,
    pub(crate) set_capacity: Option<SetCapacity>,
    pub(crate) continue_deployment: Option<ContinueDeployment>,
}

/// An image is pushed under one or more tags; a tag moves away from the image that had it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    pub image: Reference,
    pub tags: Vec<String>,
}

/// A declared service is created, which deploys it for the first time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateService {
    pub service: Reference,
    pub task_definition: Reference,
    /// Facts of its first tasks, in order; what is not said is derived.
    #[serde(default)]
    pub tasks: Vec<TaskFacts>,
}

/// `aws ecs update-service`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateService {
    pub service: Reference,
    pub task_definition: Option<Reference>,
    #[serde(default)]
    pub force_new_deployment: bool,
    pub desired: Option<u32>,
    #[serde(default)]
    pub tasks: Vec<TaskFacts>,
}

/// `aws ecs stop-task` for every running task of a service, or so many of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StopTasks {
    pub service: Reference,
    pub at_most: Option<usize>,
    pub reason: Option<String>,
}

/// AWS takes the Spot capacity back from every running task of a service, or so many of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InterruptTasks {
    pub service: Reference,
    pub at_most: Option<usize>,
}

/// `aws ecr batch-delete-image` by digest, or what a lifecycle policy does: the image and its tags go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteImage {
    pub image: Reference,
}

/// The execution role may read a secret from now on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowSecret {
    pub secret: Reference,
}

/// Whether there is room for another task.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetCapacity {
    pub available: bool,
}

/// A deployment that waits at a stage goes on: `aws ecs continue-service-deployment`, and the like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContinueDeployment {
    pub service: Reference,
}

/// What is known of a task of a real incident.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskFacts {
    pub id: Option<String>,
    pub started_at: Option<Timestamp>,
    /// While DescribeTasks does not find it, though ListTasks does.
    pub missing: Option<Window>,
}

/// From one instant until before another.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Window {
    pub fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl Event {
    /// The event without its time.
    pub fn step(&self) -> Step {
        Step {
            push: self.push.clone(),
            create_service: self.create_service.clone(),
            update_service: self.update_service.clone(),
            stop_tasks: self.stop_tasks.clone(),
            interrupt_tasks: self.interrupt_tasks.clone(),
            delete_image: self.delete_image.clone(),
            allow_secret: self.allow_secret.clone(),
            set_capacity: self.set_capacity,
            continue_deployment: self.continue_deployment.clone(),
        }
    }
}
