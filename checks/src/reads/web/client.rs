//! The wire, by way of reqwest: clients, one exchange, and why there was none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Version};
use rustls::ClientConfig;
use rustls::client::Resumption;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::watch::{Instead, NoSessions, Watch, WatchedConnections, WatchedResolver, note};
use super::{Authorization, Fetch, FetchError, Page, PageRequest, Redirects};
use crate::reads::crowd::{self, Crowd};
use crate::reads::error::root;
use crate::reads::net::{self, Tell, Tls};
use crate::reads::redirects;
use crate::reads::unreached::Unreached;

/// The wire. Its clients are made when first needed.
#[derive(Debug, Default)]
pub struct Web {
    clients: [OnceCell<Client>; 9],
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
}

/// How long a connection is kept for whoever waits for a turn: another look, a round later, shall
/// ask the load balancer anew.
const KEPT: Duration = Duration::from_millis(100);

impl Web {
    /// A client of its own for who has somebody else to trust, or to be; otherwise one that is shared.
    async fn client(&self, request: &PageRequest) -> Result<Client, FetchError> {
        let connections = match (&request.connect_to, request.new_connection) {
            (Some(_), _) => Connections::Direct,
            (None, true) => Connections::New,
            (None, false) => Connections::Kept,
        };
        let (which, policy) = match request.redirects {
            Redirects::Keep => (0, Policy::none()),
            Redirects::Follow if redirects::is_for_its_host_alone(request) => {
                (1, redirects::within_the_host())
            }
            Redirects::Follow => (2, redirects::anywhere()),
        };
        let make = async || built(policy, connections, &request.tls).await;
        if request.tls != Tls::default() {
            return make().await;
        }
        let cell = &self.clients[3 * connections as usize + which];
        cell.get_or_try_init(make).await.cloned()
    }

    async fn exchange(&self, request: PageRequest) -> Result<Page, FetchError> {
        let client = self.client(&request).await?;
        let _turn = self.crowd.turn(&request.url, request.within).await;
        let (sending, watch) = prepared(&client, &request)?;
        let began = Instant::now();
        let answer = watch.over(sending.send()).await;
        let answer = answer.map_err(|error| fetch_error(&error))?;
        let mut page = headed(&answer, &request);
        page.phases = Some(watch.phases(began, Instant::now()));
        page.tls = watch.handshake();
        read_body(answer, request.body_limit, &mut page).await?;
        page.took = began.elapsed();
        Ok(page)
    }
}

/// The request as it is sent. One that goes elsewhere keeps its name, and its port as a header: a port
/// in the address would be the one that is connected to.
fn prepared(client: &Client, request: &PageRequest) -> Result<(RequestBuilder, Watch), FetchError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| Unreached::Unsendable(format!("`{}` is no method", request.method)))?;
    let mut url = request.url.clone();
    let mut headers = request.headers.clone();
    let mut instead = None;
    if let (Some(to), Some(host)) = (&request.connect_to, request.url.host_str()) {
        instead = Some(Instead {
            of: host.to_owned(),
            host: to.host.clone(),
            port: to.port.or(url.port_or_known_default()).unwrap_or_default(),
        });
        let names_host = |(name, _): &(String, String)| name.eq_ignore_ascii_case("host");
        if let Some(port) = url.port().filter(|_| !headers.iter().any(names_host)) {
            headers.push(("host".to_owned(), format!("{host}:{port}")));
        }
        // An address of the web has a host, so that its port can be changed.
        let _ = url.set_port(None);
    }
    let mut sending = client.request(method, url);
    for (name, value) in headers {
        sending = sending.header(name, value);
    }
    sending = match &request.authorization {
        Some(Authorization::Basic { user, password }) => sending.basic_auth(user, Some(password)),
        Some(Authorization::Bearer(token)) => sending.bearer_auth(token),
        None => sending,
    };
    if let Some(body) = &request.body {
        sending = sending.body(body.clone());
    }
    Ok((sending, Watch::instead(instead)))
}

/// A page, but for its body.
fn headed(answer: &Response, request: &PageRequest) -> Page {
    let text = |value: &reqwest::header::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    };
    let headers = answer.headers().iter();
    let is_where_it_was_sent = answer.url().path() == request.url.path()
        && answer.url().host_str() == request.url.host_str()
        && request.connect_to.is_some();
    let url = match is_where_it_was_sent {
        true => request.url.to_string(),
        false => answer.url().to_string(),
    };
    Page {
        url,
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

async fn read_body(mut answer: Response, limit: usize, page: &mut Page) -> Result<(), FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| fetch_error(&error))? {
        let room = limit - body.len();
        page.truncated = chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if page.truncated {
            break;
        }
    }
    page.body = String::from_utf8_lossy(&body).into_owned();
    Ok(())
}

/// TLS as it is watched, that of HTTP/2 before that of HTTP/1.1.
async fn configured(tls: &Tls) -> Result<ClientConfig, Unreached> {
    let tell: Tell = Arc::new(note);
    let mut config = net::config(tls, tell).await?;
    config.resumption = Resumption::store(Arc::new(NoSessions));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

async fn built(policy: Policy, connections: Connections, tls: &Tls) -> Result<Client, FetchError> {
    let client = Client::builder()
        .tls_backend_preconfigured(configured(tls).await?)
        .dns_resolver(WatchedResolver)
        .connector_layer(WatchedConnections)
        .redirect(policy)
        // An address may hold a token, which is nothing to tell the next host.
        .referer(false)
        .user_agent(concat!("touchdown/", env!("CARGO_PKG_VERSION")));
    let client = match connections {
        Connections::Kept => client
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(crowd::AT_ONCE),
        Connections::New => client.pool_max_idle_per_host(0),
        Connections::Direct => client.pool_max_idle_per_host(0).no_proxy(),
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
            let exchanged = tokio::time::timeout(within, self.exchange(request)).await;
            exchanged.unwrap_or(Err(Unreached::TimedOut.into()))
        })
    }
}

fn fetch_error(error: &reqwest::Error) -> FetchError {
    if error.is_redirect() {
        return FetchError::TooManyRedirects;
    }
    let why = if error.is_timeout() {
        Unreached::TimedOut
    } else if error.is_builder() {
        Unreached::Unsendable(root(error))
    } else {
        Unreached::by(error)
    };
    why.into()
}
