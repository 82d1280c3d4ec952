//! Logins in Docker's configuration, where `docker login` leaves them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_smithy_types::base64;
use serde::Deserialize;

use crate::contract::Unobserved;
use crate::reads::file;

/// How somebody is known to a registry.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    /// By a name and a password.
    Password {
        /// The name.
        name: String,
        /// The password.
        password: String,
    },
    /// By what a token server changes for tokens.
    IdentityToken(String),
}

/// What it holds is shown to nobody.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

impl Login {
    /// What a name and a password are as the value of `Authorization`, by RFC 7617.
    pub fn basic(&self) -> Option<String> {
        match self {
            Self::Password { name, password } => {
                let pair = format!("{name}:{password}");
                Some(format!("Basic {}", base64::encode(pair)))
            }
            Self::IdentityToken(_) => None,
        }
    }
}

/// What is configured for a registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Configured {
    /// A login.
    Login(Login),
    /// The program that keeps it, `docker-credential-` and this.
    Program(String),
    /// Nothing: nobody has logged in.
    Nobody,
}

/// What is read of Docker's `config.json`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    auths: Option<BTreeMap<String, Option<Entry>>>,
    cred_helpers: Option<BTreeMap<String, String>>,
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
}

/// The largest configuration that is read: Docker's is a few lines.
const LARGEST: u64 = 1 << 20;

const KEPT: &str = "It is where `docker login` keeps the logins of registries.";

/// By what other names Docker Hub's login is kept.
const DOCKER_HUB: [&str; 2] = ["index.docker.io", "registry-1.docker.io"];

impl Configured {
    /// What is configured for a registry.
    ///
    /// # Errors
    /// [`Unobserved`] where Docker's configuration can't be read.
    pub async fn of(host: &str) -> Result<Self, Unobserved> {
        let Some(path) = path() else {
            return Ok(Self::Nobody);
        };
        match file::read(&path, LARGEST).await {
            Ok(content) => Self::written(&String::from_utf8_lossy(&content), host, &path),
            Err(_) if is_absent(&path).await => Ok(Self::Nobody),
            Err(why) => Err(Unobserved::lasting(why).hint(KEPT)),
        }
    }

    fn written(text: &str, host: &str, path: &Path) -> Result<Self, Unobserved> {
        let config: Config =
            serde_json::from_str(text).map_err(|error| unreadable(path, &error.to_string()))?;
        let entries = config.auths.unwrap_or_default();
        let of_host = entries
            .iter()
            .filter(|(key, _)| is_of(key, host))
            .filter_map(|(key, entry)| Some((key == host, entry.as_ref()?.login()?)));
        let unfit = || {
            let why = format!("the entry of {host} is no name and password");
            unreadable(path, &why)
        };
        if let Some((_, login)) = of_host.max_by_key(|(is_its_name, _)| *is_its_name) {
            return login.map(Self::Login).ok_or_else(unfit);
        }
        let helpers = config.cred_helpers.unwrap_or_default();
        let helper = helpers.into_iter().find(|(key, _)| is_of(key, host));
        let program = helper.map(|(_, name)| name).or(config.creds_store);
        match program.filter(|name| !name.is_empty()) {
            None => Ok(Self::Nobody),
            Some(name) if is_program(&name) => Ok(Self::Program(name)),
            Some(name) => Err(Unobserved::lasting(format!(
                "`{name}` can't be the name of a program that keeps logins"
            ))
            .hint(format!(
                "Correct `credsStore` or `credHelpers` in {}.",
                path.display()
            ))),
        }
    }
}

impl Entry {
    /// The login, if it holds any; none inside where it can't be read.
    fn login(&self) -> Option<Option<Login>> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&self.identity_token) {
            return Some(Some(Login::IdentityToken(token)));
        }
        if let Some(auth) = given(&self.auth) {
            return Some(decoded(&auth));
        }
        let name = given(&self.username)?;
        let password = given(&self.password)?;
        Some(Some(Login::Password { name, password }))
    }
}

fn decoded(auth: &str) -> Option<Login> {
    let pair = String::from_utf8(base64::decode(auth.trim()).ok()?).ok()?;
    let (name, password) = pair.split_once(':')?;
    Some(Login::Password {
        name: name.to_owned(),
        password: password.to_owned(),
    })
}

