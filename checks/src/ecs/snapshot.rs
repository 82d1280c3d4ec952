//! What a service runs now, as a baseline to compare with after a deploy.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::picture::Picture;
use super::rows::short;
use crate::contract::{Baseline, BaselineImage, Target, TargetSpec, Unobserved};
use crate::reads::{ContainerDefinition, Reads, Task, TaskDefinition};

/// A baseline, and what it could not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What runs.
    pub baseline: Baseline,
    /// What is not known of it, a sentence each.
    pub gaps: Vec<String>,
}

/// Looks at the service of `spec`, and records what it runs: five calls, and two more where
/// its names are globs.
///
/// # Errors
/// [`Unobserved`] where any of the calls fails: a baseline is never made of a part of them.
pub async fn snapshot(spec: &TargetSpec, reads: &Reads) -> Result<Snapshot, Unobserved> {
    let target = Box::pin(super::find(spec, &[], reads)).await?;
    let (picture, definition) = futures_util::try_join!(
        Box::pin(Picture::observe(&target, reads)),
        reads.task_definition(&target.region, &target.deployment.task_definition),
    )?;
    Ok(taken(
        &target,
        &picture,
        &definition.value,
        reads.clock().now(),
    ))
}

fn taken(
    target: &Target,
    picture: &Picture,
    definition: &TaskDefinition,
    at: Timestamp,
) -> Snapshot {
    let running: Vec<&Task> = picture
        .tasks
        .value
        .iter()
        .filter(|task| task.runs())
        .collect();
    let mut gaps: Vec<String> = beside(target, picture).into_iter().collect();
    let deployed: Vec<&Task> = picture.judged(target).filter(|task| task.runs()).collect();
    // Until the first task of a new deployment runs, those of the one before are what runs.
    let telling = if deployed.is_empty() {
        &running
    } else {
        &deployed
    };
    let mut images = BTreeMap::new();
    for container in definition.containers.iter().filter(|c| c.essential) {
        let digest = digest(container, telling)
            .map_err(|gap| gaps.push(gap))
            .ok();
        let image = container.image.clone();
        images.insert(container.name.clone(), BaselineImage { image, digest });
    }
    let baseline = Baseline {
        version: Baseline::VERSION,
        taken_at: at,
        cluster: target.cluster.clone(),
        service: target.service_arn.clone(),
        deployment: target.deployment.id.clone(),
        task_definition: target.deployment.task_definition.clone(),
        tasks: running.iter().map(|task| task.id.clone()).collect(),
        images,
    };
    Snapshot { baseline, gaps }
}

/// The one digest that runs in a container, or why there is none to record.
fn digest(container: &ContainerDefinition, tasks: &[&Task]) -> Result<String, String> {
    let name = &container.name;
    let told = tasks
        .iter()
        .filter_map(|task| task.container(name)?.digest.clone());
    let told: BTreeSet<String> = told.collect();
    let mut distinct = told.iter();
    match (distinct.next(), distinct.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) if tasks.is_empty() => Err(format!(
            "the digest of `{name}` is not recorded: no task runs"
        )),
        (None, _) => Err(format!(
            "the digest of `{name}` is not recorded: no running task reports one"
        )),
        (Some(one), Some(other)) => Err(format!(
            "the digest of `{name}` is not recorded: its tasks run {} of them, such as {} and {}",
            told.len(),
            short(one),
            short(other)
        )),
    }
}

/// Tasks of other deployments that run too: what the service ran was not one thing.
fn beside(target: &Target, picture: &Picture) -> Option<String> {
    let old = picture.old(target).count();
    (old > 0).then(|| {
        format!(
            "a deployment is under way: {old} of the running tasks are not of {} ({})",
            target.deployment.id,
            target.deployment.revision()
        )
    })
}

#[cfg(test)]
mod tests;
