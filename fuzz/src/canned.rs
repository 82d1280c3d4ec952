//! A web of one page, whatever is asked.

use std::future::Future;
use std::pin::Pin;

use touchdown::checks::reads::{Fetch, FetchError, Page, PageRequest};

pub(crate) struct Canned(pub Page);

impl Fetch for Canned {
    fn fetch(
        &self,
        _: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}
