//! Listings: page after page until there is no further one.

use futures_util::future::BoxFuture;

use crate::contract::Unobserved;
use crate::reads::Reads;
use crate::reads::budget::Bucket;

/// One page of a listing.
pub(super) struct Page<T = String> {
    /// What it lists: ARNs, for the most part.
    pub items: Vec<T>,
    /// Where the next page begins; none on the last one.
    pub next: Option<String>,
}

/// A listing never asks for more pages than this, of 100 entries each: an account has at most
/// 10 000 clusters, and a cluster 5 000 services.
const MOST_PAGES: usize = 100;

impl Reads {
    /// Everything that `page` lists, each page taken out of the budget.
    pub(super) async fn all_pages<'p, T>(
        &self,
        call: &str,
        bucket: Bucket,
        region: &str,
        page: impl Fn(Option<String>) -> BoxFuture<'p, Result<Page<T>, Unobserved>>,
    ) -> Result<Vec<T>, Unobserved> {
        let mut items = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            self.connections.afford(bucket, region).await;
            let listed = page(token).await?;
            items.extend(listed.items);
            token = listed.next;
            if token.is_none() {
                return Ok(items);
            }
        }
        Err(Unobserved::for_now(format!(
            "{call} did not come to an end after {MOST_PAGES} pages"
        )))
    }
}
