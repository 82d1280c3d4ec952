//! A few bytes sent to a port, and the first that come back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::{Tls, begin, config, connected};
use crate::contract::{Pattern, Seen};
use crate::reads::Reads;
use crate::reads::unreached::Unreached;

/// What to say to a port, and for what to listen.
#[derive(Clone, Debug)]
pub struct TcpRequest {
    /// The host, a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// With TLS, whom to trust, and as whom to speak.
    pub tls: Option<Tls>,
    /// What to send.
    pub send: Option<String>,
    /// What to listen for; without it nothing is read.
    pub until: Option<Pattern>,
    /// How long all of it may take.
    pub within: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpAnswer {
    /// The address that accepted.
    pub address: String,
    /// From connecting until it was accepted, TLS included.
    pub accepted_after: Duration,
    /// What came back, as far as it was read; bytes that are no UTF-8 are replaced.
    pub received: String,
    /// How the other side ended the connection, where it did.
    pub ended: Option<Ended>,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// In order.
    Closed,
    /// In the middle, and why.
    Broke(String),
}

/// The most bytes that are read: greetings and banners are short.
const MOST: usize = 64 << 10;

impl Reads {
    /// Connects, sends and listens. Each asker gets a connection of their own.
    pub async fn tcp(&self, request: TcpRequest) -> Seen<Result<TcpAnswer, Unreached>> {
        let place = format!("{}:{}", request.host, request.port);
        let until = Instant::now() + request.within;
        let accepted = timeout_at(until, accepted(&request, until)).await;
        let answer = match accepted.unwrap_or(Err(Unreached::TimedOut)) {
            Ok((mut stream, answer)) => talk(&mut *stream, &request, answer, until).await,
            Err(why) => Err(why),
        };
        self.seen("TCP", place, None, answer)
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn accepted(
    request: &TcpRequest,
    until: Instant,
) -> Result<(Box<dyn Stream>, TcpAnswer), Unreached> {
    let began = Instant::now();
    let tcp = connected(&request.host, request.port, until).await?;
    let address = tcp.peer_addr().map(|address| address.to_string());
    let stream: Box<dyn Stream> = match &request.tls {
        Some(tls) => {
            let config = config(tls, Arc::new(|_| {})).await?;
            Box::new(begin(config, &request.host, tcp, until).await?)
        }
        None => Box::new(tcp),
    };
    let answer = TcpAnswer {
        address: address.unwrap_or_default(),
        accepted_after: began.elapsed(),
        ..TcpAnswer::default()
    };
    Ok((stream, answer))
}

/// Sends, and listens until what is listened for came, the other side ended it, or time is up. What
/// could not be sent is told where nothing came back: it may say why.
async fn talk(
    stream: &mut dyn Stream,
    request: &TcpRequest,
    mut answer: TcpAnswer,
    until: Instant,
) -> Result<TcpAnswer, Unreached> {
    let text = request.send.as_deref().unwrap_or_default();
    let sent = sent(stream, text, until).await;
    if let Some(pattern) = &request.until {
        listen(stream, pattern, &mut answer, until).await?;
    }
    match answer.received.is_empty() {
        true => sent.map(|()| answer),
        false => Ok(answer),
    }
}

async fn sent(stream: &mut dyn Stream, text: &str, until: Instant) -> Result<(), Unreached> {
    let sending = async {
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await
    };
    let sent = timeout_at(until, sending).await;
    let sent = sent.map_err(|_| Unreached::TimedOut)?;
    sent.map_err(|error| Unreached::by(&error))
}

async fn listen(
    stream: &mut dyn Stream,
    pattern: &Pattern,
    answer: &mut TcpAnswer,
    until: Instant,
) -> Result<(), Unreached> {
    let mut received = Vec::new();
    let mut part = vec![0; 4096];
    let is_enough = |received: &[u8]| {
        let is_there = !received.is_empty();
        is_there && pattern.is_match(&String::from_utf8_lossy(received))
    };
    while received.len() < MOST && !is_enough(&received) {
        match timeout_at(until, stream.read(&mut part)).await {
            Ok(Ok(length)) if length > 0 => received.extend_from_slice(&part[..length]),
            Ok(ended) => {
                answer.ended = Some(end(ended)?);
                break;
            }
            Err(_) => break,
        }
    }
    answer.received = String::from_utf8_lossy(&received).into_owned();
    Ok(())
}

/// How the other side ended it. In TLS 1.3 it says only now that it does not take whoever asks.
fn end(read: io::Result<usize>) -> Result<Ended, Unreached> {
    let Err(error) = read else {
        return Ok(Ended::Closed);
    };
    // Many end TLS without saying so.
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Ok(Ended::Closed);
    }
    match Unreached::by(&error) {
        Unreached::NoAnswer(why) => Ok(Ended::Broke(why)),
        why => Err(why),
    }
}
