//! Listings: page after page until there is no further one.

use std::collections::HashSet;
use std::hash::Hash;

use futures_util::future::BoxFuture;

use crate::contract::Unobserved;

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

/// Everything that `page` lists, each entry once: what changes while it is listed may be on two
/// pages.
pub(super) async fn all_pages<'p, T: Clone + Eq + Hash>(
    call: &str,
    page: impl Fn(Option<String>) -> BoxFuture<'p, Result<Page<T>, Unobserved>>,
) -> Result<Vec<T>, Unobserved> {
    let listed = pages(call, MOST_PAGES, page).await?;
    listed.map(|(items, _)| items).ok_or_else(|| {
        Unobserved::for_now(format!(
            "{call} did not come to an end after {MOST_PAGES} pages"
        ))
        .hint("This is a fault of AWS's side, or no AWS endpoint; a later look may succeed.")
    })
}

/// The same, and how many pages there were; none where there are more than `most`.
pub(super) async fn pages<'p, T: Clone + Eq + Hash>(
    call: &str,
    most: usize,
    page: impl Fn(Option<String>) -> BoxFuture<'p, Result<Page<T>, Unobserved>>,
) -> Result<Option<(Vec<T>, usize)>, Unobserved> {
    let mut items = Vec::new();
    let mut known = HashSet::new();
    let mut token = None;
    for number in 1..=most {
        let listed = page(token.clone()).await?;
        let new = listed.items.into_iter();
        items.extend(new.filter(|item| known.insert(item.clone())));
        if listed.next.is_none() {
            return Ok(Some((items, number)));
        }
        if listed.next == token {
            return Err(same_token(call));
        }
        token = listed.next;
    }
    Ok(None)
}

/// A listing that begins anew where it should go on would never end.
pub(in crate::reads) fn same_token(call: &str) -> Unobserved {
    Unobserved::for_now(format!(
        "{call} gave the same token twice, so its listing does not come to an end"
    ))
    .hint("This is a fault of AWS's side, or no AWS endpoint; a later look may succeed.")
}
