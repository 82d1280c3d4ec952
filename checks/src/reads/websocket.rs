//! Exchanges over WebSockets: what is sent, and what comes back until it is enough.

mod metered;
mod opening;
mod talk;

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use tokio::time::{Instant, timeout_at};

use super::unreached::Unreached;
use super::{Reads, Tls};
use crate::contract::{Clock, IpVersion, Seen};
pub(crate) use opening::{is_for_the_handshake, is_subprotocol};
use talk::Talk;

/// What to exchange. Headers, messages and the address may hold secrets, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// The address, `ws://` or `wss://`.
    pub url: Url,
    /// Headers of the opening handshake.
    pub headers: Vec<(String, String)>,
    /// The subprotocols that are offered, the best first.
    pub subprotocols: Vec<String>,
    /// The messages to send in each turn, in this order. The first turn begins as soon as the connection is
    /// open, and each further one once nothing is awaited of the one before it.
    pub turns: Vec<Vec<String>>,
    /// Which of the host's addresses may be connected to.
    pub ip: Option<IpVersion>,
    /// Whom to trust, and as whom to speak, at a `wss://`.
    pub tls: Tls,
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
    /// How many turns began, of which there is one at least.
    pub begun: usize,
    /// How many of the messages to send were not taken, those of turns that did not begin included.
    pub unsent: usize,
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
    /// The turn in which it came or was sent, the first being 0.
    pub turn: usize,
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
    /// More was sent than is read: [`MESSAGES`], as many pings and pongs, or [`BYTES`].
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
    /// That everything of the turn is sent, and no further message comes within this time; then the next turn
    /// begins.
    Quiet(Duration),
    /// Nothing, whether or not everything is sent, and turns are left.
    Nothing,
}

/// The most messages of an exchange that are kept.
pub const MESSAGES: usize = 1000;

/// The most bytes of an exchange that are kept, in all messages together.
pub const BYTES: usize = 1 << 20;

impl Reads {
    /// Opens a WebSocket, and in each turn sends messages and listens until it is enough: `awaited` is told
    /// each message that is received, and none for what is awaited where a turn begins. Each asker has an
    /// exchange of their own.
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
    let opened = timeout_at(deadline, opening::open(&request, deadline)).await;
    let late = |_| ExchangeError::Unreached(Unreached::TimedOut);
    let (socket, subprotocol) = opened.map_err(late)??;
    let talk = Talk::new(clock, deadline);
    let said = talk.held(socket, request.turns, awaited).await;
    Ok(Exchange {
        subprotocol,
        messages: said.messages,
        begun: said.begun,
        unsent: said.unsent,
        end: said.end,
        took: began.elapsed(),
    })
}
