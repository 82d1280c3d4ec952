//! Connections to hosts, at whichever of their addresses answers first (RFC 8305).

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::addresses::resolved;
use crate::contract::IpVersion;
use crate::reads::error;
use crate::reads::unreached::Unreached;

/// How long one address is waited for before the next is tried beside it: what RFC 8305 recommends.
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to a host, a name or an address. The name's addresses are tried in turns of IPv6 and IPv4,
/// each beside those before it, so that one which swallows everything delays the others only a little.
/// With `ip`, only those of that version are.
pub(in crate::reads) async fn connected(
    host: &str,
    port: u16,
    ip: Option<IpVersion>,
    until: Instant,
) -> Result<TcpStream, Unreached> {
    let addresses = addresses(host, port, ip, until).await?;
    let ways = addresses.iter().map(|address| TcpStream::connect(*address));
    let ways = addresses.iter().copied().zip(ways).collect();
    let first = timeout_at(until, first_of(ways)).await;
    first.unwrap_or(Err(Unreached::NotConnected(addresses)))
}

/// The addresses of a host in the order in which they are tried, of one version of IP or both; never none.
pub(super) async fn addresses(
    host: &str,
    port: u16,
    ip: Option<IpVersion>,
    until: Instant,
) -> Result<Vec<SocketAddr>, Unreached> {
    let found = timeout_at(until, resolved(host)).await;
    let no_answer = |_| Unreached::NameNotFound("DNS gave no answer in time".to_owned());
    let mut found = found.map_err(no_answer)??;
    found.retain(|address| ip.is_none_or(|ip| IpVersion::of(address) == ip));
    if found.is_empty() {
        let of_it = ip.map(|ip| format!(" of {ip}")).unwrap_or_default();
        let told = format!("it has no address{of_it}");
        return Err(Unreached::NameNotFound(told));
    }
    let in_turns = in_turns(found).into_iter();
    Ok(in_turns
        .map(|address| SocketAddr::new(address, port))
        .collect())
}

/// The addresses of both families in turns, beginning with that of the first.
fn in_turns(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let begins_with_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == begins_with_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::new();
    loop {
        let before = all.len();
        all.extend(first.next());
        all.extend(second.next());
        if all.len() == before {
            return all;
        }
    }
}

/// The first of these ways that leads somewhere. The next is begun when one has failed, or after its
/// head start.
async fn first_of<T, W>(ways: Vec<(SocketAddr, W)>) -> Result<T, Unreached>
where
    W: Future<Output = io::Result<T>>,
{
    let mut waiting = ways.into_iter();
    let mut begun = FuturesUnordered::new();
    let mut failed = BTreeMap::<String, Vec<String>>::new();
    loop {
        if let Some((address, way)) = waiting.next() {
            begun.push(async move { (address, way.await) });
        }
        let ended = match waiting.len() {
            0 => begun.next().await,
            _ => match timeout(HEAD_START, begun.next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            },
        };
        match ended {
            Some((_, Ok(connected))) => return Ok(connected),
            Some((address, Err(why))) => {
                let address = address.ip().to_string();
                failed.entry(error::root(&why)).or_default().push(address);
            }
            None => return Err(Unreached::NoAnswer(told(&failed))),
        }
    }
}

/// What each address said: `Connection refused at 10.0.0.7, fd00::7`.
fn told(failed: &BTreeMap<String, Vec<String>>) -> String {
    let each = failed
        .iter()
        .map(|(why, addresses)| format!("{why} at {}", addresses.join(", ")));
    each.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::Pin;

    use super::*;

    type Way = Pin<Box<dyn Future<Output = io::Result<&'static str>>>>;

    fn way(
        address: &str,
        way: impl Future<Output = io::Result<&'static str>> + 'static,
    ) -> (SocketAddr, Way) {
        let address = SocketAddr::new(address.parse().expect("an address"), 443);
        (address, Box::pin(way))
    }

    fn refused() -> io::Result<&'static str> {
        Err(io::Error::new(io::ErrorKind::ConnectionRefused, "refused"))
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_swallows_everything_delays_the_next_by_its_head_start() {
        let began = Instant::now();
        let first = first_of(vec![
            way("2001:db8::7", pending()),
            way("10.0.0.7", ready(Ok("the second"))),
        ]);
        assert_eq!(first.await, Ok("the second"));
        assert_eq!(began.elapsed(), HEAD_START);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_refuses_delays_nothing_and_one_that_is_slow_still_counts() {
        let began = Instant::now();
        let slow = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Ok("the slow one")
        };
        let first = first_of(vec![
            way("2001:db8::7", async { refused() }),
            way("10.0.0.7", slow),
            way("10.0.0.8", async { refused() }),
        ]);
        assert_eq!(first.await, Ok("the slow one"));
        assert_eq!(began.elapsed(), Duration::from_millis(400));
    }

    #[tokio::test(start_paused = true)]
    async fn where_all_refuse_each_address_is_told_with_its_reason() {
        let unreachable = async { Err(io::Error::other("no route")) };
        let first = first_of(vec![
            way("2001:db8::7", unreachable),
            way("10.0.0.7", async { refused() }),
            way("10.0.0.8", async { refused() }),
        ]);
        let told = "no route at 2001:db8::7; refused at 10.0.0.7, 10.0.0.8";
        assert_eq!(first.await, Err(Unreached::NoAnswer(told.into())));
    }

    #[test]
    fn families_take_turns() {
        let addresses = |texts: &[&str]| -> Vec<IpAddr> {
            texts
                .iter()
                .map(|text| text.parse().expect("an address"))
                .collect()
        };
        let found = addresses(&["::1", "::2", "::3", "10.0.0.1"]);
        assert_eq!(
            in_turns(found),
            addresses(&["::1", "10.0.0.1", "::2", "::3"])
        );
        let found = addresses(&["10.0.0.1", "10.0.0.2", "::1"]);
        assert_eq!(in_turns(found), addresses(&["10.0.0.1", "::1", "10.0.0.2"]));
    }
}
