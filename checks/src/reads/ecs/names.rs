//! The names that exist: clusters, and the services of a cluster.

use crate::contract::Unobserved;
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

use super::Scope;

/// A listing never asks for more pages than this; an account has at most 10 000 clusters,
/// and a cluster 5 000 services.
const MOST_PAGES: usize = 100;

impl Reads {
    /// The ARNs of the region's clusters.
    ///
    /// # Errors
    /// [`Unobserved`] where ecs:ListClusters fails.
    pub async fn clusters(&self, region: Option<&str>) -> Result<Vec<String>, Unobserved> {
        self.round
            .clusters
            .once(
                region.map(str::to_owned),
                Box::pin(self.list_clusters(region)),
            )
            .await
    }

    /// The ARNs of a cluster's services.
    ///
    /// # Errors
    /// [`Unobserved`] where ecs:ListServices fails.
    pub async fn services_of(&self, scope: &Scope) -> Result<Vec<String>, Unobserved> {
        self.round
            .services_of
            .once(scope.clone(), Box::pin(self.list_services(scope)))
            .await
    }

    async fn list_clusters(&self, region: Option<&str>) -> Result<Vec<String>, Unobserved> {
        const CALL: &str = "ecs:ListClusters";
        let clients = self.connections.clients(region).await?;
        let mut arns = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            self.connections
                .afford(Bucket::EcsServices, &clients.region)
                .await;
            let page = clients
                .ecs
                .list_clusters()
                .max_results(100)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| failed(error, CALL, &clients.region))?;
            arns.extend(page.cluster_arns().iter().cloned());
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(arns);
            }
        }
        Err(endless(CALL))
    }

    async fn list_services(&self, scope: &Scope) -> Result<Vec<String>, Unobserved> {
        const CALL: &str = "ecs:ListServices";
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let mut arns = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            self.connections
                .afford(Bucket::EcsServices, &clients.region)
                .await;
            let page = clients
                .ecs
                .list_services()
                .cluster(&scope.cluster)
                .max_results(100)
                .set_next_token(token)
                .send()
                .await;
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    return Err(self
                        .explained(failed(error, CALL, &scope.cluster), scope)
                        .await);
                }
            };
            arns.extend(page.service_arns().iter().cloned());
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(arns);
            }
        }
        Err(endless(CALL))
    }
}

/// A listing that doesn't end is no answer.
pub(in crate::reads) fn endless(call: &str) -> Unobserved {
    Unobserved::for_now(format!(
        "{call} did not come to an end after {MOST_PAGES} pages"
    ))
}
