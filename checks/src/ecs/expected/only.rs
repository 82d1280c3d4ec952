//! The only container of a deployment's tasks, as its service revision tells it.
//!
//! Task definitions are described one a call, of which the budget lets through ten a second, and
//! service revisions twenty a call. A revision doesn't tell which containers are essential; but one
//! must be, so that the only one is.

use crate::contract::Target;
use crate::ecs::pinned;
use crate::reads::{ContainerDefinition, Reads, Task};

/// The container that every task of the judged deployment has, where it has no other. None where
/// so few services are looked at that their task definitions come as soon, unless it was told before:
/// the last services of a fleet are few, too.
pub(super) async fn container(target: &Target, reads: &Reads) -> Option<ContainerDefinition> {
    let is_quicker =
        target.expected_of_only.initialized() || reads.outnumber_task_definitions(target.scope());
    if target.spec.containers.is_some() || !is_quicker {
        return None;
    }
    let revision = pinned(target, reads).await.ok()??;
    let [image] = &revision.value.images[..] else {
        return None;
    };
    // Should a revision not tell of every container, its tasks do.
    let tasks = reads.tasks(target.scope(), &target.service).await.ok()?;
    let deployment = &target.deployment.id;
    let judged = |task: &&Task| task.started_by == *deployment;
    let mut judged = tasks.value.iter().filter(judged);
    let alone = judged.all(|task| task.containers.len() == 1);
    alone.then(|| ContainerDefinition {
        name: image.container.clone(),
        image: image.image.clone(),
        essential: true,
        ..ContainerDefinition::default()
    })
}
