//! A few bytes sent to a port, and the first that come back.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::tls::{self, Trust};
use crate::contract::{Pattern, Seen};
use crate::reads::unreached::Unreached;
use crate::reads::{Reads, error};

/// What to say to a port, and for what to listen.
#[derive(Clone, Debug)]
pub struct TcpRequest {
    /// The host, a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// With TLS, whom to trust.
    pub tls: Option<Trust>,
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
    /// Whether the other side ended the connection.
    pub closed: bool,
}

/// The most bytes that are read: greetings and banners are short.
const MOST: usize = 64 << 10;

impl Reads {
    /// Connects, sends and listens. Each asker gets a connection of their own.
    pub async fn tcp(&self, request: TcpRequest) -> Seen<Result<TcpAnswer, Unreached>> {
        let place = format!("{}:{}", request.host, request.port);
        let until = Instant::now() + request.within;
        let accepted = tokio::time::timeout_at(until, accepted(&request)).await;
        let answer = match accepted.unwrap_or(Err(Unreached::TimedOut)) {
            Ok((mut stream, answer)) => talk(&mut *stream, &request, answer, until).await,
            Err(why) => Err(why),
        };
        self.seen("TCP", place, None, answer)
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn accepted(request: &TcpRequest) -> Result<(Box<dyn Stream>, TcpAnswer), Unreached> {
    let began = Instant::now();
    let place = (request.host.as_str(), request.port);
    let tcp = TcpStream::connect(place)
        .await
        .map_err(|error| Unreached::by(&error))?;
    let address = tcp.peer_addr().map(|address| address.to_string());
    let stream: Box<dyn Stream> = match &request.tls {
        Some(trust) => {
            let config = tls::config(trust, std::sync::Arc::new(|_| {})).await?;
            Box::new(tls::begin(config, &request.host, tcp).await?)
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

/// Sends, and listens until what is listened for came, the other side ended it, or time is up.
async fn talk(
    stream: &mut dyn Stream,
    request: &TcpRequest,
    mut answer: TcpAnswer,
    until: Instant,
) -> Result<TcpAnswer, Unreached> {
    if let Some(text) = &request.send {
        let sent = tokio::time::timeout_at(until, stream.write_all(text.as_bytes())).await;
        let sent = sent.map_err(|_| Unreached::TimedOut)?;
        sent.map_err(|error| Unreached::NoAnswer(error::root(&error)))?;
    }
    let Some(pattern) = &request.until else {
        return Ok(answer);
    };
    let mut received = Vec::new();
    let mut part = vec![0; 4096];
    while received.len() < MOST && !pattern.is_match(&answer.received) {
        match tokio::time::timeout_at(until, stream.read(&mut part)).await {
            Ok(Ok(length)) if length > 0 => received.extend_from_slice(&part[..length]),
            Ok(_) => answer.closed = true,
            Err(_) => break,
        }
        answer.received = String::from_utf8_lossy(&received).into_owned();
        if answer.closed {
            break;
        }
    }
    Ok(answer)
}
