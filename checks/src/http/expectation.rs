//! What an answer should be like: status, headers, cookies, body, JSON and time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::body::{BodyExpectation, compression};
use super::cookie::CookieExpectation;
use super::destination::Destination;
use super::hash::{SHA256, Sha256};
use super::status::StatusExpectation;
use super::text::{Showing, TextExpectation};
use crate::contract::{Period, Several, Written};
use crate::difference::{Difference, difference, json_differences};
use crate::json::JsonExpectation;
use crate::net::TlsExpectation;
use crate::reads::Page;

/// What an answer should be like. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The status: `200`, `2xx`, or a list of these.
    #[serde(default)]
    pub status: Option<StatusExpectation>,
    /// Headers by name: a text that each must contain, or a mapping of `contains`, `equals`, `regex` and
    /// `absent`.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Written<TextExpectation>>,
    /// Cookies that the answer sets, by name: a text that the value must contain, or a mapping of
    /// `contains`, `equals`, `regex`, `absent`, `secure`, `http_only`, `same_site`, `path`, `domain` and
    /// `valid_for`.
    #[serde(default)]
    pub(super) cookies: BTreeMap<String, Written<CookieExpectation>>,
    /// What the body must contain, and what it must not.
    #[serde(default)]
    pub body: Option<BodyExpectation>,
    /// The SHA-256 of the body, in 64 hexadecimal digits as `sha256sum` prints them: of its bytes as they came,
    /// which are compressed only where the server does so unasked.
    #[serde(default)]
    pub(super) sha256: Option<Sha256>,
    /// Values in a JSON body, by JSON path (RFC 9535), or operators.
    #[serde(default)]
    pub json: JsonExpectation,
    /// The address that answers in the end, after redirects: all of it, or `{ regex: … }` of a part.
    #[serde(default)]
    pub(super) ends_at: Option<Destination>,
    /// How many redirects were followed.
    #[serde(default)]
    pub(super) redirected: Option<usize>,
    /// What the certificate of whoever answered should be like.
    #[serde(default)]
    pub(super) tls: Option<TlsExpectation>,
    /// The version of HTTP, or those that will do.
    #[serde(default)]
    pub(super) http: Option<Several<HttpVersion>>,
    /// The longest time from sending until the last byte.
    #[serde(default)]
    pub under: Option<Period>,
}

/// What differences of the way to an answer are called.
pub(super) const DESTINATION: &str = "final address";
pub(super) const REDIRECTS: &str = "redirects";

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub(super) enum HttpVersion {
    /// RFC 1945.
    #[serde(rename = "1.0")]
    V1_0,
    /// RFC 9112.
    #[serde(rename = "1.1")]
    V1_1,
    /// RFC 9113.
    #[serde(rename = "2")]
    V2,
}

impl HttpVersion {
    fn name(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V2 => "2",
        }
    }
}

/// Whether an answer is the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Yes,
    No,
    /// What was read is as expected; the rest of the body would have to tell.
    Unread,
}

impl Likeness {
    pub(super) fn of(differences: &[Difference]) -> Self {
        if differences.is_empty() {
            Self::Yes
        } else if differences.iter().all(|difference| difference.unread) {
            Self::Unread
        } else {
            Self::No
        }
    }
}

