//! Where redirects may lead: anywhere, unless a request carries what is meant for its own host.

use reqwest::Url;
use reqwest::redirect::Policy;

use super::web::PageRequest;

/// The most redirects that are followed, as browsers and curl have it or fewer.
const MOST: usize = 10;

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

/// Whether a request carries what only its own host is to have: a key in a header, a body.
pub(super) fn is_for_its_host_alone(request: &PageRequest) -> bool {
    let for_anyone = |name: &str| {
        let mut known = FOR_ANYONE.iter();
        known.any(|known| known.eq_ignore_ascii_case(name))
    };
    let mut headers = request.headers.iter();
    let says_who = request.authorization.is_some();
    says_who || request.body.is_some() || headers.any(|(name, _)| !for_anyone(name))
}

/// Follows redirects wherever they lead.
pub(super) fn anywhere() -> Policy {
    Policy::limited(MOST)
}

/// Follows redirects within a host; one that leads elsewhere is itself the answer. reqwest would
/// keep `Authorization` and `Cookie` back, but pass on the body and every other header.
pub(super) fn within_the_host() -> Policy {
    Policy::custom(|redirect| {
        let asked = redirect.previous().first();
        if asked.is_some_and(|asked| !is_the_same(asked, redirect.url())) {
            return redirect.stop();
        }
        Policy::limited(MOST).redirect(redirect)
    })
}

/// Whether two addresses are one server's: scheme, host and port are the same, or `https` stands
/// where `http` did.
fn is_the_same(asked: &Url, next: &Url) -> bool {
    let is_upgrade = next.scheme() == "https" && asked.port().or(next.port()).is_none();
    asked.host_str() == next.host_str() && (asked.origin() == next.origin() || is_upgrade)
}

#[cfg(test)]
mod tests {
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
}
