//! Exchanges over WebSockets: what is sent, and what comes back until it is enough.

use std::future::Future;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as Wire};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::unreached::Unreached;
use super::{Reads, error};
use crate::contract::{Clock, Seen};

/// What to exchange. Headers, messages and the address may hold secrets, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// The address, `ws://` or `wss://`.
    pub url: Url,
    /// Headers of the opening handshake.
    pub headers: Vec<(String, String)>,
    /// The subprotocols that are offered, the best first.
    pub subprotocols: Vec<String>,
    /// The messages to send, in this order, as soon as the connection is open.
    pub send: Vec<String>,
    /// How long the whole exchange may take.
    pub within: Duration,
}

/// What came of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The subprotocol that the server chose.
    pub subprotocol: Option<String>,
    /// Every message of both sides, in order.
    pub messages: Vec<Message>,
    /// How it ended.
    pub end: End,
    /// From connecting until the end.
    pub took: Duration,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it was sent or received, by the run's clock.
    pub at: Timestamp,
    /// Whether the server sent it.
    pub received: bool,
    /// Its text; bytes that are no UTF-8 are replaced.
    pub text: String,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Enough was received.
    Enough,
    /// The server closed the connection, with a code and a reason where it gave them.
    Closed(Option<(u16, String)>),
    /// The connection broke.
    Broke(String),
    /// The time was over.
    TimedOut,
    /// More was sent than is kept: [`MESSAGES`] or [`BYTES`].
    TooMuch,
}

/// Why there was no exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// Nothing answered.
    Unreached(Unreached),
    /// The server answered the handshake with this status of HTTP, and the beginning of this body.
    NotUpgraded {
        /// The status.
        status: u16,
        /// The first bytes of the body that came with it.
        body: String,
    },
}

/// What is still awaited after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// More messages.
    More,
    /// That no further one comes within this time.
    Quiet(Duration),
    /// Nothing.
    Nothing,
}

/// The most messages of an exchange that are kept.
pub const MESSAGES: usize = 1000;

/// The most bytes of an exchange that are kept, in all messages together.
pub const BYTES: usize = 1 << 20;

/// How long it may take to tell the server that the connection ends.
const COURTESY: Duration = Duration::from_millis(100);

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

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, value.parse().ok()?))
}

impl Reads {
    /// Opens a WebSocket, sends messages and listens until it is enough: `awaited` is told each message
    /// that is received, and none for what is awaited before the first. Each asker has an exchange of
    /// their own.
    pub async fn websocket(
        &self,
        request: ExchangeRequest,
        awaited: impl FnMut(Option<&str>) -> Awaited + Send,
    ) -> Seen<Result<Exchange, ExchangeError>> {
        let url = request.url.to_string();
        let answer = exchanged(request, self.clock(), awaited).await;
        self.seen("WebSocket", url, None, answer)
    }
}

async fn exchanged(
    request: ExchangeRequest,
    clock: Clock,
    awaited: impl FnMut(Option<&str>) -> Awaited + Send,
) -> Result<Exchange, ExchangeError> {
    let began = Instant::now();
    let deadline = began + request.within;
    let opened = timeout_at(deadline, open(&request)).await;
    let late = |_| ExchangeError::Unreached(Unreached::TimedOut);
    let (socket, subprotocol) = opened.map_err(late)??;
    let mut talk = Talk {
        socket,
        clock,
        deadline,
        messages: Vec::new(),
    };
    let end = talk.held(request.send, awaited).await;
    Ok(Exchange {
        subprotocol,
        messages: talk.messages,
        end,
        took: began.elapsed(),
    })
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(request: &ExchangeRequest) -> Result<(Socket, Option<String>), ExchangeError> {
    let handshake = handshake(request).map_err(ExchangeError::Unreached)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(BYTES))
        .max_frame_size(Some(BYTES));
    let opened = connect_async_with_config(handshake, Some(config), true).await;
    let (socket, answer) = opened.map_err(not_opened)?;
    let chosen = answer.headers().get("sec-websocket-protocol");
    let chosen = chosen.map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
    Ok((socket, chosen))
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

fn not_opened(error: tungstenite::Error) -> ExchangeError {
    match error {
        tungstenite::Error::Http(answer) => {
            let body = answer.body().as_deref().unwrap_or_default();
            let body = String::from_utf8_lossy(&body[..body.len().min(BODY)]);
            ExchangeError::NotUpgraded {
                status: answer.status().as_u16(),
                body: error::one_line(&body),
            }
        }
        other => ExchangeError::Unreached(Unreached::by(&other)),
    }
}

/// An open connection, and what was said over it.
struct Talk {
    socket: Socket,
    clock: Clock,
    deadline: Instant,
    messages: Vec<Message>,
}

impl Talk {
    /// Sends everything, and listens until it is enough.
    async fn held(
        &mut self,
        send: Vec<String>,
        awaited: impl FnMut(Option<&str>) -> Awaited + Send,
    ) -> End {
        for text in send {
            self.messages.push(self.message(false, text.clone()));
            let deadline = self.deadline;
            if let Err(end) = by(deadline, self.socket.send(Wire::text(text))).await {
                return end;
            }
        }
        let end = self.listened(awaited).await.unwrap_or_else(|end| end);
        if matches!(end, End::Enough | End::TimedOut | End::TooMuch) {
            // Whether the server hears it is nothing that was asked.
            let _ = timeout(COURTESY, self.socket.close(None)).await;
        }
        end
    }

    async fn listened(
        &mut self,
        mut awaited: impl FnMut(Option<&str>) -> Awaited + Send,
    ) -> Result<End, End> {
        let mut next = awaited(None);
        let mut quiet_until = None;
        let mut bytes = 0;
        loop {
            let until = match next {
                Awaited::Nothing => return Ok(End::Enough),
                // From when everything was there, whatever else is sent then.
                Awaited::Quiet(quiet) => *quiet_until.get_or_insert_with(|| Instant::now() + quiet),
                Awaited::More => self.deadline,
            };
            let read = timeout_at(until.min(self.deadline), self.socket.next()).await;
            let text = match read {
                Err(_) if until < self.deadline => return Ok(End::Enough),
                Err(_) => return Err(End::TimedOut),
                Ok(None) => return Ok(End::Closed(None)),
                Ok(Some(Err(error))) => return Err(ended(&error)),
                Ok(Some(Ok(Wire::Close(frame)))) => {
                    let told = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                    return Ok(End::Closed(told));
                }
                Ok(Some(Ok(Wire::Text(text)))) => text.to_string(),
                Ok(Some(Ok(Wire::Binary(bytes)))) => String::from_utf8_lossy(&bytes).into_owned(),
                Ok(Some(Ok(_))) => continue,
            };
            bytes += text.len();
            if bytes > BYTES || self.messages.len() == MESSAGES {
                return Err(End::TooMuch);
            }
            next = awaited(Some(&text));
            self.messages.push(self.message(true, text));
        }
    }

    fn message(&self, received: bool, text: String) -> Message {
        Message {
            at: self.clock.now(),
            received,
            text,
        }
    }
}

async fn by(
    deadline: Instant,
    done: impl Future<Output = Result<(), tungstenite::Error>>,
) -> Result<(), End> {
    match timeout_at(deadline, done).await {
        Err(_) => Err(End::TimedOut),
        Ok(done) => done.map_err(|error| ended(&error)),
    }
}

fn ended(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            End::Closed(None)
        }
        tungstenite::Error::Capacity(_) => End::TooMuch,
        other => End::Broke(error::root(other)),
    }
}