/// Whether a key of the configuration means the registry: `ghcr.io`, or as an older Docker wrote it,
/// `https://ghcr.io/v1/`.
fn is_of(key: &str, host: &str) -> bool {
    let without_scheme = key.split_once("://").map_or(key, |(_, rest)| rest);
    let named = without_scheme.split('/').next().unwrap_or_default();
    named == host || (host == "docker.io" && DOCKER_HUB.contains(&named))
}

/// What it runs is found in PATH, and nowhere else. On WSL it may be `desktop.exe`.
fn is_program(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Where Docker keeps its configuration.
fn path() -> Option<PathBuf> {
    let folder = std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty());
    let folder = folder.map(PathBuf::from);
    let folder = folder.or_else(|| Some(std::env::home_dir()?.join(".docker")));
    folder.map(|folder| folder.join("config.json"))
}

/// Whether there is surely no such file. What can't be told isn't nothing.
async fn is_absent(path: &Path) -> bool {
    let path = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || path.try_exists()).await;
    matches!(looked, Ok(Ok(false)))
}

fn unreadable(path: &Path, why: &str) -> Unobserved {
    Unobserved::lasting(format!("{} can't be read: {why}", path.display())).hint(KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, host: &str) -> Result<Configured, String> {
        let path = Path::new("/home/ci/.docker/config.json");
        Configured::written(text, host, path).map_err(|unobserved| unobserved.headline)
    }

    fn password(name: &str, password: &str) -> Result<Configured, String> {
        Ok(Configured::Login(Login::Password {
            name: name.into(),
            password: password.into(),
        }))
    }

    #[test]
    fn a_login_is_found_by_the_registrys_name() {
        // ci:s3cr:et
        let text = r#"{"auths": {"ghcr.io": {"auth": "Y2k6czNjcjpldA=="}, "https://index.docker.io/v1/": {"auth": "Y2k6czNjcjpldA=="},
            "https://quay.io/v1/": {"username": "ci", "password": "p"}, "lone.io": {"username": "ci"},
            "acme.azurecr.io": {"auth": "MDA6", "identitytoken": "1d"}}}"#;
        for host in ["ghcr.io", "docker.io"] {
            assert_eq!(read(text, host), password("ci", "s3cr:et"), "{host}");
        }
        assert_eq!(read(text, "quay.io"), password("ci", "p"));
        let identity = Configured::Login(Login::IdentityToken("1d".into()));
        assert_eq!(read(text, "acme.azurecr.io"), Ok(identity));
        for host in ["io", "lone.io", "index.docker.io.example.com"] {
            assert_eq!(read(text, host), Ok(Configured::Nobody), "{host}");
        }
    }

    #[test]
    fn nobody_has_logged_in_where_nothing_is_written() {
        for text in [
            "{}",
            r#"{"auths": null, "credHelpers": null, "credsStore": null}"#,
            r#"{"auths": {"ghcr.io": null}}"#,
            r#"{"auths": {"ghcr.io": {}}, "credsStore": ""}"#,
            r#"{"credHelpers": {"ghcr.io": ""}, "credsStore": "desktop"}"#,
        ] {
            assert_eq!(read(text, "ghcr.io"), Ok(Configured::Nobody), "{text}");
        }
    }

    #[test]
    fn a_program_keeps_what_is_written_nowhere() {
        let program = |name: &str| Ok(Configured::Program(name.to_owned()));
        let text = r#"{"auths": {"ghcr.io": {}, "quay.io": {"auth": "Y2k6cA=="}},
            "credHelpers": {"ghcr.io": "ecr-login"}, "credsStore": "desktop.exe"}"#;
        assert_eq!(read(text, "ghcr.io"), program("ecr-login"));
        assert_eq!(read(text, "docker.io"), program("desktop.exe"));
        assert_eq!(read(text, "quay.io"), password("ci", "p"));
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
                r#"{"credsStore": "../../tmp/x"}"#,
                "`../../tmp/x` can't be the name of a program",
            ),
        ] {
            let refused = read(text, "ghcr.io").expect_err(text);
            assert!(refused.starts_with(told), "{refused}");
        }
    }
}
