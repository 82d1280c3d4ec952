//! ListClusters and DescribeClusters.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, Failure};
use crate::world::World;

#[derive(Deserialize)]
pub(super) struct List {}

#[derive(Deserialize)]
pub(super) struct Describe {
    clusters: Option<Vec<String>>,
}

pub(super) fn list(world: &World, _asked: &List) -> Result<Value, ApiError> {
    let arns = if world.has_cluster() {
        vec![world.cluster_arn()]
    } else {
        Vec::new()
    };
    Ok(json!({ "clusterArns": arns }))
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    let default = vec!["default".to_owned()];
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for name in asked.clusters.as_ref().unwrap_or(&default) {
        if super::is_cluster(world, Some(name)) {
            clusters.push(cluster(world));
        } else if name.starts_with("arn:") {
            failures.push(Failure::missing(name.clone()));
        } else {
            let document = &world.document;
            let arn = format!(
                "arn:aws:ecs:{}:{}:cluster/{name}",
                document.region, document.account
            );
            failures.push(Failure::missing(arn));
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}

fn cluster(world: &World) -> Value {
    json!({
        "clusterArn": world.cluster_arn(),
        "clusterName": world.document.cluster,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": world.tasks.iter().filter(|task| task.counts_as_running(world.now)).count(),
        "pendingTasksCount": world.tasks.iter().filter(|task| task.counts_as_pending(world.now)).count(),
        "activeServicesCount": world.services.len(),
        "statistics": [],
        "tags": [],
        "settings": [],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    })
}
