//! The opening handshake of a WebSocket.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_with_config};

use super::metered::Metered;
use super::{BYTES, ExchangeError, ExchangeRequest};
use crate::reads::unreached::Unreached;
use crate::reads::{error, net};

/// The most bytes that are read of a server, frames that are no messages and parts of messages included: some hold
/// no bytes at all, and could come without end.
const MOST: usize = 4 * BYTES;

/// How much of a body is kept that came instead of a WebSocket.
const BODY: usize = 400;

/// Headers that the handshake makes itself.
const OF_THE_HANDSHAKE: [&str; 7] = [
    "connection",
    "host",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "upgrade",
];

/// Whether a header can be sent with the opening handshake, which makes some itself.
pub(crate) fn is_for_the_handshake(name: &str, value: &str) -> bool {
    header(name, value).is_some_and(|(name, _)| !OF_THE_HANDSHAKE.contains(&name.as_str()))
}

/// Whether a subprotocol can be offered: it is a token of HTTP, as a header's name is.
pub(crate) fn is_subprotocol(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}

/// A connection over which messages go.
pub(super) type Socket = WebSocketStream<Metered<MaybeTlsStream<TcpStream>>>;

/// Opens a WebSocket: it, and the subprotocol that the server chose.
pub(super) async fn open(
    request: &ExchangeRequest,
    until: Instant,
) -> Result<(Socket, Option<String>), ExchangeError> {
    let handshake = handshake(request).map_err(ExchangeError::Unreached)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(BYTES))
        .max_frame_size(Some(BYTES));
    let stream = stream(request, until).await;
    let stream = Metered::new(stream.map_err(ExchangeError::Unreached)?, MOST);
    let opened = client_async_with_config(handshake, stream, Some(config)).await;
    let is_secure = request.url.scheme() == "wss";
    let (socket, answer) = opened.map_err(|error| not_opened(error, is_secure))?;
    let chosen = answer.headers().get("sec-websocket-protocol");
    let chosen = chosen.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
    Ok((socket, chosen))
}

/// Connects to the server, with TLS where the address says so.
async fn stream(
    request: &ExchangeRequest,
    until: Instant,
) -> Result<MaybeTlsStream<TcpStream>, Unreached> {
    let url = &request.url;
    // An address of IPv6 is in brackets.
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_secure = url.scheme() == "wss";
    let port = url.port().unwrap_or(if is_secure { 443 } else { 80 });
    let tcp = net::connected(host, port, request.ip, until).await?;
    // Messages are small, and each is awaited. Where the system refuses, they come a little later.
    let _ = tcp.set_nodelay(true);
    if !is_secure {
        return Ok(MaybeTlsStream::Plain(tcp));
    }
    let config = net::config(&request.tls, Arc::new(drop)).await?;
    let tls = net::begin(config, host, tcp, until).await?;
    Ok(MaybeTlsStream::Rustls(tls))
}

fn handshake(request: &ExchangeRequest) -> Result<Request, Unreached> {
    let unsendable = |error: tungstenite::Error| Unreached::Unsendable(error::root(&error));
    let mut handshake = request
        .url
        .as_str()
        .into_client_request()
        .map_err(unsendable)?;
    let offered = request.subprotocols.join(", ");
    let offered = (!offered.is_empty()).then_some(("sec-websocket-protocol", offered.as_str()));
    let given = request.headers.iter();
    let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in given.chain(offered) {
        let unsendable = || Unreached::Unsendable(format!("the header `{name}` can't be sent"));
        let (name, value) = header(name, value).ok_or_else(unsendable)?;
        handshake.headers_mut().append(name, value);
    }
    Ok(handshake)
}

/// Why there is no WebSocket on a connection that is there. Of the alert by which a server ends TLS 1.3 that wants
/// to know who asks, not every one tells.
fn not_opened(error: tungstenite::Error, is_secure: bool) -> ExchangeError {
    match error {
        tungstenite::Error::Http(answer) => {
            let body = answer.body().as_deref().unwrap_or_default();
            let body = String::from_utf8_lossy(&body[..body.len().min(BODY)]);
            ExchangeError::NotUpgraded {
                status: answer.status().as_u16(),
                body: error::one_line(&body),
            }
        }
        other => ExchangeError::Unreached(match Unreached::by(&other) {
            Unreached::NoAnswer(why) if is_secure => {
                Unreached::OtherProtocol(format!("breaks off once TLS has begun ({why})"))
            }
            why => why,
        }),
    }
}
