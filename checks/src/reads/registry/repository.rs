//! Whom to ask about an image, and repositories of registries that aren't ECR's private ones.

use std::fmt;

use reqwest::Url;

use crate::contract::Unobserved;
use crate::reads::Repository;

/// Whom to ask about an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registry {
    /// A private registry of ECR.
    Ecr(Repository),
    /// Any other.
    Other(OciRepository),
}

impl Registry {
    /// Reads a repository as image references write it. None where its host can be none.
    #[must_use]
    pub fn of(repository: &str) -> Option<Self> {
        let ecr = Repository::parse(repository).map(Self::Ecr);
        ecr.or_else(|| OciRepository::parse(repository).map(Self::Other))
    }
}

/// A repository in a registry that speaks the OCI distribution specification.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OciRepository {
    /// The registry as image references name it: `docker.io`, `ghcr.io`, `127.0.0.1:5000`.
    pub host: String,
    /// The repository's name, without the host.
    pub name: String,
}

/// How images of Docker Hub are named, and where it is asked.
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_ASKED: &str = "registry-1.docker.io";

impl OciRepository {
    /// Reads a repository as image references write it. As everywhere, a first part without a dot or a
    /// colon is no host but a part of the name, and the image Docker Hub's: `nginx` is
    /// `docker.io/library/nginx`. None where it has no name, or its host can be none.
    #[must_use]
    pub fn parse(repository: &str) -> Option<Self> {
        let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let (host, name) = match repository.split_once('/') {
            Some((host, name)) if is_host(host) => (host, name),
            _ => (DOCKER_HUB, repository),
        };
        let host = match host {
            "index.docker.io" | DOCKER_HUB_ASKED => DOCKER_HUB,
            host => host,
        };
        let name = match name.contains('/') || host != DOCKER_HUB {
            true => name.to_owned(),
            false => format!("library/{name}"),
        };
        let found = Self {
            host: host.to_owned(),
            name,
        };
        let named = !found.name.ends_with('/') && !found.name.is_empty();
        (named && found.base().is_ok()).then_some(found)
    }

    /// Where the registry is asked. Like Docker, a registry on this machine is spoken to without TLS.
    fn base(&self) -> Result<Url, Unobserved> {
        let host = self.asked_host();
        let url = |scheme: &str| Url::parse(&format!("{scheme}://{host}/"));
        let unfit = |_| Unobserved::lasting(format!("`{host}` can't be the host of a registry"));
        let secure = url("https").map_err(unfit)?;
        match is_of_this_machine(&secure) {
            true => url("http").map_err(unfit),
            false => Ok(secure),
        }
    }

    /// The host that is really asked: Docker Hub's registry has another name than its images.
    pub(super) fn asked_host(&self) -> &str {
        match self.host.as_str() {
            DOCKER_HUB => DOCKER_HUB_ASKED,
            host => host,
        }
    }

    /// Whether it is a registry on this machine.
    pub(super) fn is_on_this_machine(&self) -> bool {
        self.base().is_ok_and(|base| base.scheme() == "http")
    }

    /// The address of a manifest, by a tag or a digest.
    pub(super) fn manifest_url(&self, reference: &str) -> Result<Url, Unobserved> {
        let path = format!("v2/{}/manifests/{reference}", self.name);
        let joined = self.base()?.join(&path);
        joined.map_err(|_| Unobserved::lasting(format!("{self} has no address for `{reference}`")))
    }
}

/// The host of an address, with the port where it isn't the scheme's own.
pub(super) fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Whether the address is of this machine, by its name alone.
pub(super) fn is_of_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<std::net::IpAddr> = address.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

impl fmt::Display for OciRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_docker_reads_them() {
        for (written, host, name) in [
            ("nginx", "docker.io", "library/nginx"),
            ("datadog/agent", "docker.io", "datadog/agent"),
            ("docker.io/nginx", "docker.io", "library/nginx"),
            (
                "index.docker.io/library/nginx",
                "docker.io",
                "library/nginx",
            ),
            (
                "public.ecr.aws/nginx/nginx",
                "public.ecr.aws",
                "nginx/nginx",
            ),
            ("ghcr.io/acme/shop/web", "ghcr.io", "acme/shop/web"),
            ("localhost/web", "localhost", "web"),
            ("registry:5000/web", "registry:5000", "web"),
        ] {
            let found = OciRepository::parse(written).expect(written);
            assert_eq!((&*found.host, &*found.name), (host, name), "{written}");
        }
        for none in ["", "ghcr.io/", "a:b:c/web"] {
            assert_eq!(OciRepository::parse(none), None, "{none}");
        }
    }

    #[test]
    fn only_a_registry_on_this_machine_is_asked_without_tls() {
        for (written, address) in [
            (
                "nginx",
                "https://registry-1.docker.io/v2/library/nginx/manifests/1",
            ),
            (
                "ghcr.io/acme/web",
                "https://ghcr.io/v2/acme/web/manifests/1",
            ),
            (
                "127.0.0.1:5000/web",
                "http://127.0.0.1:5000/v2/web/manifests/1",
            ),
            (
                "localhost:5000/web",
                "http://localhost:5000/v2/web/manifests/1",
            ),
            (
                "127.0.0.1.example.com/web",
                "https://127.0.0.1.example.com/v2/web/manifests/1",
            ),
        ] {
            let found = OciRepository::parse(written).expect(written);
            let url = found.manifest_url("1").expect(written);
            assert_eq!(url.as_str(), address);
        }
    }
}
