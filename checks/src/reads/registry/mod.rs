//! Reads of any container registry, by the OCI distribution specification: what a tag names now, and
//! manifests. It tells no time of a push.

mod access;
mod login;
mod repository;

use std::sync::PoisonError;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::ecr::Manifest;
use super::{FetchError, Page, PageRequest, Reads};
use crate::contract::{Seen, Source, Unobserved, is_digest};

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

/// The header in which a registry tells a manifest's digest.
const DIGEST: &str = "docker-content-digest";

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
        let (page, source) = self.ask_registry("HEAD", repository, reference).await?;
        let told = page
            .as_ref()
            .map(|page| page.header(DIGEST).map(str::to_owned));
        let digest = match told {
            None => None,
            Some(Some(digest)) if is_digest(&digest) => Some(digest),
            // The header is only recommended: where it is missing, the content tells.
            Some(_) => {
                let (page, _) = self.ask_registry("GET", repository, reference).await?;
                page.map(|page| sha256(&page.body))
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
        let manifest = match page {
            None => None,
            Some(page) if page.truncated => {
                return Err(Unobserved::lasting(format!(
                    "the manifest {digest} in {repository} is larger than {} MiB",
                    LARGEST / 1024 / 1024
                ))
                .origin(source));
            }
            Some(page) if sha256(&page.body) != digest => {
                return Err(Unobserved::for_now(format!(
                    "{repository} answered with another manifest than {digest}"
                ))
                .hint("Something between here and the registry changes what it delivers: check the proxy.")
                .origin(source));
            }
            Some(page) => Some(Manifest::read(digest, &page.body)?),
        };
        Ok(self.seen(&source.call, source.resource, None, manifest))
    }

    /// The answer about a manifest; none where the registry says that there is none.
    async fn ask_registry(
        &self,
        method: &str,
        repository: &OciRepository,
        reference: &str,
    ) -> Result<(Option<Page>, Source), Unobserved> {
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
        let answer = access::granted(&self.connections, repository, request).await;
        let answer = answer.map_err(|unobserved| unobserved.origin(source.clone()))?;
        told(repository, answer)
            .map(|page| (page, source.clone()))
            .map_err(|unobserved| unobserved.origin(source))
    }
}

/// What a registry's answer says: the status codes of the specification.
fn told(repository: &OciRepository, page: Page) -> Result<Option<Page>, Unobserved> {
    let host = &repository.host;
    match page.status {
        200 => Ok(Some(page)),
        404 => Ok(None),
        401 | 403 => Err(Unobserved::lasting(format!(
            "{host} doesn't let {repository} be read (HTTP {})",
            page.status
        ))
        .hint(format!(
            "Is the name right? A private repository is read with what `docker login {host}` has left behind."
        ))),
        429 => Err(Unobserved {
            throttled: true,
            ..Unobserved::for_now(format!("{host} was asked too often (HTTP 429)"))
        }
        .hint(format!("Anonymous requests have the lowest limits: `docker login {host}` raises them."))),
        status => Err(Unobserved::for_now(format!(
            "{host} answered HTTP {status} about {repository}"
        ))),
    }
}

/// Why a registry can't be reached.
fn unreachable(host: &str, repository: &OciRepository, error: FetchError) -> Unobserved {
    let reason = error.told(WITHIN);
    Unobserved::for_now(format!(
        "{host} could not be asked about {repository}: {reason}"
    ))
    .hint(format!(
        "HTTPS to {host} must be open from where touchdown runs (proxy, security group)."
    ))
}

/// The digest of a content, as registries write it.
pub(super) fn sha256(content: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    let hex = hash.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", hex.collect::<String>())
}
