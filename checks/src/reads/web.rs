//! Reads of web pages, for checks that look from outside.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::Url;
use tokio::time::Instant;

use super::net::{Handshake, Tls};
use super::unreached::Unreached;
use super::{Reads, Signer, file};
use crate::contract::{HostPort, IpVersion, Seen};

mod answer;
mod client;
mod signature;
mod watch;

pub use client::Web;

/// What to ask for.
#[derive(Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The method, `GET`.
    pub method: String,
    /// The address.
    pub url: Url,
    /// Headers to send.
    pub headers: Vec<(String, String)>,
    /// How to say who asks; it is added to the headers.
    pub authorization: Option<Authorization>,
    /// A body to send.
    pub body: Option<Vec<u8>>,
    /// Whether to follow redirects.
    pub redirects: Redirects,
    /// Where to connect to instead of what the address's host resolves to, past any proxy.
    pub connect_to: Option<HostPort>,
    /// Which of the host's addresses may be connected to, past any proxy.
    pub ip: Option<IpVersion>,
    /// Whether to make a connection of its own, as a new client would.
    pub new_connection: bool,
    /// Whom to trust, and as whom to speak.
    pub tls: Tls,
    /// How long the whole exchange may take.
    pub within: Duration,
    /// How many bytes of the body are kept.
    pub body_limit: usize,
    /// Whether the hash of the body is wanted.
    pub hashed: bool,
}

/// The most bytes of a body of which a hash is made, whatever is kept of them.
pub const HASHED: u64 = 64 << 20;

impl PageRequest {
    /// What anybody asks of an address, wherever redirects lead, of whoever the system trusts.
    #[must_use]
    pub fn get(url: Url, within: Duration, body_limit: usize) -> Self {
        Self {
            method: "GET".to_owned(),
            url,
            headers: Vec::new(),
            authorization: None,
            body: None,
            redirects: Redirects::Follow,
            connect_to: None,
            ip: None,
            new_connection: false,
            tls: Tls::default(),
            within,
            body_limit,
            hashed: false,
        }
    }
}

/// How to say who asks (RFC 7617, RFC 6750, AWS's Signature Version 4).
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// A name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token.
    Bearer(String),
    /// A signature, made anew for each address that the request is led to.
    Aws(Signer),
}

/// Headers, the body and the address may hold secrets, so that little of them is shown.
impl fmt::Debug for PageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Up to ten; with a body, or headers that not everybody may see, within the host alone.
    Follow,
    /// None: the redirect itself is the answer.
    Keep,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The address that answered, after redirects.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// The version of HTTP: `1.1`, `2`. Empty where no wire was asked.
    pub version: &'static str,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, up to the limit; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Whether the body was longer than the limit.
    pub truncated: bool,
    /// The SHA-256 of the whole body as it came, compressed or not, in lower-case hexadecimal digits; where that
    /// was wanted, of at most [`HASHED`] bytes.
    pub sha256: Option<String>,
    /// The redirects that were followed, in their order.
    pub redirects: Vec<Redirect>,
    /// From sending until the last byte that was read.
    pub took: Duration,
    /// The address that answered, or the proxy's.
    pub address: Option<SocketAddr>,
    /// How long each part took; none where no wire was asked.
    pub phases: Option<Phases>,
    /// What the connection's handshake told, where there was one for this request.
    pub tls: Option<Handshake>,
}

/// A redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The status of the answer that redirects.
    pub status: u16,
    /// The address to which it leads.
    pub to: String,
}

/// How long each part of an exchange took, of the latest connection where redirects were followed.
/// What is none was not needed, such as the name of an address or a connection that was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Before the latest connection: redirects.
    pub before: Duration,
    /// The name's resolution.
    pub dns: Option<Duration>,
    /// TCP, or the way through a proxy.
    pub connect: Option<Duration>,
    /// The handshake.
    pub tls: Option<Duration>,
    /// From the connection until the answer began.
    pub first_byte: Duration,
}

impl Page {
    /// The header of that name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All headers of that name, in whatever case, in the order of the answer.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &str> {
        let all = self.headers.iter();
        let named = all.filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nothing answered.
    #[error("{0}")]
    Unreached(Unreached),
    /// It was not asked, or so late that it had less than half of the time: other requests of the same
    /// look took it.
    #[error("no time was left for it")]
    NoTime,
    /// More redirects than anyone should follow.
    #[error("too many redirects")]
    TooManyRedirects,
}

impl FetchError {
    /// The reason in words, of a request that might take so long.
    pub(super) fn told(self, within: Duration) -> String {
        match self {
            Self::Unreached(Unreached::TimedOut) => {
                format!("no answer within {} s", within.as_secs())
            }
            other => other.to_string(),
        }
    }
}

impl From<Unreached> for FetchError {
    fn from(why: Unreached) -> Self {
        Self::Unreached(why)
    }
}

/// Something that fetches pages; the wire, or an in-process server in a test.
pub trait Fetch: Send + Sync {
    /// Fetches one page.
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>>;
}

/// How many requests of one look are on their way at the same time.
const AT_ONCE: usize = 8;

impl Reads {
    /// Fetches a page. Each asker gets an answer of their own: that a page answers twice is
    /// two facts.
    pub async fn page(&self, request: PageRequest) -> Seen<Result<Page, FetchError>> {
        let (method, url) = (request.method.clone(), request.url.to_string());
        let answer = self.connections.web().fetch(request).await;
        self.seen(&method, url, None, answer)
    }

    /// Fetches pages, a few at the same time, and all within the time that one may take. What there was no
    /// time for says nothing of the server. The answers are in the order of the requests.
    pub async fn pages(
        &self,
        requests: Vec<PageRequest>,
        within: Duration,
    ) -> Vec<Seen<Result<Page, FetchError>>> {
        let until = Instant::now() + within;
        let one = |request: PageRequest| async move {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.no_page(&request, FetchError::NoTime);
            }
            let request = PageRequest {
                within: left,
                ..request
            };
            let mut answer = self.page(request).await;
            if answer.value == Err(Unreached::TimedOut.into()) && left < within / 2 {
                answer.value = Err(FetchError::NoTime);
            }
            answer
        };
        let all = futures_util::stream::iter(requests).map(one);
        all.buffered(AT_ONCE).collect().await
    }

    /// What is seen of a page that could not even be asked for.
    #[must_use]
    pub fn no_page(
        &self,
        request: &PageRequest,
        why: FetchError,
    ) -> Seen<Result<Page, FetchError>> {
        self.seen(&request.method, request.url.to_string(), None, Err(why))
    }

    /// A file that is to be sent, of at most `limit` bytes.
    ///
    /// # Errors
    /// Why it can't be read, in one line that names it.
    pub async fn file_to_send(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        file::read(path, limit).await
    }
}

#[cfg(test)]
mod tests;
