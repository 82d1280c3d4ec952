//! Reads of web pages, for checks that look from outside.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::crowd::{self, Crowd};
use super::{Reads, redirects};
use crate::contract::Seen;

/// What to ask for.
#[derive(Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The method, `GET`.
    pub method: String,
    /// The address.
    pub url: Url,
    /// Headers to send.
    pub headers: Vec<(String, String)>,
    /// A body to send.
    pub body: Option<String>,
    /// Whether to follow redirects.
    pub redirects: Redirects,
    /// How long the whole exchange may take.
    pub within: Duration,
    /// How many bytes of the body are kept.
    pub body_limit: usize,
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
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, up to the limit; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Whether the body was longer than the limit.
    pub truncated: bool,
    /// From sending until the last byte that was read.
    pub took: Duration,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The server was not there, or did not speak HTTP: refused, reset, TLS.
    NoAnswer(String),
    /// Nothing came in time.
    TimedOut,
    /// More redirects than anyone should follow.
    TooManyRedirects,
    /// The name could not be resolved, so that there was nothing to look at.
    NameNotFound(String),
    /// The request itself can't be sent.
    Unsendable(String),
}

/// Something that fetches pages; the wire, or an in-process server in a test.
pub trait Fetch: Send + Sync {
    /// Fetches one page.
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>>;
}

impl Reads {
    /// Fetches a page. Each asker gets an answer of their own: that a page answers twice is
    /// two facts.
    pub async fn page(&self, request: PageRequest) -> Seen<Result<Page, FetchError>> {
        let (method, url) = (request.method.clone(), request.url.to_string());
        let answer = self.connections.web().fetch(request).await;
        self.seen(&method, url, None, answer)
    }
}

/// The wire, by way of reqwest; its clients are made when first needed.
#[derive(Debug, Default)]
pub struct Web {
    following: OnceCell<Client>,
    staying: OnceCell<Client>,
    keeping: OnceCell<Client>,
    crowd: Crowd,
}

/// How long a connection is kept for whoever waits for a turn: another look, a round later, shall
/// ask the load balancer anew.
const KEPT: Duration = Duration::from_millis(100);

impl Web {
    async fn client(&self, request: &PageRequest) -> Result<&Client, FetchError> {
        let (cell, policy) = match request.redirects {
            Redirects::Keep => (&self.keeping, Policy::none()),
            Redirects::Follow if redirects::is_for_its_host_alone(request) => {
                (&self.staying, redirects::within_the_host())
            }
            Redirects::Follow => (&self.following, redirects::anywhere()),
        };
        cell.get_or_try_init(async || built(policy).await).await
    }

    async fn exchange(&self, request: PageRequest) -> Result<Page, FetchError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| FetchError::Unsendable(format!("`{}` is no method", request.method)))?;
        let client = self.client(&request).await?;
        let _turn = self.crowd.turn(&request.url, request.within).await;
        let mut sending = client.request(method, request.url);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        if let Some(body) = request.body {
            sending = sending.body(body);
        }
        let began = Instant::now();
        let mut answer = sending.send().await.map_err(|error| fetch_error(&error))?;
        let mut page = Page {
            url: answer.url().to_string(),
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            ..Page::default()
        };
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| fetch_error(&error))? {
            let room = request.body_limit - body.len();
            page.truncated = chunk.len() > room;
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if page.truncated {
                break;
            }
        }
        page.body = String::from_utf8_lossy(&body).into_owned();
        page.took = began.elapsed();
        Ok(page)
    }
}

/// Made on another thread: it reads the system's certificates, which takes milliseconds in which
/// AWS can be asked.
async fn built(policy: Policy) -> Result<Client, FetchError> {
    let build = move || {
        Client::builder()
            .redirect(policy)
            // An address may hold a token, which is nothing to tell the next host.
            .referer(false)
            .user_agent(concat!("touchdown/", env!("CARGO_PKG_VERSION")))
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(crowd::AT_ONCE)
            .build()
    };
    match tokio::task::spawn_blocking(build).await {
        Ok(built) => built.map_err(|error| FetchError::Unsendable(told(&error))),
        Err(ended) => Err(FetchError::Unsendable(ended.to_string())),
    }
}

impl Fetch for Web {
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async move {
            let within = request.within;
            let exchanged = tokio::time::timeout(within, self.exchange(request)).await;
            exchanged.unwrap_or(Err(FetchError::TimedOut))
        })
    }
}

fn fetch_error(error: &reqwest::Error) -> FetchError {
    let reason = told(error);
    if error.is_timeout() {
        FetchError::TimedOut
    } else if error.is_redirect() {
        FetchError::TooManyRedirects
    } else if error.is_builder() {
        FetchError::Unsendable(reason)
    } else if mentions(error, "dns error") {
        FetchError::NameNotFound(reason)
    } else {
        FetchError::NoAnswer(reason)
    }
}

/// hyper-util has no type for a failed name resolution, only this text in its chain.
fn mentions(error: &reqwest::Error, text: &str) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.to_string().contains(text) {
            return true;
        }
        next = error.source();
    }
    false
}

/// The innermost error, which says what happened.
fn told(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    super::error::one_line(&innermost.to_string())
}
