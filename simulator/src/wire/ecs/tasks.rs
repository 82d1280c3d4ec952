//! ListTasks, DescribeTasks and StopTask.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, output, paged},
    Failure, need_cluster, need_service, page_size,
    task_shape::TaskShape,
};
use crate::{
    time::after,
    world::{World, task::Task},
};

/// "At least one hour": here, exactly one.
const VISIBLE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    cluster: Option<String>,
    container_instance: Option<String>,
    family: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
    started_by: Option<String>,
    service_name: Option<String>,
    desired_status: Option<String>,
    launch_type: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct StopInput {
    cluster: Option<String>,
    task: String,
    reason: Option<String>,
}

pub(super) fn list(world: &World, asked: &List) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    asked.need_sense()?;
    let service = match &asked.service_name {
        Some(name) => Some(need_service(world, name)?),
        None => None,
    };
    let matches = |task: &&Task| asked.matches(world, task, service);
    let tasks = world.tasks.iter().filter(matches);
    let mut arns: Vec<String> = tasks.map(|task| world.task_arn(&task.id)).collect();
    arns.sort();
    let size = page_size(asked.max_results, 100)?;
    let (arns, token) = paged(arns, asked.next_token.as_deref(), size)?;
    let mut listed = json!({ "taskArns": arns });
    if let Some(token) = token {
        listed["nextToken"] = token.into();
    }
    Ok(listed)
}

impl List {
    /// It is the *desired* status that counts: a task that drains is STOPPED here while it still runs.
    fn desired(&self) -> &str {
        self.desired_status.as_deref().unwrap_or("RUNNING")
    }

    fn need_sense(&self) -> Result<(), ApiError> {
        let others = [
            &self.family,
            &self.service_name,
            &self.container_instance,
            &self.desired_status,
        ];
        if self.started_by.is_some() && others.iter().any(|filter| filter.is_some()) {
            return Err(ApiError::invalid_parameter(
                "cannot combine startedBy with any other filters",
            ));
        }
        match self.desired() {
            "RUNNING" | "PENDING" | "STOPPED" => Ok(()),
            other => Err(ApiError::invalid_parameter(format!(
                "Unknown desired status {other}."
            ))),
        }
    }

    fn matches(&self, world: &World, task: &Task, service: Option<usize>) -> bool {
        let status = if task.is_wanted() {
            "RUNNING"
        } else {
            "STOPPED"
        };
        let started_by = world.services[task.service].deployments[task.deployment].id();
        is_visible(world, task)
            && self.desired() == status
            && service.is_none_or(|service| task.service == service)
            && self
                .family
                .as_ref()
                .is_none_or(|family| task.definition.family == *family)
            && self.started_by.as_ref().is_none_or(|by| started_by == *by)
            && self
                .launch_type
                .as_ref()
                .is_none_or(|launch_type| launch_type == "FARGATE")
            && self.container_instance.is_none()
    }
}

/// A stopped task is forgotten after an hour.
fn is_visible(world: &World, task: &Task) -> bool {
    task.stop
        .as_ref()
        .is_none_or(|stop| after(stop.stopped, VISIBLE) > world.now)
}

/// A task by id or ARN, unless it is forgotten, or is not found for now.
fn find(world: &World, name: &str) -> Option<usize> {
    let id = name.rsplit('/').next().unwrap_or(name);
    let named = |task: &Task| task.id == id && (name == id || world.task_arn(id) == name);
    let found = |task: &Task| task.missing.is_none_or(|missing| !missing.has(world.now));
    world
        .tasks
        .iter()
        .position(|task| named(task) && is_visible(world, task) && found(task))
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    if asked.tasks.is_empty() {
        return Err(ApiError::invalid_parameter("Tasks cannot be empty."));
    }
    if asked.tasks.len() > 100 {
        return Err(ApiError::invalid_parameter(
            "Number of tasks cannot exceed 100.",
        ));
    }
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for name in &asked.tasks {
        match find(world, name) {
            Some(found) => tasks.push(output(&TaskShape::of(world, &world.tasks[found]))?),
            None if name.starts_with("arn:") => failures.push(Failure::missing(name.clone())),
            None => failures.push(Failure::missing(world.task_arn(name))),
        }
    }
    Ok(json!({ "tasks": tasks, "failures": failures }))
}

pub(super) fn stop(world: &mut World, asked: &StopInput) -> Result<Value, ApiError> {
    need_cluster(world, asked.cluster.as_deref())?;
    let missing = || ApiError::invalid_parameter("The referenced task was not found.");
    let task = find(world, &asked.task).ok_or_else(missing)?;
    if world.tasks[task].is_wanted() {
        world.stop_task(task, asked.reason.clone());
    }
    Ok(json!({ "task": output(&TaskShape::of(world, &world.tasks[task]))? }))
}
