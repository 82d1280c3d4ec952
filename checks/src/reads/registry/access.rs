//! Access to a registry: its challenge, and the token or the password that answers it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_smithy_types::base64;
use http_auth::{ChallengeRef, parse_challenges};
use reqwest::Url;
use serde::Deserialize;

use super::login::Login;
use super::{LARGEST, OciRepository, WITHIN, unreachable};
use crate::contract::Unobserved;
use crate::reads::connections::Connections;
use crate::reads::{Page, PageRequest};

/// What each repository was read with, so that only the first request of a run is challenged.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<OciRepository, String>>);

impl Tokens {
    fn of(&self, repository: &OciRepository) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(repository).cloned()
    }

    fn keep(&self, repository: &OciRepository, authorization: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(repository.clone(), authorization.to_owned());
    }
}

/// A challenge of RFC 9110, as far as registries use it.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    /// A token is to be fetched.
    Bearer(Bearer),
    /// A name and a password are asked for.
    Basic,
}

/// Where a token is fetched and for what, by the distribution project's token authentication.
#[derive(Debug, PartialEq, Eq)]
struct Bearer {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

/// The registry's answer; where it challenges, the one to the same request with what it asks for.
pub(super) async fn granted(
    connections: &Connections,
    repository: &OciRepository,
    request: PageRequest,
) -> Result<Page, Unobserved> {
    let tokens = &connections.kept.registry_tokens;
    let fetch = async |authorization: Option<String>| {
        let mut request = request.clone();
        let header = authorization.map(|value| ("authorization".to_owned(), value));
        request.headers.extend(header);
        let answer = connections.web().fetch(request).await;
        answer.map_err(|error| unreachable(&repository.host, repository, error))
    };
    // A token that has run out is challenged again.
    let first = fetch(tokens.of(repository)).await?;
    if first.status != 401 {
        return Ok(first);
    }
    let login = Login::of(&repository.host).await?;
    let authorization = match challenge(first.header("www-authenticate")) {
        Some(Challenge::Basic) => login.map(|login| login.basic()),
        Some(Challenge::Bearer(bearer)) => {
            Some(token(connections, repository, &bearer, login.as_ref()).await?)
        }
        None => None,
    };
    let Some(authorization) = authorization else {
        return Ok(first);
    };
    let second = fetch(Some(authorization.clone())).await?;
    if second.status != 401 {
        tokens.keep(repository, &authorization);
    }
    Ok(second)
}

/// The challenge that can be answered best.
fn challenge(header: Option<&str>) -> Option<Challenge> {
    let challenges = parse_challenges(header?).ok()?;
    let named = |name: &str| {
        let mut challenges = challenges.iter();
        challenges.find(|challenge| challenge.scheme.eq_ignore_ascii_case(name))
    };
    let bearer = named("bearer").and_then(|challenge| {
        Some(Challenge::Bearer(Bearer {
            realm: parameter(challenge, "realm")?,
            service: parameter(challenge, "service"),
            scope: parameter(challenge, "scope"),
        }))
    });
    bearer.or_else(|| named("basic").map(|_| Challenge::Basic))
}

fn parameter(challenge: &ChallengeRef<'_>, name: &str) -> Option<String> {
    let mut parameters = challenge.params.iter();
    let (_, value) = parameters.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.to_unescaped())
}

/// What a token server answers.
#[derive(Deserialize)]
struct Granted {
    token: Option<String>,
    /// The same, for clients of OAuth 2.0.
    access_token: Option<String>,
}

