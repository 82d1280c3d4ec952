//! Where redirects may lead: anywhere, unless a request carries what is meant for its own host.

use reqwest::{StatusCode, Url};

use super::web::{PageRequest, Redirects};

/// The most redirects that are followed, as browsers and curl have it or fewer.
pub(super) const MOST: usize = 10;

/// Headers that say what kind of answer is wanted, and nothing that any server may not know.
const FOR_ANYONE: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "content-type",
    "pragma",
    "user-agent",
];

/// The request to which an answer of that status and `location` leads; none where it is an answer
/// itself, or leads to where the request may not go. Methods change as in the Fetch standard.
pub(super) fn next(
    request: &PageRequest,
    status: StatusCode,
    location: Option<&str>,
) -> Option<PageRequest> {
    let becomes_get = match (status.as_u16(), request.method.as_str()) {
        (301 | 302, method) => method == "POST",
        (303, method) => !matches!(method, "GET" | "HEAD"),
        (307 | 308, _) => false,
        _ => return None,
    };
    let mut url = request.url.join(location?).ok()?;
    let is_the_same = is_the_same(&request.url, &url);
    let may_go = is_the_same || !is_for_its_host_alone(request);
    let is_asked_for = request.redirects == Redirects::Follow;
    if !is_asked_for || !may_go || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if is_the_same {
        let _ = url.set_username(request.url.username());
        let _ = url.set_password(request.url.password());
    }
    let mut next = PageRequest {
        url,
        ..request.clone()
    };
    if becomes_get {
        next.method = "GET".to_owned();
        next.body = None;
        next.headers.retain(|(name, _)| !is_of_a_body(name));
    }
    Some(next)
}

fn is_of_a_body(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("content-")
}

/// Whether a request carries what only its own host is to have: a key in a header, a body.
fn is_for_its_host_alone(request: &PageRequest) -> bool {
    let for_anyone = |name: &str| {
        let mut known = FOR_ANYONE.iter();
        known.any(|known| known.eq_ignore_ascii_case(name))
    };
    let mut headers = request.headers.iter();
    let says_who = request.authorization.is_some();
    says_who || request.body.is_some() || headers.any(|(name, _)| !for_anyone(name))
}

/// Whether two addresses are one server's: scheme, host and port are the same, or `https` stands
/// where `http` did.
fn is_the_same(asked: &Url, next: &Url) -> bool {
    let is_upgrade = next.scheme() == "https" && asked.port().or(next.port()).is_none();
    asked.host_str() == next.host_str() && (asked.origin() == next.origin() || is_upgrade)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_server_is_its_scheme_host_and_port() {
        for (asked, next, same) in [
            ("http://a/x", "http://a/y", true),
            ("http://a/", "http://a:80/", true),
            ("http://a/", "https://a/", true),
            ("https://a/", "https://A:443/z?q", true),
            ("https://a/", "http://a/", false),
            ("http://a/", "http://b/", false),
            ("http://a/", "http://a.b/", false),
            ("http://a:81/", "http://a:82/", false),
            ("http://a:81/", "https://a/", false),
            ("http://a/", "https://a:8443/", false),
        ] {
            let url = |text: &str| Url::parse(text).expect("an address");
            assert_eq!(is_the_same(&url(asked), &url(next)), same, "{asked} {next}");
        }
    }

    fn posted(to: &str) -> PageRequest {
        PageRequest {
            method: "POST".into(),
            headers: vec![("Content-Type".into(), "text/plain".into())],
            body: Some(b"hello".to_vec()),
            ..PageRequest::get(to.parse().expect("an address"), Duration::from_secs(1), 1)
        }
    }

    fn led(request: &PageRequest, status: u16, location: &str) -> Option<PageRequest> {
        let status = StatusCode::from_u16(status).expect("a status");
        next(request, status, Some(location))
    }

    #[test]
    fn a_form_that_is_sent_on_becomes_a_page_that_is_asked_for() {
        let request = posted("http://ci:pass@a/form");
        for status in [301, 302, 303] {
            let next = led(&request, status, "http://a/done").expect("a redirect");
            assert_eq!(
                (&*next.method, next.body, next.headers.len()),
                ("GET", None, 0)
            );
            assert_eq!(next.url.as_str(), "http://ci:pass@a/done");
        }
        for status in [307, 308] {
            let next = led(&request, status, "done?x").expect("a redirect");
            assert_eq!((&*next.method, next.body), ("POST", request.body.clone()));
            assert_eq!(next.url.path(), "/done");
        }
        let head = PageRequest {
            method: "HEAD".into(),
            ..request.clone()
        };
        assert_eq!(led(&head, 303, "/").expect("a redirect").method, "HEAD");
    }

    #[test]
    fn what_leads_nowhere_or_where_it_may_not_is_the_answer() {
        let request = posted("https://a/form");
        for (status, location) in [
            (300, "/"),
            (304, "/"),
            (200, "/"),
            (302, "http://[bad"),
            (302, "ftp://a/x"),
            (302, "https://b/"),
            (302, "http://a/"),
        ] {
            assert!(
                led(&request, status, location).is_none(),
                "{status} {location}"
            );
        }
        let keep = PageRequest {
            redirects: Redirects::Keep,
            ..request.clone()
        };
        assert!(led(&keep, 302, "/").is_none());
        let plain = PageRequest {
            body: None,
            ..request
        };
        assert!(
            led(&plain, 302, "http://b/").is_some(),
            "nothing is to be kept"
        );
    }
}
