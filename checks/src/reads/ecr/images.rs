//! Images by tag or digest, and their manifests.

use std::sync::PoisonError;

use aws_sdk_ecr::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::{Manifest, Repository};
use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::coalesce::all_or_each;
use crate::reads::ecs::timestamp;
use crate::reads::error::{failed, lacking};

/// Which image of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ImageId {
    /// The one that carries a tag now.
    Tag(String),
    /// The one of a digest.
    Digest(String),
}

/// An image, as ecr:DescribeImages tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageDetail {
    /// Its digest; of a multi-platform image, the index's.
    pub digest: String,
    /// The tags it carries now.
    pub tags: Vec<String>,
    /// When it was pushed. It belongs to the digest: a tag that is moved doesn't change it.
    pub pushed_at: Option<Timestamp>,
    /// The media type of its config, which tells images from charts and caches; an index has
    /// none.
    pub artifact: Option<String>,
}

pub(super) const DESCRIBE: &str = "ecr:DescribeImages";
const GET: &str = "ecr:BatchGetImage";

impl Reads {
    /// An image; none where the repository has no such image.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails.
    pub async fn image(
        &self,
        repository: &Repository,
        image: ImageId,
    ) -> Result<Seen<Option<ImageDetail>>, Unobserved> {
        let (reads, group) = (self.clone(), repository.clone());
        let call = move |ids: Vec<ImageId>| {
            let (reads, repository) = (reads.clone(), group.clone());
            async move { reads.describe_images(&repository, ids).await }.boxed()
        };
        one(
            self.round
                .images
                .get(repository.clone(), &[image], call)
                .await,
            DESCRIBE,
        )
    }

    /// The manifest of a digest; none where the repository has it no longer. What a digest
    /// names never changes, so it is asked for once in a run.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails, or where the manifest can't be read.
    pub async fn manifest(
        &self,
        repository: &Repository,
        digest: &str,
    ) -> Result<Seen<Option<Manifest>>, Unobserved> {
        let question = (repository.clone(), digest.to_owned());
        let kept = || {
            let kept = &self.connections.kept.manifests;
            kept.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = kept().get(&question) {
            return Ok(known.clone());
        }
        let (reads, group) = (self.clone(), repository.clone());
        let call = move |digests: Vec<String>| {
            let (reads, repository) = (reads.clone(), group.clone());
            async move { reads.get_manifests(&repository, digests).await }.boxed()
        };
        let digests = [digest.to_owned()];
        let answers = self
            .round
            .manifests
            .get(repository.clone(), &digests, call)
            .await;
        let answer = one(answers, GET)?;
        if answer.value.is_some() {
            kept().insert(question, answer.clone());
        }
        Ok(answer)
    }

    /// One missing image fails the whole call, so then each is asked for alone.
    async fn describe_images(
        &self,
        repository: &Repository,
        ids: Vec<ImageId>,
    ) -> Result<Vec<Seen<Option<ImageDetail>>>, Unobserved> {
        let ask = |ids: Vec<ImageId>| self.describe_present(repository, ids).boxed();
        let absent = |_: &ImageId| self.seen(DESCRIBE, repository.to_string(), None, None);
        all_or_each(ids, ask, absent).await
    }

    /// None where at least one of the images is not there.
    async fn describe_present(
        &self,
        repository: &Repository,
        ids: Vec<ImageId>,
    ) -> Result<Option<Vec<Seen<Option<ImageDetail>>>>, Unobserved> {
        let clients = self.connections.clients(Some(&repository.region)).await?;
        let call = clients
            .ecr
            .describe_images()
            .registry_id(&repository.account)
            .repository_name(&repository.name)
            .set_image_ids(Some(ids.iter().map(ImageId::identifier).collect()));
        let (bucket, region) = (Bucket::EcrImages, &clients.region);
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = match sent {
            Ok(output) => output,
            Err(error) => {
                let failed = failed(error, DESCRIBE, &repository.to_string());
                let absent = failed.code == "ImageNotFoundException";
                return if absent { Ok(None) } else { Err(failed.into()) };
            }
        };
        let details: Vec<ImageDetail> = output
            .image_details()
            .iter()
            .map(ImageDetail::from)
            .collect();
        let found = |id: &ImageId| {
            details.iter().find(|detail| match id {
                ImageId::Tag(tag) => detail.tags.contains(tag),
                ImageId::Digest(digest) => detail.digest == *digest,
            })
        };
        // Of an image that is not there, AWS says so with an error.
        if !ids.iter().all(|id| found(id).is_some()) {
            return Err(lacking(DESCRIBE, &repository.to_string(), "imageDetails"));
        }
        let of_id = |id: &ImageId| {
            let found = found(id);
            self.seen(
                DESCRIBE,
                repository.to_string(),
                output.request_id(),
                found.cloned(),
            )
        };
        Ok(Some(ids.iter().map(of_id).collect()))
    }

    async fn get_manifests(
        &self,
        repository: &Repository,
        digests: Vec<String>,
    ) -> Result<Vec<Seen<Option<Manifest>>>, Unobserved> {
        let clients = self.connections.clients(Some(&repository.region)).await?;
        let ids = digests
            .iter()
            .cloned()
            .map(|digest| ImageId::Digest(digest).identifier());
        // The accepted media types are left out: AWS then answers with what was pushed.
        let call = clients
            .ecr
            .batch_get_image()
            .registry_id(&repository.account)
            .repository_name(&repository.name)
            .set_image_ids(Some(ids.collect()));
        let output = self
            .once_within_budget(Bucket::EcrImages, &clients.region, || call.send())
            .await
            .map_err(|error| failed(error, GET, &repository.to_string()))?;
        let mut manifests = Vec::with_capacity(digests.len());
        for digest in digests {
            let image = output.images().iter().find(|image| {
                image
                    .image_id()
                    .and_then(sdk::ImageIdentifier::image_digest)
                    == Some(&digest)
            });
            let manifest = match image.and_then(sdk::Image::image_manifest) {
                Some(text) => Some(Manifest::read(&digest, text)?),
                None => None,
            };
            manifests.push(self.seen(GET, repository.to_string(), output.request_id(), manifest));
        }
        Ok(manifests)
    }
}

fn one<T>(answers: Vec<Result<T, Unobserved>>, call: &str) -> Result<T, Unobserved> {
    let none = || Err(Unobserved::for_now(format!("{call} brought no answer")));
    answers.into_iter().next().unwrap_or_else(none)
}

impl ImageId {
    fn identifier(&self) -> sdk::ImageIdentifier {
        let builder = sdk::ImageIdentifier::builder();
        match self {
            Self::Tag(tag) => builder.image_tag(tag).build(),
            Self::Digest(digest) => builder.image_digest(digest).build(),
        }
    }
}

impl From<&sdk::ImageDetail> for ImageDetail {
    fn from(detail: &sdk::ImageDetail) -> Self {
        Self {
            digest: detail.image_digest().unwrap_or_default().to_owned(),
            tags: detail.image_tags().to_vec(),
            pushed_at: timestamp(detail.image_pushed_at()),
            artifact: detail.artifact_media_type().map(str::to_owned),
        }
    }
}