impl Expectation {
    /// Whether nothing is expected at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.status.is_none()
            && self.headers.is_empty()
            && self.cookies.is_empty()
            && self.body.as_ref().is_none_or(BodyExpectation::is_empty)
            && self.sha256.is_none()
            && self.json.is_empty()
            && self.ends_at.is_none()
            && self.redirected.is_none()
            && self.tls.is_none()
            && self.http.is_none()
            && self.under.is_none()
    }

    /// What an answer has that is as expected, beyond its status: `cloud-latest`,
    /// `$.entities = 5421`.
    pub(super) fn met(&self, page: &Page) -> String {
        let body = self.body.iter().flat_map(|body| body.met("body"));
        let document = match self.json.is_empty() {
            true => None,
            false => serde_json::from_str::<Value>(&page.body).ok(),
        };
        let json = document
            .iter()
            .flat_map(|document| self.json.told(document));
        let headers = self.headers.iter();
        let headers =
            headers.map(|(name, text)| format!("{name}: {}", TextExpectation::from(text)));
        let cookies = self.cookies.keys().map(|name| format!("cookie {name}"));
        let hash = self.sha256.iter().map(|_| format!("the expected {SHA256}"));
        let all = body.chain(hash).chain(json).chain(headers).chain(cookies);
        all.collect::<Vec<_>>().join(", ")
    }

    /// Whether a hash of the body is needed.
    pub(super) fn needs_hash(&self) -> bool {
        self.sha256.is_some()
    }

    /// Where in the page's body that stands which is looked for.
    pub(super) fn places<'p>(&self, page: &'p Page) -> Vec<(usize, &'p str)> {
        let body = self.body.as_ref();
        body.map(|body| body.places(&page.body)).unwrap_or_default()
    }

    /// Whether a page that was seen `at` that time is as expected.
    pub(super) fn likeness(&self, page: &Page, at: Timestamp) -> Likeness {
        Likeness::of(&self.differences(page, at))
    }

    /// Everything in which a page differs that was seen `at` that time.
    pub(super) fn differences(&self, page: &Page, at: Timestamp) -> Vec<Difference> {
        let mut found = Vec::new();
        if let Some(status) = self
            .status
            .as_ref()
            .filter(|status| !status.accepts(page.status))
        {
            found.push(difference(
                "status",
                status.to_string(),
                page.status.to_string(),
            ));
        }
        found.extend(self.way_differences(page));
        found.extend(self.header_differences(page));
        let cookies = self.cookies.iter();
        found.extend(cookies.flat_map(|(name, cookie)| {
            CookieExpectation::from(cookie).differences(name, page, at)
        }));
        found.extend(self.content_differences(page));
        let hash = self.sha256.as_ref();
        found.extend(hash.and_then(|hash| hash.difference(page)));
        found.extend(self.tls_differences(page, at));
        found.extend(self.version_difference(page));
        if let Some(under) = self.under.filter(|under| page.took > under.get()) {
            let took = Period::from(page.took);
            found.push(difference(
                "time",
                format!("under {under}"),
                took.to_string(),
            ));
        }
        found
    }

    fn version_difference(&self, page: &Page) -> Option<Difference> {
        let names = self.http.as_ref()?.0.iter().map(|version| version.name());
        let names: Vec<&str> = names.collect();
        let is_one = names.contains(&page.version);
        (!is_one).then(|| difference("HTTP", names.join(" or "), page.version))
    }

    /// Where redirects led, and how many they were.
    fn way_differences(&self, page: &Page) -> Vec<Difference> {
        let destination = self.ends_at.iter().filter(|one| !one.is(&page.url));
        let destination =
            destination.map(|one| difference(DESTINATION, one.to_string(), &page.url));
        let followed = page.redirects.len();
        let number = self.redirected.filter(|number| *number != followed);
        let number =
            number.map(|number| difference(REDIRECTS, number.to_string(), followed.to_string()));
        destination.chain(number).collect()
    }

    fn content_differences(&self, page: &Page) -> Vec<Difference> {
        let is_sought = self.body.is_some() || !self.json.is_empty();
        if let Some(encoding) = compression(page).filter(|_| is_sought) {
            let seen = format!("compressed ({encoding})");
            return vec![difference("body", "a text that is not compressed", seen)];
        }
        let mut found: Vec<Difference> = self
            .body
            .iter()
            .flat_map(|body| body.differences("body", &page.body, page.truncated))
            .collect();
        found.extend(json_differences(
            "body",
            &page.body,
            page.truncated,
            &self.json,
        ));
        found
    }

    fn header_differences(&self, page: &Page) -> Vec<Difference> {
        let differs = |(name, text): (&String, &Written<TextExpectation>)| {
            let seen: Vec<&str> = page.headers_named(name).collect();
            let is_cookie = name.eq_ignore_ascii_case("set-cookie");
            let showing = if is_cookie {
                Showing::Hidden
            } else {
                Showing::AsItIs
            };
            let what = format!("header {name}");
            TextExpectation::from(text).differences(&what, "no such header", &seen, showing)
        };
        self.headers.iter().filter_map(differs).collect()
    }

    fn tls_differences(&self, page: &Page, at: Timestamp) -> Vec<Difference> {
        let Some(expected) = &self.tls else {
            return Vec::new();
        };
        let Some(handshake) = &page.tls else {
            return vec![difference("TLS", "some", "none")];
        };
        let found = expected.shortcomings(handshake, at).into_iter();
        found
            .map(|short| difference(short.what, short.expected, short.seen))
            .collect()
    }
}
