//! Tokens of a registry's own server, by the distribution project's token authentication and its form of
//! OAuth 2.0.

use reqwest::Url;
use serde::Deserialize;

use super::answer::unreachable;
use super::challenge::Bearer;
use super::login::Login;
use super::repository::{is_of_this_machine, shown_host};
use super::{LARGEST, OciRepository, WITHIN};
use crate::contract::Unobserved;
use crate::reads::connections::Connections;
use crate::reads::{Page, PageRequest};

/// What a token server answers.
#[derive(Deserialize)]
struct Granted {
    token: Option<String>,
    /// The same, for clients of OAuth 2.0.
    access_token: Option<String>,
}

/// A token to read the repository with, as the value of `Authorization`; an anonymous one without a login.
///
/// # Errors
/// [`Unobserved`], which lasts where another login may help, or none.
pub(super) async fn fetch(
    connections: &Connections,
    repository: &OciRepository,
    bearer: &Bearer,
    login: Option<&Login>,
) -> Result<String, Unobserved> {
    let request = request(repository, bearer, login)?;
    let url = request.url.clone();
    let answer = connections.web().fetch(request).await;
    let page = answer.map_err(|error| unreachable(&url, repository, &error))?;
    granted(&page, &shown_host(&url), repository)
}

fn granted(page: &Page, server: &str, repository: &OciRepository) -> Result<String, Unobserved> {
    if page.status != 200 {
        let told = format!(
            "{server} gives no token for {repository} (HTTP {})",
            page.status
        );
        let refused = Unobserved {
            lasting: matches!(page.status, 400..=404),
            throttled: page.status == 429,
            ..Unobserved::for_now(told)
        };
        return Err(refused.hint(format!(
            "A private repository is read with what `docker login {}` has left behind.",
            repository.host
        )));
    }
    let granted: Option<Granted> = serde_json::from_str(&page.body).ok();
    let token = granted.and_then(|granted| granted.token.or(granted.access_token));
    let token =
        token.filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()));
    token.map(|token| format!("Bearer {token}")).ok_or_else(|| {
        Unobserved::for_now(format!(
            "what {server} answered for {repository} holds no token"
        ))
        .hint("Something between here and there answers in its stead: check the proxy.")
    })
}

fn request(
    repository: &OciRepository,
    bearer: &Bearer,
    login: Option<&Login>,
) -> Result<PageRequest, Unobserved> {
    let mut url = realm(repository, bearer)?;
    let pull = format!("repository:{}:pull", repository.name);
    let scope = bearer.scope.as_deref().unwrap_or(&pull);
    let service = bearer.service.as_deref().map(|name| ("service", name));
    let wanted = service.into_iter().chain([("scope", scope)]);
    let Some(Login::IdentityToken(token)) = login else {
        url.query_pairs_mut().extend_pairs(wanted);
        let basic = login.and_then(Login::basic);
        let header = basic.map(|value| ("authorization".to_owned(), value));
        return Ok(PageRequest {
            headers: header.into_iter().collect(),
            ..PageRequest::get(url, WITHIN, LARGEST)
        });
    };
    let mut form = url.clone();
    form.set_query(None);
    form.query_pairs_mut()
        .append_pair("grant_type", "refresh_token")
        .extend_pairs(wanted)
        .append_pair("client_id", "touchdown")
        .append_pair("refresh_token", token);
    let of_form = "application/x-www-form-urlencoded".to_owned();
    Ok(PageRequest {
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), of_form)],
        body: form.query().map(|form| form.as_bytes().to_vec()),
        ..PageRequest::get(url, WITHIN, LARGEST)
    })
}

/// Where the token is fetched. A password goes there, and so never in plain text over a network.
fn realm(repository: &OciRepository, bearer: &Bearer) -> Result<Url, Unobserved> {
    let realm = &bearer.realm;
    let here = |url: &Url| {
        url.scheme() == "http" && is_of_this_machine(url) && repository.is_on_this_machine()
    };
    let url = Url::parse(realm).ok();
    let safe = url.filter(|url| url.scheme() == "https" || here(url));
    safe.ok_or_else(|| {
        Unobserved::lasting(format!(
            "{} sends for its token to `{realm}`, which is no safe address",
            repository.host
        ))
        .hint("Tokens are fetched by HTTPS alone: whoever runs the registry has to name such a realm.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Bearer {
        Bearer {
            realm: realm.into(),
            service: service.map(str::to_owned),
            scope: None,
        }
    }

    fn repository(written: &str) -> OciRepository {
        OciRepository::parse(written).expect("a repository")
    }

    #[test]
    fn a_token_is_asked_for_where_the_registry_says() {
        let hub = bearer("https://auth.docker.io/token?a=1", Some("s"));
        let asked = request(&repository("nginx"), &hub, None).expect("a request");
        assert_eq!(
            asked.url.as_str(),
            "https://auth.docker.io/token?a=1&service=s&scope=repository%3Alibrary%2Fnginx%3Apull"
        );
        assert_eq!((&*asked.method, asked.headers), ("GET", Vec::new()));
    }

    #[test]
    fn an_identity_token_is_sent_as_a_form() {
        let login = Login::IdentityToken("1d".into());
        let hub = bearer("https://acme.azurecr.io/oauth2/token", Some("s"));
        let asked = request(&repository("acme.azurecr.io/web"), &hub, Some(&login));
        let asked = asked.expect("a request");
        assert_eq!(asked.url.as_str(), "https://acme.azurecr.io/oauth2/token");
        let form = "grant_type=refresh_token&service=s&scope=repository%3Aweb%3Apull&client_id=touchdown&refresh_token=1d";
        assert_eq!(asked.body.as_deref(), Some(form.as_bytes()));
        assert_eq!(asked.method, "POST");
    }

    #[test]
    fn a_password_goes_nowhere_unsafe() {
        let [hub, here] = ["nginx", "localhost:5000/web"].map(repository);
        let local = "http://localhost:5001/token";
        assert!(realm(&here, &bearer(local, None)).is_ok());
        for (repository, unsafe_realm) in [
            (&hub, "http://auth.docker.io/token"),
            (&hub, "file:///etc/passwd"),
            (&hub, "token"),
            (&hub, local),
            (&here, "http://auth.docker.io/token"),
            (&here, "http://127.0.0.1.example.com/token"),
        ] {
            let refused = realm(repository, &bearer(unsafe_realm, None)).expect_err(unsafe_realm);
            assert!(refused.lasting && refused.headline.contains(unsafe_realm));
        }
    }

    #[test]
    fn who_is_asked_too_often_is_told_apart_from_who_refuses() {
        let told = |status, body: &str| {
            let page = Page {
                status,
                body: body.to_owned(),
                ..Page::default()
            };
            granted(&page, "auth.docker.io", &repository("nginx"))
        };
        assert_eq!(
            told(200, r#"{"access_token": "t"}"#),
            Ok("Bearer t".to_owned())
        );
        for (status, body, lasting, throttled) in [
            (401, "", true, false),
            (429, "", false, true),
            (503, "", false, false),
            (200, "<html>", false, false),
            (200, r#"{"token": "a\nb"}"#, false, false),
        ] {
            let refused = told(status, body).expect_err("no token");
            let said = (refused.lasting, refused.throttled);
            assert_eq!(said, (lasting, throttled), "{refused:?}");
        }
    }
}
