//! The tasks of many services of one cluster, from the cluster's own lists where these are shorter.
//!
//! A service's tasks take two lists, of what should run and of what stopped. The cluster's two lists
//! hold everybody's tasks, a hundred a page, and every task on them must be described once to tell
//! whose it is. So the cluster is listed where its pages are no more than the services asked for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use aws_sdk_ecs::types as sdk;

use super::describe_tasks::LIST;
use super::listing::pages;
use super::{Listed, Scope};
use crate::contract::Unobserved;
use crate::reads::Reads;

/// The tasks of each service of a cluster, by its name.
pub(in crate::reads) type OfCluster = Arc<HashMap<String, Listed>>;

/// What is known of a cluster's lists.
#[derive(Debug, Default)]
pub(in crate::reads) struct ClusterLists {
    /// How many pages they have; where they were not read to their end, one more than was read.
    pages: usize,
    /// Whose each task is, as far as it is a service's: that never changes.
    service_of: HashMap<String, Option<String>>,
}

impl Reads {
    /// The tasks of the cluster by service, listed once a round; none where listing each service
    /// costs less.
    pub(super) async fn tasks_of_cluster(
        &self,
        scope: &Scope,
    ) -> Result<Option<OfCluster>, Unobserved> {
        let services = self.round.services.count(scope);
        let pages = self.cluster_lists(scope, |lists| lists.pages);
        if services < 2 || services < pages {
            return Ok(None);
        }
        let lists = &self.round.cluster_tasks;
        lists
            .once(scope.clone(), || {
                Box::pin(self.list_cluster(scope, services))
            })
            .await
    }

    async fn list_cluster(
        &self,
        scope: &Scope,
        services: usize,
    ) -> Result<Option<OfCluster>, Unobserved> {
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let list = async |status| {
            let page = self.page_of_tasks(clients, scope, None, status);
            // One page of two is the other list's.
            pages(LIST, services - 1, page).await
        };
        let (running, stopped) = futures_util::try_join!(
            list(sdk::DesiredStatus::Running),
            list(sdk::DesiredStatus::Stopped),
        )?;
        let read = running.zip(stopped);
        let pages = read
            .as_ref()
            .map(|((_, running), (_, stopped))| running + stopped);
        let too_many = pages.is_none_or(|pages| pages > services);
        self.cluster_lists(scope, |lists| lists.pages = pages.unwrap_or(services + 1));
        match read {
            Some(((running, _), (stopped, _))) if !too_many => {
                self.by_service(scope, Listed::of(running, stopped)).await
            }
            _ => Ok(None),
        }
    }

    /// Whose each task is. None where one that should run can't be told: it may be anybody's.
    async fn by_service(
        &self,
        scope: &Scope,
        listed: Listed,
    ) -> Result<Option<OfCluster>, Unobserved> {
        let mut known = self.cluster_lists(scope, |lists| std::mem::take(&mut lists.service_of));
        let unknown: Vec<String> = listed
            .all()
            .filter(|arn| !known.contains_key(*arn))
            .cloned()
            .collect();
        for (arn, answer) in unknown.iter().zip(self.described(scope, &unknown).await) {
            if let Some(task) = answer?.value {
                known.insert(arn.clone(), task.service.clone());
            }
        }
        let mut of_cluster: HashMap<String, Listed> = HashMap::new();
        let mut service_of = HashMap::new();
        let mut vanished = false;
        let lists = [(listed.running, true), (listed.stopped, false)];
        for (arns, runs) in lists {
            for arn in arns {
                let Some(service) = known.remove(&arn) else {
                    vanished |= runs;
                    continue;
                };
                service_of.insert(arn.clone(), service.clone());
                let Some(service) = service else { continue };
                let of_service = of_cluster.entry(service).or_default();
                match runs {
                    true => of_service.running.push(arn),
                    false => of_service.stopped.push(arn),
                }
            }
        }
        self.cluster_lists(scope, |lists| lists.service_of = service_of);
        Ok((!vanished).then(|| Arc::new(of_cluster)))
    }

    fn cluster_lists<T>(&self, scope: &Scope, of: impl FnOnce(&mut ClusterLists) -> T) -> T {
        let kept = &self.connections.kept.cluster_lists;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        of(kept.entry(scope.clone()).or_default())
    }
}
