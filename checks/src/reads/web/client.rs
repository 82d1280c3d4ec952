//! The wire, by way of reqwest: clients, one exchange, and why there was none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HOST, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Url, Version};
use rustls::ClientConfig;
use rustls::client::Resumption;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::watch::{Instead, NoSessions, Watch, WatchedConnections, WatchedResolver, note};
use super::{Authorization, Fetch, FetchError, HASHED, Page, PageRequest, Redirect};
use crate::reads::crowd::{self, Crowd};
use crate::reads::error::root;
use crate::reads::net::{self, Tell, Tls};
use crate::reads::redirects;
use crate::reads::unreached::Unreached;

/// The wire. Its clients are made when first needed.
#[derive(Debug, Default)]
pub struct Web {
    clients: [OnceCell<Client>; 4],
    crowd: Crowd,
}

/// Which connections a request may use.
#[derive(Clone, Copy)]
enum Connections {
    /// One that is kept for a moment, or a new one.
    Kept,
    /// A new one.
    New,
    /// A new one, past any proxy: it goes where the check says.
    Direct,
    /// A new one like that, of HTTP/1.1, which lets a header tell the port that the address has.
    Moved,
}

/// How long a connection is kept for whoever waits for a turn: another look, a round later, shall
/// ask the load balancer anew.
const KEPT: Duration = Duration::from_millis(100);

impl Web {
    /// A client of its own for who has somebody else to trust, or to be; otherwise one that is shared.
    async fn client(
        &self,
        connections: Connections,
        request: &PageRequest,
    ) -> Result<Client, FetchError> {
        let make = async || built(connections, &request.tls).await;
        if request.tls != Tls::default() {
            return make().await;
        }
        let cell = &self.clients[connections as usize];
        cell.get_or_try_init(make).await.cloned()
    }

    async fn exchange(&self, request: PageRequest, watch: &Watch) -> Result<Page, FetchError> {
        let _turn = self.crowd.turn(&request.url, request.within).await;
        let (limit, hashed) = (request.body_limit, request.hashed);
        let began = Instant::now();
        let (answer, url, redirects) = self.followed(request, watch).await?;
        let mut page = headed(&answer, url);
        page.redirects = redirects;
        page.phases = Some(watch.phases(began, Instant::now()));
        page.tls = watch.handshake();
        read_body(answer, limit, hashed, &mut page).await?;
        page.took = began.elapsed();
        Ok(page)
    }

    /// The answer behind all redirects that may be followed, the address that gave it, and the redirects.
    async fn followed(
        &self,
        mut request: PageRequest,
        watch: &Watch,
    ) -> Result<(Response, Url, Vec<Redirect>), FetchError> {
        let first = request.url.clone();
        let mut followed = Vec::new();
        for _ in 0..=redirects::MOST {
            let way = Way::of(&request, &first);
            let client = self.client(way.connections, &request).await?;
            watch.stand_in(way.instead);
            let sending = prepared(&client, &request, way.url, way.host)?;
            let answer = watch.over(sending.send()).await;
            let answer = answer.map_err(|error| fetch_error(&error))?;
            let location = answer.headers().get(LOCATION);
            let location =
                location.and_then(|location| std::str::from_utf8(location.as_bytes()).ok());
            let Some(next) = redirects::next(&request, answer.status(), location) else {
                return Ok((answer, request.url, followed));
            };
            followed.push(Redirect {
                status: answer.status().as_u16(),
                to: shown(next.url.clone()),
            });
            request = next;
        }
        Err(FetchError::TooManyRedirects)
    }
}

/// How a request goes, which may be to somebody else than its address names.
struct Way {
    connections: Connections,
    instead: Option<Instead>,
    /// The address, without its port where another one is connected to: reqwest takes the resolver's
    /// for an address that has none.
    url: Url,
    /// What the header `host` says then.
    host: Option<String>,
}

impl Way {
    /// `first` is the address for whose host, and port, somebody stands in.
    fn of(request: &PageRequest, first: &Url) -> Self {
        let url = request.url.clone();
        let host = url.host_str().filter(|_| url.host() == first.host());
        let (Some(to), Some(host)) = (&request.connect_to, host) else {
            return Self {
                connections: match request.new_connection || request.connect_to.is_some() {
                    true => Connections::New,
                    false => Connections::Kept,
                },
                instead: None,
                url,
                host: None,
            };
        };
        let own = url.port_or_known_default();
        let is_first = own == first.port_or_known_default();
        let port = to.port.filter(|_| is_first).or(own);
        let instead = Instead {
            of: host.to_owned(),
            host: to.host.clone(),
            port: port.unwrap_or_default(),
        };
        let host = url.port().map(|port| format!("{host}:{port}"));
        let host = host.filter(|_| Some(instead.port) != own);
        let mut url = url;
        let connections = match host {
            Some(_) => Connections::Moved,
            None => Connections::Direct,
        };
        if host.is_some() {
            // An address of the web has a host, so that its port can be changed.
            let _ = url.set_port(None);
        }
        Self {
            connections,
            instead: Some(instead),
            url,
            host,
        }
    }
}

