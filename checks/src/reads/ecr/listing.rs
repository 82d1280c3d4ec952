//! What a repository holds, the newest first.

use std::collections::HashSet;
use std::sync::Arc;

use super::Repository;
use super::images::{DESCRIBE, ImageDetail};
use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::ecs::same_token;
use crate::reads::error::failed;

/// AWS's largest page of ecr:DescribeImages.
const PAGE: i32 = 1000;

/// ECR lists in no order that is documented, so the newest images are known only once all are
/// listed; of a repository with more pages than this they stay unknown.
const MOST_PAGES: usize = 10;

impl Reads {
    /// Every image of a repository, the one that was pushed last first. Indexes, the platform
    /// images in them and attestations are each listed for themselves.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails, and where the repository has more than 10 000
    /// images.
    pub async fn images_of(
        &self,
        repository: &Repository,
    ) -> Result<Seen<Arc<Vec<ImageDetail>>>, Unobserved> {
        self.round
            .images_of
            .once(repository.clone(), || {
                Box::pin(self.list_images(repository))
            })
            .await
    }

    async fn list_images(
        &self,
        repository: &Repository,
    ) -> Result<Seen<Arc<Vec<ImageDetail>>>, Unobserved> {
        let clients = self.connections.clients(Some(&repository.region)).await?;
        let mut images: Vec<ImageDetail> = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let call = clients
                .ecr
                .describe_images()
                .registry_id(&repository.account)
                .repository_name(&repository.name)
                .max_results(PAGE)
                .set_next_token(token.clone());
            let output = self
                .within_budget(Bucket::EcrImages, &clients.region, || call.send())
                .await
                .map_err(|error| failed(error, DESCRIBE, &repository.to_string()))?;
            images.extend(output.image_details().iter().map(ImageDetail::from));
            let next = output.next_token().map(str::to_owned);
            if next.is_some() && next == token {
                return Err(same_token(DESCRIBE));
            }
            token = next;
            if token.is_none() {
                let mut known = HashSet::new();
                images.retain(|image| known.insert(image.digest.clone()));
                images.sort_by_key(|image| std::cmp::Reverse(image.pushed_at));
                return Ok(self.seen(DESCRIBE, repository.to_string(), None, Arc::new(images)));
            }
        }
        Err(Unobserved::lasting(format!(
            "{DESCRIBE} on {repository} did not come to an end after {MOST_PAGES} pages of {PAGE} images"
        ))
        .hint("A lifecycle policy that expires old images keeps repositories small."))
    }
}
