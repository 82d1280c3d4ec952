//! TLS: the handshake, and what it tells of a server.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate::Certificate;
use super::connection::connected;
use super::mistrust::Mistrust;
use super::starttls::StartTls;
use super::trust::{Tls, TlsVersion, lenient};
use super::witness::{Noted, Tell};
use crate::contract::{IpVersion, Seen};
use crate::reads::Reads;
use crate::reads::unreached::Unreached;

/// What a handshake told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The version that was agreed on: `1.2`, `1.3`.
    pub version: &'static str,
    /// The server's certificates, its own first. One that can't be read is empty.
    pub chain: Vec<Certificate>,
    /// Why the server's certificate is not to be trusted, where it isn't.
    pub mistrust: Option<Mistrust>,
    /// The address of the server, as it was connected to.
    pub address: String,
    /// From connecting until the end of the handshake.
    pub took: Duration,
}

impl Handshake {
    /// The server's own certificate.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    pub(in crate::reads) fn note(&mut self, noted: Noted) {
        match noted {
            Noted::Certificates(chain, mistrust) => {
                self.chain = chain;
                self.mistrust = mistrust;
            }
            Noted::Version(version) => self.version = version,
        }
    }
}

/// With whom to shake hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeRequest {
    /// The host to connect to, a name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Which of the host's addresses to connect to.
    pub ip: Option<IpVersion>,
    /// The protocol in which to ask for TLS first.
    pub starttls: Option<StartTls>,
    /// The name that the server is asked for and its certificate must be for.
    pub name: String,
    /// The highest version of TLS to offer.
    pub highest: TlsVersion,
    /// Whom to trust, and as whom to speak.
    pub tls: Tls,
    /// How long all of it may take.
    pub within: Duration,
}

impl Reads {
    /// Shakes hands with a server. One that is not to be trusted tells its certificate all the same.
    pub async fn handshake(&self, request: HandshakeRequest) -> Seen<Result<Handshake, Unreached>> {
        let name = format!("{}:{}", request.host, request.port);
        let until = Instant::now() + request.within;
        let shaken = timeout_at(until, shaken(&request, until)).await;
        let handshake = shaken.unwrap_or(Err(Unreached::TimedOut));
        self.seen("TLS", name, None, handshake)
    }
}

async fn shaken(request: &HandshakeRequest, until: Instant) -> Result<Handshake, Unreached> {
    let began = Instant::now();
    let (tell, noted) = noting();
    let config = lenient(&request.tls, request.highest, tell).await?;
    let mut tcp = connected(&request.host, request.port, request.ip, until).await?;
    let address = tcp.peer_addr().map(|address| address.to_string());
    if let Some(protocol) = request.starttls {
        protocol.agree(&mut tcp).await?;
    }
    let begun = begin(config, &request.name, tcp, until).await;
    begun.map_err(|why| why.offered(request.highest))?;
    let mut handshake = noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
    handshake.address = address.unwrap_or_default();
    handshake.took = began.elapsed();
    Ok(handshake)
}

/// Whether a server can be asked for by that name: one of DNS, or an address.
pub(crate) fn is_server_name(name: &str) -> bool {
    ServerName::try_from(name).is_ok()
}

/// Begins TLS on a connection, for a server of that name.
pub(in crate::reads) async fn begin<S: AsyncRead + AsyncWrite + Unpin>(
    config: ClientConfig,
    name: &str,
    stream: S,
    until: Instant,
) -> Result<TlsStream<S>, Unreached> {
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| Unreached::Unsendable(format!("`{name}` is no name of a server")))?;
    let beginning = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let begun = timeout_at(until, beginning).await;
    let begun = begun.map_err(|_| Unreached::TimedOut)?;
    begun.map_err(|error| Unreached::by(&error))
}

/// Somewhere to note a handshake, and who notes it there.
fn noting() -> (Tell, Arc<Mutex<Handshake>>) {
    let noted = Arc::<Mutex<Handshake>>::default();
    let notes = Arc::clone(&noted);
    let tell = move |what| {
        let mut handshake = notes.lock().unwrap_or_else(PoisonError::into_inner);
        handshake.note(what);
    };
    (Arc::new(tell), noted)
}
