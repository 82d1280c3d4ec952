//! TLS: whom to trust, and what a handshake tells of a server.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate::Certificate;
use crate::contract::Seen;
use crate::reads::unreached::Unreached;
use crate::reads::{Reads, error, file};

/// Whose signature below a certificate counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Theirs whom the system trusts.
    #[default]
    System,
    /// Theirs whose certificates (PEM) are in this file, and nobody else's.
    File(PathBuf),
    /// Anyone's: the server is not known to be who it says.
    Anyone,
}

/// What a handshake told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The version that was agreed on: `1.2`, `1.3`.
    pub version: &'static str,
    /// The server's certificates, its own first.
    pub chain: Vec<Certificate>,
    /// Why the server's certificate is not to be trusted, where it isn't.
    pub mistrust: Option<String>,
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
}

/// With whom to shake hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeRequest {
    /// The host to connect to, a name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name that the server is asked for and its certificate must be for.
    pub name: String,
    /// Whose signature counts.
    pub trust: Trust,
    /// How long all of it may take.
    pub within: Duration,
}

/// What becomes known in a handshake, bit by bit.
pub(in crate::reads) enum Noted {
    Certificates(Vec<Certificate>, Option<String>),
    Version(&'static str),
}

/// To whom it is told.
pub(in crate::reads) type Tell = Arc<dyn Fn(Noted) + Send + Sync>;

/// The largest file of certificates: the system's own bundle has a fifth of it.
const LARGEST_CA_FILE: u64 = 1 << 20;

/// What the system trusts; it is read once, since that takes milliseconds.
static SYSTEM: OnceCell<Arc<rustls_platform_verifier::Verifier>> = OnceCell::const_new();

impl Reads {
    /// Shakes hands with a server. One that is not to be trusted tells its certificate all the same.
    pub async fn handshake(&self, request: HandshakeRequest) -> Seen<Result<Handshake, Unreached>> {
        let (name, within) = (format!("{}:{}", request.host, request.port), request.within);
        let shaken = tokio::time::timeout(within, shaken(&request)).await;
        let handshake = shaken.unwrap_or(Err(Unreached::TimedOut));
        self.seen("TLS", name, None, handshake)
    }
}

async fn shaken(request: &HandshakeRequest) -> Result<Handshake, Unreached> {
    let began = Instant::now();
    let (tell, noted) = noting();
    let config = lenient(&request.trust, tell).await?;
    let place = (request.host.as_str(), request.port);
    let tcp = TcpStream::connect(place)
        .await
        .map_err(|error| Unreached::by(&error))?;
    let address = tcp.peer_addr().map(|address| address.to_string());
    begin(config, &request.name, tcp).await?;
    let mut handshake = noted.lock().unwrap_or_else(PoisonError::into_inner).clone();
    handshake.address = address.unwrap_or_default();
    handshake.took = began.elapsed();
    Ok(handshake)
}

/// Begins TLS on a connection, for a server of that name.
pub(super) async fn begin(
    config: ClientConfig,
    name: &str,
    tcp: TcpStream,
) -> Result<TlsStream<TcpStream>, Unreached> {
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| Unreached::Unsendable(format!("`{name}` is no name of a server")))?;
    let begun = TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await;
    begun.map_err(|error| Unreached::NoAnswer(error::root(&error)))
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

impl Handshake {
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

/// TLS with whom is to be trusted, and nobody else.
pub(in crate::reads) async fn config(trust: &Trust, tell: Tell) -> Result<ClientConfig, Unreached> {
    configured(trust, tell, *trust == Trust::Anyone).await
}

/// TLS with anyone, so that the certificate of whoever is not to be trusted is told, too.
async fn lenient(trust: &Trust, tell: Tell) -> Result<ClientConfig, Unreached> {
    configured(trust, tell, true).await
}

async fn configured(trust: &Trust, tell: Tell, lenient: bool) -> Result<ClientConfig, Unreached> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let trusted = match trust {
        Trust::System => Some(system(&provider).await?),
        Trust::File(path) => Some(of_file(path, &provider).await?),
        Trust::Anyone => None,
    };
    let witness = Arc::new(Witness {
        trusted,
        lenient,
        tell,
        provider: Arc::clone(&provider),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Unreached::Unsendable(error.to_string()))?;
    let mut config = config
        .dangerous()
        .with_custom_certificate_verifier(witness)
        .with_no_client_auth();
    // What is resumed shows no certificate.
    config.resumption = Resumption::disabled();
    Ok(config)
}

async fn system(provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Unreached> {
    let provider = Arc::clone(provider);
    let read = || async {
        let read =
            tokio::task::spawn_blocking(|| rustls_platform_verifier::Verifier::new(provider));
        let read = read
            .await
            .map_err(|ended| Unreached::Unsendable(ended.to_string()))?;
        read.map(Arc::new)
            .map_err(|error| Unreached::Unsendable(error.to_string()))
    };
    let system = SYSTEM.get_or_try_init(read).await?;
    Ok(Arc::clone(system) as Arc<dyn ServerCertVerifier>)
}

async fn of_file(
    path: &std::path::Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Unreached> {
    let unusable = |why: &dyn fmt::Display| {
        Unreached::Unsendable(format!("{} can't be used: {why}", path.display()))
    };
    let text = file::read(path, LARGEST_CA_FILE).await;
    let text = text.map_err(Unreached::Unsendable)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| unusable(&error))
}

/// Looks at each certificate that a server shows, and tells what it saw.
struct Witness {
    trusted: Option<Arc<dyn ServerCertVerifier>>,
    /// Whether to go on with whoever is not to be trusted.
    lenient: bool,
    tell: Tell,
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = match &self.trusted {
            Some(trusted) => trusted.verify_server_cert(own, others, name, ocsp, now),
            None => Ok(ServerCertVerified::assertion()),
        };
        let chain = std::iter::once(own)
            .chain(others)
            .filter_map(Certificate::read);
        let mistrust = verified.as_ref().err().map(ToString::to_string);
        (self.tell)(Noted::Certificates(chain.collect(), mistrust));
        match self.lenient {
            true => Ok(ServerCertVerified::assertion()),
            false => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        (self.tell)(Noted::Version("1.2"));
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        (self.tell)(Noted::Version("1.3"));
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
