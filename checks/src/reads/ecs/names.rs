//! The names that exist: clusters, and the services of a cluster.

use futures_util::FutureExt;

use crate::contract::Unobserved;
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

use super::Scope;
use super::listing::{Page, all_pages};

impl Reads {
    /// The ARNs of the region's clusters.
    ///
    /// # Errors
    /// [`Unobserved`] where ecs:ListClusters fails.
    pub async fn clusters(&self, region: Option<&str>) -> Result<Vec<String>, Unobserved> {
        self.round
            .clusters
            .once(region.map(str::to_owned), || {
                Box::pin(self.list_clusters(region))
            })
            .await
    }

    /// The ARNs of a cluster's services.
    ///
    /// # Errors
    /// [`Unobserved`] where ecs:ListServices fails.
    pub async fn services_of(&self, scope: &Scope) -> Result<Vec<String>, Unobserved> {
        self.round
            .services_of
            .once(scope.clone(), || Box::pin(self.list_services(scope)))
            .await
    }

    async fn list_clusters(&self, region: Option<&str>) -> Result<Vec<String>, Unobserved> {
        const CALL: &str = "ecs:ListClusters";
        let clients = &self.connections.clients(region).await?;
        let page = |token| {
            async move {
                let listing = clients.ecs.list_clusters().max_results(100);
                let listing = listing.set_next_token(token);
                let (bucket, region) = (Bucket::EcsServices, &clients.region);
                let sent = self.within_budget(bucket, region, || listing.send()).await;
                let page = sent.map_err(|error| failed(error, CALL, &clients.region))?;
                Ok(Page {
                    items: page.cluster_arns().to_vec(),
                    next: page.next_token().map(str::to_owned),
                })
            }
            .boxed()
        };
        all_pages(CALL, page).await
    }

    async fn list_services(&self, scope: &Scope) -> Result<Vec<String>, Unobserved> {
        const CALL: &str = "ecs:ListServices";
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let page = |token| {
            async move {
                let listing = clients.ecs.list_services().cluster(&scope.cluster);
                let listing = listing.max_results(100).set_next_token(token);
                let (bucket, region) = (Bucket::EcsServices, &clients.region);
                match self.within_budget(bucket, region, || listing.send()).await {
                    Ok(page) => Ok(Page {
                        items: page.service_arns().to_vec(),
                        next: page.next_token().map(str::to_owned),
                    }),
                    Err(error) => {
                        let failed = failed(error, CALL, &scope.cluster);
                        Err(self.explained(failed, scope).await)
                    }
                }
            }
            .boxed()
        };
        all_pages(CALL, page).await
    }
}
