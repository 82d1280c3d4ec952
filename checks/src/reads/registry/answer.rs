//! What a registry's answer says: the status codes and headers of the specification, and whether what came is a
//! manifest at all.

use reqwest::Url;
use serde_json::Value;

use super::repository::shown_host;
use super::{LARGEST, OciRepository, WITHIN, sha256};
use crate::contract::{Unobserved, is_digest};
use crate::reads::{FetchError, Page, Unreached};

/// The header in which a registry tells a manifest's digest.
const DIGEST: &str = "docker-content-digest";

/// The most of a text of theirs that is told.
const TOLD: usize = 40;

/// What an answer without its content tells of a tag's digest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Digest(String),
    /// The repository has no such tag.
    Absent,
    /// Only the content tells: the header is no more than recommended, and `HEAD` isn't known everywhere.
    Untold,
}

/// What an answer to `HEAD` tells.
pub(super) fn told(repository: &OciRepository, page: Page) -> Result<Told, Unobserved> {
    if matches!(page.status, 405 | 501) {
        return Ok(Told::Untold);
    }
    let Some(page) = found(repository, page)? else {
        return Ok(Told::Absent);
    };
    let digest = stated(repository, &page)?;
    Ok(digest.map_or(Told::Untold, |digest| Told::Digest(digest.to_owned())))
}

/// The digest of the manifest that came.
pub(super) fn digest_of(
    repository: &OciRepository,
    reference: &str,
    page: &Page,
) -> Result<String, Unobserved> {
    expect_manifest(repository, reference, page)?;
    let digest = sha256(&page.body);
    match stated(repository, page)? {
        Some(stated) if stated != digest => Err(another(repository, stated)),
        _ => Ok(digest),
    }
}

/// Refuses what is not the manifest of that digest.
pub(super) fn expect_digest(
    repository: &OciRepository,
    digest: &str,
    page: &Page,
) -> Result<(), Unobserved> {
    if sha256(&page.body) == digest && !page.truncated {
        return Ok(());
    }
    expect_manifest(repository, digest, page)?;
    Err(another(repository, digest))
}

/// The answer, by its status code; none where the registry says that there is no such manifest.
pub(super) fn found(repository: &OciRepository, page: Page) -> Result<Option<Page>, Unobserved> {
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
            "{} answered HTTP {status} about {repository}",
            repository.asked_host()
        ))),
    }
}

/// The digest that the header tells, if it tells one.
fn stated<'p>(repository: &OciRepository, page: &'p Page) -> Result<Option<&'p str>, Unobserved> {
    let stated = page.header(DIGEST).filter(|header| !header.is_empty());
    if stated.is_none_or(is_digest) {
        return Ok(stated);
    }
    let shown: String = stated.unwrap_or_default().chars().take(TOLD).collect();
    Err(Unobserved::lasting(format!(
        "{} tells its digest as {shown}, where that of {repository} is to be a sha256",
        repository.asked_host()
    ))
    .hint("ECS tells what runs by sha256: expect the image by that digest, as `@sha256:…`."))
}

/// Refuses what is no manifest, which always tells its form: a page of a proxy, say, of which a digest could be made as well.
fn expect_manifest(
    repository: &OciRepository,
    reference: &str,
    page: &Page,
) -> Result<(), Unobserved> {
    if page.truncated {
        return Err(Unobserved::lasting(format!(
            "the manifest {reference} in {repository} is larger than {} MiB",
            LARGEST / 1024 / 1024
        )));
    }
    let written: Value = serde_json::from_str(&page.body).unwrap_or_default();
    match written.get("schemaVersion").and_then(Value::as_u64) {
        Some(2) => Ok(()),
        Some(1) => Err(Unobserved::lasting(format!(
            "{repository} has {reference} in the first form of manifests only, whose digest is not its content's"
        ))
        .hint("Push it again: every Docker since 2016 writes the second form.")),
        _ => Err(no_manifest(repository, page)),
    }
}

fn no_manifest(repository: &OciRepository, page: &Page) -> Unobserved {
    let host = repository.asked_host();
    let told = page.header("content-type").unwrap_or("no content type");
    let media_type = told.split(';').next().unwrap_or_default().trim();
    let what = match media_type.contains("html") {
        true => "a page, not a manifest",
        false => "something else than a manifest",
    };
    let media_type: String = media_type.chars().take(TOLD).collect();
    Unobserved::for_now(format!("{host} answered with {what} ({media_type})")).hint(format!(
        "Is {host} a registry? If so, something between here and there answers in its stead: check the proxy."
    ))
}

fn another(repository: &OciRepository, digest: &str) -> Unobserved {
    Unobserved::for_now(format!(
        "{repository} answered with another manifest than {digest}"
    ))
    .hint("Something between here and the registry changes what it delivers: check the proxy.")
}

/// Why an address of a registry, or of its token server, can't be reached.
pub(super) fn unreachable(url: &Url, repository: &OciRepository, error: &FetchError) -> Unobserved {
    let host = shown_host(url);
    let reason = error.clone().told(WITHIN);
    let hint = match error {
        FetchError::TooManyRedirects => {
            format!("{host} redirects in a circle: check the image's registry, and the proxy.")
        }
        FetchError::Unreached(Unreached::NameNotFound(_)) => {
            format!("Is the registry's name right? DNS must know {host} where touchdown runs.")
        }
        FetchError::Unreached(Unreached::Untrusted(_)) => {
            format!(
                "The machine that touchdown runs on must trust who signed {host}'s certificate."
            )
        }
        _ if url.scheme() == "http" => {
            format!("Is a registry running there? One on this machine is asked by http://{host}.")
        }
        _ => {
            format!(
                "HTTPS to {host} must be open from where touchdown runs (proxy, security group)."
            )
        }
    };
    Unobserved::for_now(format!(
        "{host} could not be asked about {repository}: {reason}"
    ))
    .hint(hint)
}

#[cfg(test)]
mod tests;