/// The request as it is sent to that address.
fn prepared(
    client: &Client,
    request: &PageRequest,
    url: Url,
    host: Option<String>,
) -> Result<RequestBuilder, FetchError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| Unreached::Unsendable(format!("`{}` is no method", request.method)))?;
    let mut sending = client.request(method, url);
    for (name, value) in &request.headers {
        sending = sending.header(name, value);
    }
    let mut names = request.headers.iter().map(|(name, _)| name);
    if let Some(host) = host.filter(|_| !names.any(|name| name.eq_ignore_ascii_case("host"))) {
        sending = sending.header(HOST, host);
    }
    sending = match &request.authorization {
        Some(Authorization::Basic { user, password }) => sending.basic_auth(user, Some(password)),
        Some(Authorization::Bearer(token)) => sending.bearer_auth(token),
        None => sending,
    };
    if let Some(body) = &request.body {
        sending = sending.body(body.clone());
    }
    Ok(sending)
}

/// An address as it is told: who asked is no part of it.
fn shown(mut url: Url) -> String {
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// A page, but for its body.
fn headed(answer: &Response, url: Url) -> Page {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter();
    Page {
        url: shown(url),
        status: answer.status().as_u16(),
        version: version(answer.version()),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        address: answer.remote_addr(),
        ..Page::default()
    }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads the body up to the limit, and the rest of it where the hash of all is wanted.
async fn read_body(
    mut answer: Response,
    limit: usize,
    hashed: bool,
    page: &mut Page,
) -> Result<(), FetchError> {
    let mut body = Vec::new();
    let (mut hash, mut length) = (hashed.then(Sha256::new), 0);
    while let Some(chunk) = answer.chunk().await.map_err(|error| fetch_error(&error))? {
        let room = limit - body.len();
        page.truncated |= chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        length += chunk.len() as u64;
        hash = hash.filter(|_| length <= HASHED);
        match &mut hash {
            Some(hash) => hash.update(&chunk),
            None if page.truncated => break,
            None => {}
        }
    }
    page.sha256 = hash.map(|hash| {
        let digest = hash.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    // Some servers begin UTF-8 with a byte order mark, which is no part of the text (RFC 8259, 8.1).
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body);
    page.body = String::from_utf8_lossy(text).into_owned();
    Ok(())
}

/// TLS as it is watched, for these versions of HTTP, the best first.
async fn configured(tls: &Tls, versions: &[&[u8]]) -> Result<ClientConfig, Unreached> {
    let tell: Tell = Arc::new(note);
    let mut config = net::config(tls, tell).await?;
    config.resumption = Resumption::store(Arc::new(NoSessions));
    config.alpn_protocols = versions.iter().map(|version| version.to_vec()).collect();
    Ok(config)
}

async fn built(connections: Connections, tls: &Tls) -> Result<Client, FetchError> {
    let versions: &[&[u8]] = match connections {
        Connections::Moved => &[b"http/1.1"],
        _ => &[b"h2", b"http/1.1"],
    };
    let client = Client::builder()
        .tls_backend_preconfigured(configured(tls, versions).await?)
        .dns_resolver(WatchedResolver)
        .connector_layer(WatchedConnections)
        .redirect(Policy::none())
        .user_agent(concat!("touchdown/", env!("CARGO_PKG_VERSION")));
    let client = match connections {
        Connections::Kept => client
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(crowd::AT_ONCE),
        Connections::New => client.pool_max_idle_per_host(0),
        Connections::Direct | Connections::Moved => client.pool_max_idle_per_host(0).no_proxy(),
    };
    client
        .build()
        .map_err(|error| Unreached::Unsendable(root(&error)).into())
}

impl Fetch for Web {
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async move {
            let within = request.within;
            let watch = Watch::default();
            let exchanged = tokio::time::timeout(within, self.exchange(request, &watch)).await;
            exchanged.unwrap_or_else(|_| Err(watch.silence(within)))
        })
    }
}

fn fetch_error(error: &reqwest::Error) -> FetchError {
    let why = if error.is_timeout() {
        Unreached::TimedOut
    } else if error.is_builder() {
        Unreached::Unsendable(root(error))
    } else {
        Unreached::by(error)
    };
    why.into()
}
