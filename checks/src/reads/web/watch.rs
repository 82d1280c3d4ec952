//! What a request goes through on its way: the name, the connection, TLS. reqwest tells none of it, so
//! that its resolver, its connector and TLS are listened to, each in the task of the request.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use super::{FetchError, Phases};
use crate::contract::IpVersion;
use crate::reads::net::{Handshake, Noted};
use crate::reads::unreached::Unreached;

tokio::task_local! {
    static WATCHED: Watch;
}

/// The latest connection of a request. It stays empty where an earlier one was used again.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Way>>);

#[derive(Default)]
struct Way {
    /// Where to connect to instead of what a name resolves to.
    instead: Option<Instead>,
    /// Which of a name's addresses may be connected to.
    ip: Option<IpVersion>,
    began: Option<Instant>,
    asked: Option<Instant>,
    resolved: Option<Instant>,
    shaking: Option<Instant>,
    connected: Option<Instant>,
    handshake: Option<Handshake>,
}

/// A host that stands in for another one.
#[derive(Clone)]
pub(super) struct Instead {
    pub of: String,
    pub host: String,
    pub port: u16,
}

impl Watch {
    /// Says who stands in for the host of the next request, and which addresses of a name are meant.
    pub fn lead(&self, instead: Option<Instead>, ip: Option<IpVersion>) {
        let mut way = self.way();
        (way.instead, way.ip) = (instead, ip);
    }

    /// Watches what a request does.
    pub async fn over<F: Future>(&self, request: F) -> F::Output {
        WATCHED.scope(self.clone(), request).await
    }

    fn current() -> Option<Self> {
        WATCHED.try_with(Self::clone).ok()
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long each part took of a request that was `sent` then and whose answer began `at`.
    pub fn phases(&self, sent: Instant, at: Instant) -> Phases {
        let way = self.way();
        let (Some(began), Some(connected)) = (way.began, way.connected) else {
            return Phases {
                first_byte: at - sent,
                ..Phases::default()
            };
        };
        let between = |from: Option<Instant>, to: Option<Instant>| Some(to? - from?);
        let asked_for = way.resolved.or(Some(began));
        Phases {
            before: began - sent,
            dns: between(way.asked, way.resolved),
            connect: between(asked_for, way.shaking.or(Some(connected))),
            tls: between(way.shaking, Some(connected)),
            first_byte: at - connected,
        }
    }

    pub fn handshake(&self) -> Option<Handshake> {
        self.way().handshake.clone()
    }

    /// Why there was no answer `within` the time of a request: a name that was asked for and is not known
    /// yet says nothing of the server.
    pub fn silence(&self, within: Duration) -> FetchError {
        let way = self.way();
        match (way.asked, way.resolved) {
            (Some(_), None) => Unreached::unresolved(within).into(),
            _ => Unreached::TimedOut.into(),
        }
    }

    fn begin(&self) {
        let mut way = self.way();
        let (instead, ip) = (way.instead.take(), way.ip);
        *way = Way {
            instead,
            ip,
            began: Some(Instant::now()),
            ..Way::default()
        };
    }
}

/// Notes what a handshake of the current request tells.
pub(super) fn note(noted: Noted) {
    if let Some(watch) = Watch::current() {
        let mut way = watch.way();
        way.handshake.get_or_insert_default().note(noted);
    }
}

/// The system's resolver, or what stands in for the host.
pub(super) struct WatchedResolver;

impl Resolve for WatchedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = Watch::current();
        Box::pin(async move {
            let instead = watch.as_ref().and_then(|watch| {
                let instead = watch.way().instead.clone();
                instead.filter(|instead| instead.of.eq_ignore_ascii_case(name.as_str()))
            });
            let (host, port) = match &instead {
                Some(instead) => (instead.host.as_str(), instead.port),
                None => (name.as_str(), 0),
            };
            if let Some(watch) = &watch {
                watch.way().asked = Some(Instant::now());
            }
            let ip = watch.as_ref().and_then(|watch| watch.way().ip);
            let found = tokio::net::lookup_host((host, port)).await?;
            let is_meant =
                |address: &SocketAddr| ip.is_none_or(|ip| ip == IpVersion::of(&address.ip()));
            let found: Vec<SocketAddr> = found.filter(is_meant).collect();
            if let Some(watch) = &watch {
                watch.way().resolved = Some(Instant::now());
            }
            match ip.filter(|_| found.is_empty()) {
                Some(ip) => Err(format!("it has no address of {ip}").into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// Around the connector: when a connection began to be made, and when it was there.
#[derive(Clone, Copy)]
pub(super) struct WatchedConnections;

impl<S> Layer<S> for WatchedConnections {
    type Service = Connecting<S>;

    fn layer(&self, inner: S) -> Connecting<S> {
        Connecting(inner)
    }
}

#[derive(Clone)]
pub(super) struct Connecting<S>(S);

impl<S, R> Service<R> for Connecting<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.0.call(request);
        let Some(watch) = Watch::current() else {
            return Box::pin(connecting);
        };
        Box::pin(async move {
            watch.begin();
            // It may go on in another task, for whoever needs a connection next.
            let connected = watch.over(connecting).await;
            watch.way().connected = Some(Instant::now());
            connected
        })
    }
}

/// A store of TLS sessions that keeps none: each connection shows its certificate. TLS asks it first
/// of all, which tells when a handshake begins.
#[derive(Debug)]
pub(super) struct NoSessions;

impl ClientSessionStore for NoSessions {
    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        if let Some(watch) = Watch::current() {
            watch.way().shaking.get_or_insert_with(Instant::now);
        }
        None
    }

    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}

impl Phases {
    /// All of it, until the answer began.
    #[must_use]
    pub fn until_first_byte(&self) -> Duration {
        let parts = [self.dns, self.connect, self.tls];
        let parts: Duration = parts.into_iter().flatten().sum();
        self.before + parts + self.first_byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_answer_is_no_silence_of_the_server() {
        let within = Duration::from_secs(2);
        let silence = |asked: bool, resolved: bool| {
            let watch = Watch::default();
            let now = Instant::now();
            watch.way().asked = asked.then_some(now);
            watch.way().resolved = resolved.then_some(now);
            watch.silence(within)
        };
        assert_eq!(
            silence(true, false),
            FetchError::from(Unreached::NameNotFound(
                "no answer from DNS within 2s".into()
            ))
        );
        assert_eq!(silence(true, true), Unreached::TimedOut.into());
        assert_eq!(
            silence(false, false),
            Unreached::TimedOut.into(),
            "an address needs no name"
        );
    }
}
