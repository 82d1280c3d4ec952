//! Who looks at each certificate that a server shows, says whether to trust it, and tells what it saw.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};

use super::certificate::Certificate;
use super::mistrust::Mistrust;

/// What becomes known in a handshake, bit by bit.
pub(in crate::reads) enum Noted {
    Certificates(Vec<Certificate>, Option<Mistrust>),
    Version(&'static str),
}

/// To whom it is told.
pub(in crate::reads) type Tell = Arc<dyn Fn(Noted) + Send + Sync>;

/// Who is trusted.
pub(super) enum Trusted {
    /// Whoever has a certificate of these authorities.
    Authorities(Arc<dyn ServerCertVerifier>),
    /// Likewise, and whoever has one of these certificates itself.
    Listed {
        authorities: Arc<dyn ServerCertVerifier>,
        certificates: Vec<CertificateDer<'static>>,
    },
    Anyone,
}

/// A verifier of certificates.
pub(in crate::reads) struct Witness {
    trusted: Trusted,
    /// Whether to go on with whoever is not to be trusted.
    is_lenient: bool,
    tell: Tell,
    provider: Arc<CryptoProvider>,
}

impl Witness {
    pub(super) fn new(trusted: Trusted, tell: Tell, provider: Arc<CryptoProvider>) -> Self {
        Self {
            trusted,
            is_lenient: false,
            tell,
            provider,
        }
    }

    /// One that goes on with anyone.
    pub(super) fn lenient(self) -> Self {
        Self {
            is_lenient: true,
            ..self
        }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").finish_non_exhaustive()
    }
}

/// A server's certificate that is trusted by itself: it needs no signature, and must still be for that
/// name and of that time. That the server has its key shows in the handshake.
fn verify_itself(
    own: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), rustls::Error> {
    verify_server_name(&ParsedCertificate::try_from(own)?, name)?;
    let read = Certificate::read(own).ok_or(CertificateError::BadEncoding)?;
    let at = |time: Option<jiff::Timestamp>| {
        let seconds = time.and_then(|time| u64::try_from(time.as_second()).ok());
        let since = std::time::Duration::from_secs(seconds.unwrap_or_default());
        UnixTime::since_unix_epoch(since)
    };
    let (not_before, not_after) = (at(read.not_before), at(read.not_after));
    if now > not_after {
        let time = now;
        return Err(CertificateError::ExpiredContext { time, not_after }.into());
    }
    if now < not_before {
        let time = now;
        return Err(CertificateError::NotValidYetContext { time, not_before }.into());
    }
    Ok(())
}

impl Trusted {
    fn verify(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let authorities = match self {
            Self::Anyone => return Ok(()),
            Self::Listed { certificates, .. } if certificates.contains(own) => {
                return verify_itself(own, name, now);
            }
            Self::Listed { authorities, .. } | Self::Authorities(authorities) => authorities,
        };
        authorities
            .verify_server_cert(own, others, name, ocsp, now)
            .map(drop)
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
        let all = std::iter::once(own).chain(others);
        // One that can't be read keeps its place.
        let chain: Vec<Certificate> = all
            .map(|one| Certificate::read(one).unwrap_or_default())
            .collect();
        let verified = self.trusted.verify(own, others, name, ocsp, now);
        let mistrust = verified
            .err()
            .map(|error| Mistrust::of(&error, &chain, name));
        (self.tell)(Noted::Certificates(chain, mistrust.clone()));
        match mistrust {
            Some(mistrust) if !self.is_lenient => {
                let other = OtherError(Arc::new(mistrust));
                Err(CertificateError::Other(other).into())
            }
            _ => Ok(ServerCertVerified::assertion()),
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
