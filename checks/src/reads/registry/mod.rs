//! Reads of any container registry, by the OCI distribution specification: what a tag names now, and
//! manifests. It tells no time of a push.

mod access;
mod answer;
mod challenge;
mod helper;
mod login;
mod repository;
mod token;

use std::sync::PoisonError;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::ecr::Manifest;
use super::{Page, PageRequest, Reads};
use crate::contract::{Seen, Source, Unobserved};
use answer::Told;

pub(super) use access::Tokens;
pub use repository::{OciRepository, Registry};

/// The limit of the OCI distribution specification for manifests: four mebibytes.
const LARGEST: usize = 4 * 1024 * 1024;

const WITHIN: Duration = Duration::from_secs(10);

/// What a manifest may be: an index or one image, of OCI or of Docker's schema 2. A registry that
/// isn't told makes something older of it, which has another digest.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

impl Reads {
    /// The digest that a tag, or a digest, names in a repository; none where it names nothing there. It is
    /// asked for without the manifest itself, which Docker Hub would count as a pull.
    ///
    /// # Errors
    /// [`Unobserved`] where the registry can't be asked, or doesn't answer as the specification says.
    pub async fn digest_in(
        &self,
        repository: &OciRepository,
        reference: &str,
    ) -> Result<Seen<Option<String>>, Unobserved> {
        let question = (repository.clone(), reference.to_owned());
        self.round
            .registry_digests
            .once(question, || {
                Box::pin(self.ask_for_digest(repository, reference))
            })
            .await
    }

    /// The manifest of a digest; none where the repository has it no longer. What a digest names never
    /// changes, so it is asked for once in a run.
    ///
    /// # Errors
    /// [`Unobserved`] where the registry can't be asked, and where what came is not what the digest names.
    pub async fn manifest_in(
        &self,
        repository: &OciRepository,
        digest: &str,
    ) -> Result<Seen<Option<Manifest>>, Unobserved> {
        let question = (repository.clone(), digest.to_owned());
        let kept = || {
            let kept = &self.connections.kept.registry_manifests;
            kept.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = kept().get(&question) {
            return Ok(known.clone());
        }
        let asked = self.round.registry_manifests.once(question.clone(), || {
            Box::pin(self.ask_for_manifest(repository, digest))
        });
        let answer = asked.await?;
        if answer.value.is_some() {
            kept().insert(question, answer.clone());
        }
        Ok(answer)
    }

    async fn ask_for_digest(
        &self,
        repository: &OciRepository,
        reference: &str,
    ) -> Result<Seen<Option<String>>, Unobserved> {
        let (page, mut source) = self.ask_registry("HEAD", repository, reference).await?;
        let told = answer::told(repository, page);
        let digest = match told.map_err(|unobserved| unobserved.origin(source.clone()))? {
            Told::Digest(digest) => Some(digest),
            Told::Absent => None,
            Told::Untold => {
                let (page, of_content) = self.ask_registry("GET", repository, reference).await?;
                source = of_content;
                let found = answer::found(repository, page);
                let digest = found.and_then(|page| {
                    page.map(|page| answer::digest_of(repository, reference, &page))
                        .transpose()
                });
                digest.map_err(|unobserved| unobserved.origin(source.clone()))?
            }
        };
        Ok(self.seen(&source.call, source.resource, None, digest))
    }

    async fn ask_for_manifest(
        &self,
        repository: &OciRepository,
        digest: &str,
    ) -> Result<Seen<Option<Manifest>>, Unobserved> {
        let (page, source) = self.ask_registry("GET", repository, digest).await?;
        let read = |page: Page| {
            answer::expect_digest(repository, digest, &page)?;
            Manifest::read(digest, &page.body)
        };
        let manifest = answer::found(repository, page)
            .and_then(|page| page.map(read).transpose())
            .map_err(|unobserved| unobserved.origin(source.clone()))?;
        Ok(self.seen(&source.call, source.resource, None, manifest))
    }

    /// The answer about a manifest, whatever it is.
    async fn ask_registry(
        &self,
        method: &str,
        repository: &OciRepository,
        reference: &str,
    ) -> Result<(Page, Source), Unobserved> {
        let url = repository.manifest_url(reference)?;
        let source = Source {
            call: method.to_owned(),
            resource: url.to_string(),
            request_id: None,
        };
        let request = PageRequest {
            method: method.to_owned(),
            headers: vec![("accept".to_owned(), ACCEPT.to_owned())],
            ..PageRequest::get(url, WITHIN, LARGEST)
        };
        match access::granted(&self.connections, repository, request).await {
            Ok(page) => Ok((page, source)),
            Err(unobserved) => Err(unobserved.origin(source)),
        }
    }
}

/// The digest of a content, as registries write it.
pub(super) fn sha256(content: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    let hex = hash.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", hex.collect::<String>())
}
