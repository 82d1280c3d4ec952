//! Whom to trust and as whom to speak, from the files that a suite names: one for every protocol that
//! speaks TLS.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::TLS12;
use rustls::{ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::witness::{Tell, Trusted, Witness};
use crate::reads::file;
use crate::reads::unreached::Unreached;

/// With whom TLS is spoken, and as whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Whose signature below the server's certificate counts.
    pub trust: Trust,
    /// What the server is shown where it wants to know who asks.
    pub own: Option<ClientCertificate>,
}

/// Whose signature below a certificate counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Theirs whom the system trusts.
    #[default]
    System,
    /// Theirs whose certificates (PEM) are in this file, and nobody else's. A server whose own certificate
    /// is in it needs no signature.
    File(PathBuf),
    /// Anyone's: the server is not known to be who it says.
    Anyone,
}

/// A version of TLS that is still safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum TlsVersion {
    /// RFC 5246.
    #[serde(rename = "1.2")]
    V1_2,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    V1_3,
}

static ONLY_1_2: &[&SupportedProtocolVersion] = &[&TLS12];

impl TlsVersion {
    /// As it is written: `1.2`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }

    /// The versions that are offered where this is the highest.
    fn and_below(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::V1_2 => ONLY_1_2,
            Self::V1_3 => DEFAULT_VERSIONS,
        }
    }
}

/// A certificate of touchdown's own, and its key, as files (PEM).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and behind it those that vouch for it.
    pub certificate: PathBuf,
    /// Its key, without a passphrase.
    pub key: PathBuf,
}

/// A client certificate that was read and belongs to its key.
pub(in crate::reads) struct Read {
    /// The files.
    pub pem: [Vec<u8>; 2],
    key: Arc<CertifiedKey>,
}

/// The largest file of certificates: the system's own bundle has a fifth of it.
const LARGEST: u64 = 1 << 20;

/// What the system trusts; it is read once, since that takes milliseconds.
static SYSTEM: OnceCell<Arc<rustls_platform_verifier::Verifier>> = OnceCell::const_new();

/// TLS with whom is to be trusted, and nobody else.
pub(in crate::reads) async fn config(tls: &Tls, tell: Tell) -> Result<ClientConfig, Unreached> {
    let witness = verifier(&tls.trust, tell).await?;
    configured(tls, witness, TlsVersion::V1_3).await
}

/// TLS with anyone, so that the certificate of whoever is not to be trusted is told, too.
/// No version of TLS above `highest` is offered.
pub(super) async fn lenient(
    tls: &Tls,
    highest: TlsVersion,
    tell: Tell,
) -> Result<ClientConfig, Unreached> {
    let witness = verifier(&tls.trust, tell).await?;
    configured(tls, witness.lenient(), highest).await
}

async fn configured(
    tls: &Tls,
    witness: Witness,
    highest: TlsVersion,
) -> Result<ClientConfig, Unreached> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(highest.and_below())
        .map_err(|error| Unreached::Unsendable(error.to_string()))?;
    let config = config
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(witness));
    let mut config = match &tls.own {
        Some(own) => {
            let own = own.read().await?;
            config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own.key)))
        }
        None => config.with_no_client_auth(),
    };
    // What is resumed shows no certificate.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Who says which certificates are to be trusted, and tells what it saw.
pub(in crate::reads) async fn verifier(trust: &Trust, tell: Tell) -> Result<Witness, Unreached> {
    let provider = provider();
    let trusted = match trust {
        Trust::System => Trusted::Authorities(system(&provider).await?),
        Trust::File(path) => of_file(path, &provider).await?,
        Trust::Anyone => Trusted::Anyone,
    };
    Ok(Witness::new(trusted, tell, provider))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

async fn system(provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Unreached> {
    let unusable = |why: &dyn Display| {
        Unreached::Unsendable(format!("what the system trusts can't be read: {why}"))
    };
    let provider = Arc::clone(provider);
    let read = || async {
        let reading = || rustls_platform_verifier::Verifier::new(provider);
        let read = tokio::task::spawn_blocking(reading).await;
        let read = read.map_err(|ended| unusable(&ended))?;
        read.map(Arc::new).map_err(|error| unusable(&error))
    };
    let system = SYSTEM.get_or_try_init(read).await?;
    Ok(Arc::clone(system) as Arc<dyn ServerCertVerifier>)
}

async fn of_file(path: &Path, provider: &Arc<CryptoProvider>) -> Result<Trusted, Unreached> {
    let certificates = certificates(path, &content(path).await?)?;
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        let added = roots.add(certificate.clone());
        added.map_err(|error| unusable(path, &error))?;
    }
    let roots = Arc::new(roots);
    let authorities =
        WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).build();
    let authorities = authorities.map_err(|error| unusable(path, &error))?;
    Ok(Trusted::Listed {
        authorities,
        certificates,
    })
}

fn unusable(path: &Path, why: &dyn Display) -> Unreached {
    Unreached::Unsendable(format!("{} can't be used: {why}", path.display()))
}

async fn content(path: &Path) -> Result<Vec<u8>, Unreached> {
    let content = file::read(path, LARGEST).await;
    content.map_err(Unreached::Unsendable)
}

/// The certificates of a file, of which there must be one.
fn certificates(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, Unreached> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let certificates = read.map_err(|error| unusable(path, &error))?;
    match certificates.is_empty() {
        true => Err(unusable(path, &"it holds no certificate (PEM)")),
        false => Ok(certificates),
    }
}

impl ClientCertificate {
    /// Reads both files.
    pub(in crate::reads) async fn read(&self) -> Result<Read, Unreached> {
        let pem = [content(&self.certificate).await?, content(&self.key).await?];
        let certificates = certificates(&self.certificate, &pem[0])?;
        let key = PrivateKeyDer::from_pem_slice(&pem[1]);
        let no_key = "it holds no private key (PEM, without a passphrase)";
        let key = key.map_err(|_| unusable(&self.key, &no_key))?;
        let key = CertifiedKey::from_der(certificates, key, &provider());
        let key = key.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                let other = format!("it is not the key of {}", self.certificate.display());
                unusable(&self.key, &other)
            }
            error => unusable(&self.key, &error),
        })?;
        Ok(Read {
            pem,
            key: Arc::new(key),
        })
    }
}
