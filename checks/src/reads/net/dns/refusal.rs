//! Whether anything listens at a resolver's port. Datagrams vanish without a word; but where one is
//! refused, a socket that was bound to that address is told so, which spares the wait.

use std::future::pending;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

use crate::reads::error;

/// A question that any resolver may be asked: for the name servers of the root (RFC 8109).
const QUESTION: [u8; 17] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];

/// Why datagrams to an address are refused. It never ends where they are not.
pub(super) async fn refusal(address: SocketAddr) -> String {
    match asked(address).await {
        Err(why) => error::root(&why),
        Ok(_) => pending().await,
    }
}

async fn asked(address: SocketAddr) -> io::Result<usize> {
    let own: IpAddr = match address.ip() {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((own, 0)).await?;
    socket.connect(address).await?;
    socket.send(&QUESTION).await?;
    socket.recv(&mut [0; 512]).await
}
