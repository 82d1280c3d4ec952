//! The addresses that a name stands for, and which of them this machine can reach at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::net::lookup_host;

use crate::contract::Seen;
use crate::reads::Reads;
use crate::reads::unreached::Unreached;

impl Reads {
    /// The addresses of a host as the system resolves it, each once, in the order of the answer.
    pub async fn addresses(
        &self,
        host: &str,
        within: Duration,
    ) -> Seen<Result<Vec<IpAddr>, Unreached>> {
        let found = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => Ok(vec![address]),
            Err(_) => {
                let resolved = tokio::time::timeout(within, resolved(host)).await;
                resolved.unwrap_or_else(|_| Err(Unreached::unresolved(within)))
            }
        };
        self.seen("DNS", host, None, found)
    }

    /// Whether this machine has a way to an address: many have none to any of IPv6. Nothing is sent.
    #[must_use]
    pub fn has_route_to(&self, address: IpAddr) -> bool {
        let own: IpAddr = match address {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // Connecting a datagram socket only looks for a route.
        let socket = UdpSocket::bind(SocketAddr::new(own, 0));
        socket.is_ok_and(|socket| socket.connect(SocketAddr::new(address, 9)).is_ok())
    }
}

pub(super) async fn resolved(host: &str) -> Result<Vec<IpAddr>, Unreached> {
    let found = lookup_host((host, 0)).await;
    let found =
        found.map_err(|error| Unreached::NameNotFound(crate::reads::error::root(&error)))?;
    let mut addresses = Vec::new();
    for address in found.map(|found| found.ip()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}
