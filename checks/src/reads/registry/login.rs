//! What `docker login` has left behind: the name and password for a registry.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use aws_smithy_types::base64;
use serde::Deserialize;

use crate::contract::Unobserved;
use crate::reads::file;

/// A name and a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub name: String,
    pub password: String,
}

/// A password is shown to nobody.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

/// What is read of Docker's `config.json`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    auths: HashMap<String, Entry>,
    #[serde(default)]
    cred_helpers: HashMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
struct Entry {
    auth: Option<String>,
}

/// The largest configuration that is read: Docker's is a few lines.
const LARGEST: u64 = 1 << 20;

const KEPT: &str = "It is where `docker login` keeps the logins of registries.";

/// By what names Docker Hub's login is kept.
const DOCKER_HUB: [&str; 3] = [
    "https://index.docker.io/v1/",
    "index.docker.io",
    "docker.io",
];

impl Login {
    /// The login for a registry; none where nobody has logged in.
    ///
    /// # Errors
    /// [`Unobserved`] where Docker's configuration can't be read, or leaves the password to a program.
    pub async fn of(host: &str) -> Result<Option<Self>, Unobserved> {
        let Some(path) = path().filter(|path| path.exists()) else {
            return Ok(None);
        };
        let read = file::read(&path, LARGEST).await;
        let content = read.map_err(|why| Unobserved::lasting(why).hint(KEPT))?;
        Self::written(&String::from_utf8_lossy(&content), host, &path)
    }

    fn written(text: &str, host: &str, path: &Path) -> Result<Option<Self>, Unobserved> {
        let config: Config =
            serde_json::from_str(text).map_err(|error| unreadable(path, &error.to_string()))?;
        let names = || {
            let hub = DOCKER_HUB.iter().copied().filter(|_| host == "docker.io");
            std::iter::once(host).chain(hub)
        };
        let entry = names().find_map(|name| config.auths.get(name));
        let auth = entry.and_then(|entry| entry.auth.as_deref());
        if let Some(auth) = auth.filter(|auth| !auth.is_empty()) {
            let unfit = || {
                unreadable(
                    path,
                    &format!("the entry of {host} is no name and password"),
                )
            };
            return Self::decoded(auth).map(Some).ok_or_else(unfit);
        }
        let helper = names().find_map(|name| config.cred_helpers.get(name));
        // Where a store keeps the passwords, an empty entry says for which registries.
        let store = config.creds_store.as_ref().filter(|_| entry.is_some());
        match helper.or(store) {
            None => Ok(None),
            Some(helper) => Err(Unobserved::lasting(format!(
                "the login for {host} is kept by docker-credential-{helper}, which touchdown doesn't run"
            ))
            .hint(format!(
                "Point DOCKER_CONFIG at a folder whose config.json names {host} under `auths`, as `docker login` writes it where no store is set up."
            ))),
        }
    }

    fn decoded(auth: &str) -> Option<Self> {
        let pair = String::from_utf8(base64::decode(auth.trim()).ok()?).ok()?;
        let (name, password) = pair.split_once(':')?;
        Some(Self {
            name: name.to_owned(),
            password: password.to_owned(),
        })
    }
}

/// Where Docker keeps its configuration.
fn path() -> Option<PathBuf> {
    let folder = std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty());
    let folder = folder.map(PathBuf::from);
    let folder = folder.or_else(|| Some(std::env::home_dir()?.join(".docker")));
    folder.map(|folder| folder.join("config.json"))
}

fn unreadable(path: &Path, why: &str) -> Unobserved {
    Unobserved::lasting(format!("{} can't be read: {why}", path.display())).hint(KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, host: &str) -> Result<Option<(String, String)>, String> {
        let login = Login::written(text, host, Path::new("/home/ci/.docker/config.json"));
        let pair = login.map(|login| login.map(|login| (login.name, login.password)));
        pair.map_err(|unobserved| unobserved.headline)
    }

    #[test]
    fn a_login_is_found_by_the_registrys_name() {
        // ci:s3cr:et
        let text = r#"{"auths": {"ghcr.io": {"auth": "Y2k6czNjcjpldA=="}, "https://index.docker.io/v1/": {"auth": "Y2k6czNjcjpldA=="}}}"#;
        let login = Ok(Some(("ci".to_owned(), "s3cr:et".to_owned())));
        assert_eq!(read(text, "ghcr.io"), login);
        assert_eq!(read(text, "docker.io"), login);
        assert_eq!(read(text, "quay.io"), Ok(None));
        assert_eq!(read("{}", "ghcr.io"), Ok(None));
    }

    #[test]
    fn what_can_not_be_used_is_told_and_never_taken_for_nobody() {
        for (text, told) in [
            (
                "{",
                "/home/ci/.docker/config.json can't be read: EOF while parsing",
            ),
            (
                r#"{"auths": {"ghcr.io": {"auth": "?"}}}"#,
                "/home/ci/.docker/config.json can't be read: the entry of ghcr.io is no name and password",
            ),
            (
                r#"{"credHelpers": {"ghcr.io": "pass"}}"#,
                "the login for ghcr.io is kept by docker-credential-pass",
            ),
            (
                r#"{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}"#,
                "the login for ghcr.io is kept by docker-credential-desktop",
            ),
        ] {
            let refused = read(text, "ghcr.io").expect_err(text);
            assert!(refused.starts_with(told), "{refused}");
        }
        assert_eq!(read(r#"{"auths": {"ghcr.io": {}}}"#, "ghcr.io"), Ok(None));
    }
}
