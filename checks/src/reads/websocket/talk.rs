//! What is said over an open WebSocket: everything of a turn is sent while it is listened, so that neither side waits
//! for the other, and what came before a connection broke is not lost.

use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::task::coop;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{self, Message as Wire};

use super::opening::Socket;
use super::{Awaited, BYTES, End, MESSAGES, Message};
use crate::contract::Clock;
use crate::reads::error;

/// How long it may take to tell the server that the connection ends.
const COURTESY: Duration = Duration::from_millis(100);

/// Talk over a connection, until it must be over.
pub(super) struct Talk {
    clock: Clock,
    deadline: Instant,
    /// Both sides note what they say.
    messages: Mutex<Vec<Message>>,
}

/// What was said.
pub(super) struct Said {
    pub messages: Vec<Message>,
    /// How many turns began.
    pub begun: usize,
    /// How many of the messages to send were not taken.
    pub unsent: usize,
    pub end: End,
}

/// What follows a turn: the next one, or the end.
type Followed = ControlFlow<End>;

impl Talk {
    pub fn new(clock: Clock, deadline: Instant) -> Self {
        Self {
            clock,
            deadline,
            messages: Mutex::default(),
        }
    }

    /// In each turn sends everything, and listens until it is enough.
    pub async fn held(
        self,
        socket: Socket,
        turns: Vec<Vec<String>>,
        mut awaited: impl FnMut(Option<&str>) -> Awaited + Send,
    ) -> Said {
        let (mut out, from) = socket.split();
        let mut heard = Heard {
            from,
            deadline: self.deadline,
            messages: 0,
            controls: 0,
            bytes: 0,
        };
        let (mut begun, mut end) = (0, End::Enough);
        let mut unsent = turns.iter().map(Vec::len).sum();
        for (turn, send) in turns.into_iter().enumerate() {
            begun = turn + 1;
            let sending = self.sent(turn, &mut out, send, &mut unsent);
            let followed = self.listened(turn, sending, &mut heard, &mut awaited);
            if let ControlFlow::Break(ended) = followed.await {
                end = ended;
                break;
            }
        }
        if matches!(end, End::Enough | End::TimedOut | End::TooMuch) {
            // Whether the server hears it is nothing that was asked.
            let _ = timeout(COURTESY, out.close()).await;
        }
        let messages = self.messages.into_inner();
        Said {
            messages: messages.unwrap_or_else(PoisonError::into_inner),
            begun,
            unsent,
            end,
        }
    }

    /// Listens, while it is sent, until it is enough or can't go on.
    async fn listened(
        &self,
        turn: usize,
        sending: impl Future<Output = Result<(), tungstenite::Error>> + Send,
        heard: &mut Heard,
        awaited: &mut (impl FnMut(Option<&str>) -> Awaited + Send),
    ) -> Followed {
        tokio::pin!(sending);
        let (mut sent, mut quiet_until) = (None, None);
        let mut next = awaited(None);
        let end = loop {
            let until = match next {
                Awaited::Nothing => return Followed::Break(End::Enough),
                // From when everything was there and sent, whatever else comes then.
                Awaited::Quiet(quiet) if sent.is_some() => {
                    *quiet_until.get_or_insert_with(|| Instant::now() + quiet)
                }
                Awaited::Quiet(_) | Awaited::More => self.deadline,
            };
            let text = tokio::select! {
                biased;
                done = &mut sending, if sent.is_none() => {
                    sent = Some(done);
                    continue;
                }
                text = heard.text(until) => text,
            };
            match text {
                Ok(text) => {
                    next = awaited(Some(&text));
                    self.note(true, turn, text);
                }
                Err(end) => break end,
            }
        };
        match (end, sent) {
            (End::Enough, Some(Ok(()))) => Followed::Continue(()),
            // How the server ended it tells more than that nothing further could be sent.
            (End::TimedOut, Some(Err(error))) => Followed::Break(ended(&error)),
            (end, _) => Followed::Break(end),
        }
    }

    async fn sent(
        &self,
        turn: usize,
        out: &mut SplitSink<Socket, Wire>,
        send: Vec<String>,
        unsent: &mut usize,
    ) -> Result<(), tungstenite::Error> {
        for text in send {
            self.note(false, turn, text.clone());
            out.send(Wire::text(text)).await?;
            *unsent -= 1;
        }
        Ok(())
    }

    fn note(&self, received: bool, turn: usize, text: String) {
        let at = self.clock.now();
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push(Message {
            at,
            received,
            turn,
            text,
        });
    }
}

/// The server's side, and how much of it was read.
struct Heard {
    from: SplitStream<Socket>,
    deadline: Instant,
    messages: usize,
    /// Pings and pongs.
    controls: usize,
    bytes: usize,
}

impl Heard {
    /// The next message, or how the exchange ended: with enough, where nothing came until then.
    async fn text(&mut self, until: Instant) -> Result<String, End> {
        loop {
            // Who floods us may not keep other checks from looking.
            coop::consume_budget().await;
            let until = until.min(self.deadline);
            let over = match until < self.deadline {
                true => End::Enough,
                false => End::TimedOut,
            };
            // What is there already comes before the time-out, so that a flood would never end.
            if until <= Instant::now() {
                return Err(over);
            }
            let text = match timeout_at(until, self.from.next()).await {
                Err(_) => return Err(over),
                Ok(None) => return Err(End::Closed(None)),
                Ok(Some(Err(error))) => return Err(ended(&error)),
                Ok(Some(Ok(Wire::Close(frame)))) => {
                    let told = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                    return Err(End::Closed(told));
                }
                Ok(Some(Ok(Wire::Text(text)))) => text.to_string(),
                Ok(Some(Ok(Wire::Binary(bytes)))) => String::from_utf8_lossy(&bytes).into_owned(),
                Ok(Some(Ok(_))) => {
                    self.controls += 1;
                    self.within_bounds()?;
                    continue;
                }
            };
            self.messages += 1;
            self.bytes += text.len();
            self.within_bounds()?;
            return Ok(text);
        }
    }

    fn within_bounds(&self) -> Result<(), End> {
        let is_within =
            self.messages <= MESSAGES && self.controls <= MESSAGES && self.bytes <= BYTES;
        is_within.then_some(()).ok_or(End::TooMuch)
    }
}

fn ended(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            End::Closed(None)
        }
        tungstenite::Error::Capacity(_) => End::TooMuch,
        tungstenite::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            End::TooMuch
        }
        other => End::Broke(error::root(other)),
    }
}
