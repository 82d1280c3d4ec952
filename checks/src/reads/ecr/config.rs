//! Config blobs: where an image says which platform it is for, and which instruction made
//! each of its layers.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_types::request_id::RequestId;
use reqwest::Url;
use serde::Deserialize;

use super::Repository;
use super::platform::Platform;
use crate::contract::{Seen, Unobserved};
use crate::reads::budget::Bucket;
use crate::reads::error::failed;
use crate::reads::registry::sha256;
use crate::reads::{FetchError, Page, PageRequest, Reads};

/// The config of one platform's image, by the OCI image specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// The platform it is for, `linux/arm64/v8`; none where it names none, and so is no
    /// config of an image that can run.
    pub platform: Option<String>,
    /// The instructions that made the image, the first one first.
    pub history: Vec<Instruction>,
    /// The digests of the layers' uncompressed content, the lowest first.
    pub diff_ids: Vec<String>,
}

/// One instruction in an image's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Instruction {
    /// What made it, as the builder wrote it down: `COPY app/ /app # buildkit`.
    #[serde(default)]
    pub created_by: String,
    /// Whether it made no layer, as `ENV` and `CMD` do.
    #[serde(default)]
    pub empty_layer: bool,
}

#[derive(Deserialize)]
struct Written {
    #[serde(flatten)]
    platform: Platform,
    #[serde(default)]
    history: Vec<Instruction>,
    #[serde(default)]
    rootfs: RootFilesystem,
}

#[derive(Default, Deserialize)]
struct RootFilesystem {
    #[serde(default)]
    diff_ids: Vec<String>,
}

const CALL: &str = "ecr:GetDownloadUrlForLayer";

/// Four mebibytes, the OCI distribution specification's limit for manifests; configs are as
/// small.
const LARGEST: usize = 4 * 1024 * 1024;

const WITHIN: Duration = Duration::from_secs(10);

impl Reads {
    /// The config of an image, by its own digest. What a digest names never changes, so it is
    /// fetched once in a run.
    ///
    /// # Errors
    /// [`Unobserved`] where the call or the download fails, and where what came is not what
    /// the digest names.
    pub async fn image_config(
        &self,
        repository: &Repository,
        digest: &str,
    ) -> Result<Seen<Arc<ImageConfig>>, Unobserved> {
        let question = (repository.clone(), digest.to_owned());
        let kept = || {
            let kept = &self.connections.kept.image_configs;
            kept.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = kept().get(&question) {
            return Ok(known.clone());
        }
        let fetched = self
            .round
            .image_configs
            .once(question.clone(), || {
                Box::pin(self.fetch_config(repository, digest))
            })
            .await?;
        kept().insert(question, fetched.clone());
        Ok(fetched)
    }

    async fn fetch_config(
        &self,
        repository: &Repository,
        digest: &str,
    ) -> Result<Seen<Arc<ImageConfig>>, Unobserved> {
        let clients = self.connections.clients(Some(&repository.region)).await?;
        let resource = format!("{digest} in {repository}");
        let call = clients
            .ecr
            .get_download_url_for_layer()
            .registry_id(&repository.account)
            .repository_name(&repository.name)
            .layer_digest(digest);
        let output = self
            .once_within_budget(Bucket::EcrImages, &clients.region, || call.send())
            .await
            .map_err(|error| failed(error, CALL, &resource))?;
        let url = output.download_url().and_then(|url| Url::parse(url).ok());
        let url = url.ok_or_else(|| {
            Unobserved::for_now(format!("{CALL} on {resource} brought no address"))
        })?;
        let answer = self.connections.web().fetch(download(url)).await;
        let config = downloaded(&resource, answer).and_then(|body| read(digest, &body))?;
        Ok(self.seen(CALL, resource, output.request_id(), Arc::new(config)))
    }
}

/// The address is signed, so nothing but itself is sent, and it is never told to anybody.
fn download(url: Url) -> PageRequest {
    PageRequest::get(url, WITHIN, LARGEST)
}

/// The content that was downloaded.
fn downloaded(resource: &str, answer: Result<Page, FetchError>) -> Result<String, Unobserved> {
    let reason = match answer {
        Ok(page) if page.truncated => {
            return Err(Unobserved::lasting(format!(
                "the image config {resource} is larger than {} MiB",
                LARGEST / 1024 / 1024
            )));
        }
        Ok(page) if page.status == 200 => return Ok(page.body),
        Ok(page) => format!("status {}", page.status),
        Err(error) => error.told(WITHIN),
    };
    Err(Unobserved::for_now(format!(
        "the image config {resource} could not be downloaded: {reason}"
    ))
    .hint("ECR keeps it in S3: HTTPS to S3 must be open from where touchdown runs (proxy, S3 gateway endpoint)."))
}

/// Reads a config, which must be what its digest names.
fn read(digest: &str, content: &str) -> Result<ImageConfig, Unobserved> {
    if sha256(content) != digest {
        return Err(Unobserved::for_now(format!(
            "what was downloaded as the image config {digest} has another digest"
        ))
        .hint("Something between here and S3 changes what it delivers: check the proxy."));
    }
    let written: Written = serde_json::from_str(content).map_err(|error| {
        Unobserved::lasting(format!("the image config {digest} can't be read: {error}"))
    })?;
    Ok(ImageConfig {
        platform: written.platform.name(),
        history: written.history,
        diff_ids: written.rootfs.diff_ids,
    })
}

#[cfg(test)]
mod tests;
