//! The wire, by way of reqwest: clients, one exchange, and why there was none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HOST, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use rustls::ClientConfig;
use rustls::client::Resumption;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::watch::{Instead, NoSessions, Watch, WatchedConnections, WatchedResolver, note};
use super::{Authorization, Fetch, FetchError, Page, PageRequest, Redirect, answer, signature};
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
        let mut page = answer::headed(&answer, url);
        page.redirects = redirects;
        page.phases = Some(watch.phases(began, Instant::now()));
        page.tls = watch.handshake();
        let read = answer::read_body(answer, limit, hashed, &mut page).await;
        read.map_err(|error| fetch_error(&error))?;
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
            watch.lead(way.instead, request.ip);
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
                to: answer::shown(next.url.clone()),
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
                connections: match (
                    request.ip,
                    request.new_connection || request.connect_to.is_some(),
                ) {
                    (Some(_), _) => Connections::Direct,
                    (None, true) => Connections::New,
                    (None, false) => Connections::Kept,
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
    let mut own = request.headers.iter();
    let own = own.find(|(name, _)| name.eq_ignore_ascii_case("host"));
    if let Some(host) = host.as_ref().filter(|_| own.is_none()) {
        sending = sending.header(HOST, host);
    }
    let asked = own.map(|(_, value)| value.clone()).or(host);
    sending = match &request.authorization {
        Some(Authorization::Basic { user, password }) => sending.basic_auth(user, Some(password)),
        Some(Authorization::Bearer(token)) => sending.bearer_auth(token),
        Some(Authorization::Aws(signer)) => {
            let asked = asked.unwrap_or_else(|| host_of(&request.url));
            let headers = signature::headers(request, signer, &asked)?;
            let headers = headers.iter();
            headers.fold(sending, |sending, (name, value)| {
                sending.header(name, value)
            })
        }
        None => sending,
    };
    if let Some(body) = &request.body {
        sending = sending.body(body.clone());
    }
    Ok(sending)
}

/// What the header `host` says of an address: its port only where it is not the usual one.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
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
