//! What each address of a host does when somebody wants to connect.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::connection::addresses;
use crate::contract::{IpVersion, Seen};
use crate::reads::Reads;
use crate::reads::error::root;
use crate::reads::unreached::Unreached;

/// Whom to knock at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnockRequest {
    /// The host, a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Which of the host's addresses.
    pub ip: Option<IpVersion>,
    /// How long all of it may take.
    pub within: Duration,
}

/// What an address does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knock {
    /// It takes the connection.
    Accepted,
    /// It says that nothing listens there.
    Refused,
    /// It says nothing, for as long as it was waited for.
    Silent,
    /// There is no way to it, and why.
    NoWay(String),
}

impl Reads {
    /// Connects to every address of a host, and hangs up at once.
    pub async fn knock(
        &self,
        request: KnockRequest,
    ) -> Seen<Result<Vec<(SocketAddr, Knock)>, Unreached>> {
        let place = format!("{}:{}", request.host, request.port);
        let until = Instant::now() + request.within;
        let found = addresses(&request.host, request.port, request.ip, until).await;
        let knocked = match found {
            Ok(addresses) => Ok(join_all(addresses.into_iter().map(|one| at(one, until))).await),
            Err(why) => Err(why),
        };
        self.seen("TCP", place, None, knocked)
    }
}

async fn at(address: SocketAddr, until: Instant) -> (SocketAddr, Knock) {
    let knock = match timeout_at(until, TcpStream::connect(address)).await {
        Err(_) => Knock::Silent,
        Ok(Ok(_)) => Knock::Accepted,
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Knock::Refused,
            io::ErrorKind::TimedOut => Knock::Silent,
            _ => Knock::NoWay(root(&error)),
        },
    };
    (address, knock)
}
