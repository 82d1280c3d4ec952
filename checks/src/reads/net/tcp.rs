//! A conversation with a port, if only that it accepts.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::talk::{Ended, Talk, Turn};
use super::{StartTls, Tls, begin, config, connected};
use crate::contract::{IpVersion, Seen};
use crate::reads::Reads;
use crate::reads::unreached::Unreached;

/// What to say to a port, and for what to listen.
#[derive(Clone, Debug)]
pub struct TcpRequest {
    /// The host, a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Which of the host's addresses to connect to.
    pub ip: Option<IpVersion>,
    /// When to speak TLS.
    pub begin: BeginTls,
    /// The name that the server is asked for in TLS, and its certificate must be for.
    pub name: String,
    /// In TLS, whom to trust, and as whom to speak.
    pub tls: Tls,
    /// What to say and to listen for, in this order; it ends with the first turn that is not answered.
    pub turns: Vec<Turn>,
    /// How long all of it may take.
    pub within: Duration,
}

/// When TLS begins, but for a [`Turn`] that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginTls {
    /// Not at all.
    Never,
    /// At once.
    AtOnce,
    /// When the server has agreed to it, before the first turn.
    Agreed(StartTls),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TcpAnswer {
    /// The address that accepted.
    pub address: String,
    /// From connecting until it was accepted, TLS before the first turn included.
    pub accepted_after: Duration,
    /// What came back in each turn that was begun, as far as it was read; bytes that are no UTF-8 are
    /// replaced. Of a line in which what was listened for ends, the rest may be missing.
    pub received: Vec<String>,
    /// How the other side ended the connection in the last of them, where it did.
    pub ended: Option<Ended>,
}

impl Reads {
    /// Connects, sends and listens. Each asker gets a connection of their own.
    pub async fn tcp(&self, request: TcpRequest) -> Seen<Result<TcpAnswer, Unreached>> {
        let place = format!("{}:{}", request.host, request.port);
        let until = Instant::now() + request.within;
        let accepted = timeout_at(until, accepted(&request, until)).await;
        let answer = match accepted.unwrap_or(Err(Unreached::TimedOut)) {
            Ok((talk, answer)) => talked(talk, &request, answer).await,
            Err(why) => Err(why),
        };
        self.seen("TCP", place, None, answer)
    }
}

async fn accepted(request: &TcpRequest, until: Instant) -> Result<(Talk, TcpAnswer), Unreached> {
    let began = Instant::now();
    let mut tcp = connected(&request.host, request.port, request.ip, until).await?;
    let address = tcp.peer_addr().map(|address| address.to_string());
    if let BeginTls::Agreed(protocol) = request.begin {
        protocol.agree(&mut tcp).await?;
    }
    let talk = match request.begin {
        BeginTls::Never => Talk::over(tcp, until),
        BeginTls::AtOnce | BeginTls::Agreed(_) => {
            let config = config(&request.tls, Arc::new(drop)).await?;
            Talk::over(begin(config, &request.name, tcp, until).await?, until)
        }
    };
    let answer = TcpAnswer {
        address: address.unwrap_or_default(),
        accepted_after: began.elapsed(),
        ..TcpAnswer::default()
    };
    Ok((talk, answer))
}

async fn talked(
    mut talk: Talk,
    request: &TcpRequest,
    mut answer: TcpAnswer,
) -> Result<TcpAnswer, Unreached> {
    for turn in &request.turns {
        let taken = talk.turn(turn).await?;
        answer.received.push(taken.received);
        answer.ended = taken.ended;
        if !taken.is_answered {
            break;
        }
        if turn.starttls {
            let config = config(&request.tls, Arc::new(drop)).await?;
            talk = talk.secured(config, &request.name).await?;
        }
    }
    Ok(answer)
}