/// A token to read the repository with; an anonymous one where nobody has logged in.
async fn token(
    connections: &Connections,
    repository: &OciRepository,
    bearer: &Bearer,
    login: Option<&Login>,
) -> Result<String, Unobserved> {
    let host = &repository.host;
    let url = token_url(repository, bearer)?;
    let named = url.host_str().unwrap_or_default().to_owned();
    let request = PageRequest {
        headers: login
            .map(|login| ("authorization".to_owned(), login.basic()))
            .into_iter()
            .collect(),
        ..PageRequest::get(url, WITHIN, LARGEST)
    };
    let answer = connections.web().fetch(request).await;
    let page = answer.map_err(|error| unreachable(&named, repository, error))?;
    if page.status != 200 {
        let told = format!(
            "{named} gives no token for {repository} (HTTP {})",
            page.status
        );
        let refused = matches!(page.status, 400..=404);
        let unobserved = match refused {
            true => Unobserved::lasting(told),
            false => Unobserved::for_now(told),
        };
        return Err(unobserved.hint(format!(
            "A private repository is read with what `docker login {host}` has left behind."
        )));
    }
    let granted: Option<Granted> = serde_json::from_str(&page.body).ok();
    let token = granted.and_then(|granted| granted.token.or(granted.access_token));
    let token =
        token.filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()));
    token.map(|token| format!("Bearer {token}")).ok_or_else(|| {
        Unobserved::for_now(format!(
            "what {named} answered for {repository} holds no token"
        ))
    })
}

/// Where the token is fetched. A password goes there, so that it must be as safe as the registry is.
fn token_url(repository: &OciRepository, bearer: &Bearer) -> Result<Url, Unobserved> {
    let Bearer {
        realm,
        service,
        scope,
    } = bearer;
    let unfit = || {
        Unobserved::lasting(format!(
            "{} sends for its token to `{realm}`, which is no safe address",
            repository.host
        ))
    };
    let mut url = Url::parse(realm).map_err(|_| unfit())?;
    if url.scheme() != "https" && !(url.scheme() == "http" && repository.is_on_this_machine()) {
        return Err(unfit());
    }
    let pull = format!("repository:{}:pull", repository.name);
    let mut query = url.query_pairs_mut();
    if let Some(service) = service {
        query.append_pair("service", service);
    }
    query.append_pair("scope", scope.as_deref().unwrap_or(&pull));
    drop(query);
    Ok(url)
}

impl Login {
    /// What it is as the value of `Authorization`, by RFC 7617.
    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.name, self.password);
        format!("Basic {}", base64::encode(pair))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Bearer {
        Bearer {
            realm: realm.into(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull""#;
        let scope = Some("repository:library/nginx:pull");
        let expected = bearer(
            "https://auth.docker.io/token",
            Some("registry.docker.io"),
            scope,
        );
        assert_eq!(challenge(Some(hub)), Some(Challenge::Bearer(expected)));
        assert_eq!(
            challenge(Some(r#"bearer realm="https://r/token""#)),
            Some(Challenge::Bearer(bearer("https://r/token", None, None)))
        );
        for basic in [
            r#"Basic realm="Registry""#,
            r#"Digest realm="a", Basic realm="b""#,
        ] {
            assert_eq!(challenge(Some(basic)), Some(Challenge::Basic), "{basic}");
        }
        for none in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Negotiate"),
            Some("=,="),
        ] {
            assert_eq!(challenge(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_token_is_asked_for_where_the_registry_says_and_nowhere_unsafe() {
        let hub = OciRepository::parse("nginx").expect("a repository");
        let asked = token_url(
            &hub,
            &bearer("https://auth.docker.io/token?a=1", Some("s"), None),
        );
        assert_eq!(
            asked.expect("an address").as_str(),
            "https://auth.docker.io/token?a=1&service=s&scope=repository%3Alibrary%2Fnginx%3Apull"
        );
        let here = OciRepository::parse("localhost:5000/web").expect("a repository");
        assert!(token_url(&here, &bearer("http://localhost:5001/token", None, None)).is_ok());
        for unsafe_realm in ["http://auth.docker.io/token", "file:///etc/passwd", "token"] {
            let refused =
                token_url(&hub, &bearer(unsafe_realm, None, None)).expect_err(unsafe_realm);
            assert!(refused.lasting && refused.headline.contains(unsafe_realm));
        }
    }
}
