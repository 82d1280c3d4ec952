//! What a registry demands of whoever asks: a token, or a name and a password.

use http_auth::{ChallengeRef, parse_challenges};
use reqwest::Url;

use crate::reads::Page;

/// A challenge of RFC 9110, as far as registries use it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A token is to be fetched.
    Bearer(Bearer),
    /// A name and a password are asked for.
    Basic,
}

/// Where a token is fetched and for what, by the distribution project's token authentication.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bearer {
    pub realm: String,
    pub service: Option<String>,
    pub scope: Option<String>,
}

impl Challenge {
    /// The challenge of whoever was asked: somebody to whom it redirects gets no login.
    pub fn of(page: &Page, asked: &Url) -> Option<Self> {
        let answered = Url::parse(&page.url).ok()?;
        if page.status != 401 || answered.origin() != asked.origin() {
            return None;
        }
        let headers: Vec<&str> = page.headers_named("www-authenticate").collect();
        Self::written(&headers.join(", "))
    }

    /// The challenge that can be answered best.
    fn written(header: &str) -> Option<Self> {
        let challenges = parse_challenges(header).ok()?;
        let named = |name: &str| {
            let mut challenges = challenges.iter();
            challenges.find(|challenge| challenge.scheme.eq_ignore_ascii_case(name))
        };
        let bearer = named("bearer").and_then(|challenge| {
            Some(Self::Bearer(Bearer {
                realm: parameter(challenge, "realm")?,
                service: parameter(challenge, "service"),
                scope: parameter(challenge, "scope"),
            }))
        });
        bearer.or_else(|| named("basic").map(|_| Self::Basic))
    }
}

fn parameter(challenge: &ChallengeRef<'_>, name: &str) -> Option<String> {
    let mut parameters = challenge.params.iter();
    let (_, value) = parameters.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.to_unescaped())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer(Bearer {
            realm: realm.into(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }))
    }

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull""#;
        let expected = bearer(
            "https://auth.docker.io/token",
            Some("registry.docker.io"),
            Some("repository:library/nginx:pull"),
        );
        assert_eq!(Challenge::written(hub), expected);
        assert_eq!(
            Challenge::written(r#"bearer realm="https://r/token""#),
            bearer("https://r/token", None, None)
        );
        for basic in [
            r#"Basic realm="Registry""#,
            r#"Digest realm="a", Basic realm="b""#,
        ] {
            let read = Challenge::written(basic);
            assert_eq!(read, Some(Challenge::Basic), "{basic}");
        }
        for none in ["", "Bearer", "Negotiate", "=,="] {
            assert_eq!(Challenge::written(none), None, "{none:?}");
        }
    }

    #[test]
    fn whoever_was_asked_may_challenge_and_nobody_it_redirects_to() {
        let page = |url: &str, status| Page {
            url: url.to_owned(),
            status,
            headers: ["Negotiate", r#"Basic realm="x""#]
                .map(|value| ("www-authenticate".to_owned(), value.to_owned()))
                .to_vec(),
            ..Page::default()
        };
        let asked = Url::parse("https://ghcr.io/v2/a/manifests/1").expect("an address");
        let of = |page: Page| Challenge::of(&page, &asked);
        let basic = Some(Challenge::Basic);
        assert_eq!(of(page("https://ghcr.io/v2/b", 401)), basic);
        assert_eq!(of(page("https://ghcr.io/v2/b", 403)), None);
        assert_eq!(of(page("https://ghcr.io.example.com/v2/b", 401)), None);
        assert_eq!(of(page("http://ghcr.io/v2/b", 401)), None);
    }
}
