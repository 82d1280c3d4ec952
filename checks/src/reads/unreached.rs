//! Why nothing answered at an address, told alike for every protocol that is looked at from outside.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::{AlertDescription as Alert, CertificateError};

use super::error::root;
use super::net::{Mistrust, TlsVersion};
use crate::contract::Period;

/// Why there was no answer, in words that fit behind a colon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// The server was not there, or broke off: refused, reset.
    #[error("{0}")]
    NoAnswer(String),
    /// None of these addresses took a connection in time, or refused it.
    #[error("no connection in time at {}", list(.0))]
    NotConnected(Vec<SocketAddr>),
    /// Nothing came in time.
    #[error("timed out")]
    TimedOut,
    /// The name could not be resolved, so that there was nothing to look at.
    #[error("{0}")]
    NameNotFound(String),
    /// The request itself can't be sent.
    #[error("{0}")]
    Unsendable(String),
    /// The server's certificate is not to be trusted.
    #[error("its certificate is not to be trusted: {0}")]
    Untrusted(Mistrust),
    /// What answers speaks something else, or TLS of another kind: `speaks no TLS`.
    #[error("it {0}")]
    OtherProtocol(String),
    /// The server was asked for TLS on an open connection, and there is none to have: `offers no TLS`.
    #[error("it {0}")]
    NoStartTls(String),
    /// The server wants to know who asks, by a client certificate: `wants a client certificate`.
    #[error("it {0}")]
    Unidentified(String),
}

/// A server that speaks none of the versions which are offered.
const NO_SAFE_VERSION: &str = "speaks no TLS that is still safe, 1.2 or 1.3";

impl Unreached {
    /// The same of a server to which no version above this one was offered: it may speak one.
    pub(super) fn offered(self, highest: TlsVersion) -> Self {
        match self {
            Self::OtherProtocol(what)
                if highest == TlsVersion::V1_2 && what.starts_with(NO_SAFE_VERSION) =>
            {
                let told = "does not speak TLS 1.2, the highest version that was offered";
                Self::OtherProtocol(told.to_owned())
            }
            why => why,
        }
    }

    /// The name's servers were silent for so long: of the address itself nothing was seen.
    pub(super) fn unresolved(within: Duration) -> Self {
        // What a look has left a moment after its beginning is told as all of it.
        let hundredths = u64::try_from(within.as_millis().div_ceil(10)).unwrap_or(u64::MAX / 10);
        let within = Period::from(Duration::from_millis(10 * hundredths));
        Self::NameNotFound(format!("no answer from DNS within {within}"))
    }

    /// Why a connection could not be made, or broke off, by what its error is made of.
    pub(super) fn by(error: &(dyn Error + 'static)) -> Self {
        if let Some(tls) = causes(error)
            .into_iter()
            .find_map(<dyn Error>::downcast_ref)
        {
            return Self::of_tls(tls, error);
        }
        let reason = root(error);
        if mentions(error, &["dns error", "failed to lookup address"]) {
            Self::NameNotFound(reason)
        } else if mentions(
            error,
            &["HTTP/2 was not negotiated", "frame with invalid size"],
        ) {
            Self::OtherProtocol("speaks no HTTP/2".to_owned())
        } else {
            Self::NoAnswer(reason)
        }
    }

    fn of_tls(tls: &rustls::Error, error: &(dyn Error + 'static)) -> Self {
        match tls {
            rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
                match other.0.downcast_ref::<Mistrust>() {
                    Some(mistrust) => Self::Untrusted(mistrust.clone()),
                    None => Self::NoAnswer(root(error)),
                }
            }
            rustls::Error::AlertReceived(alert) => Self::of_alert(*alert),
            rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
                Self::OtherProtocol("speaks no TLS".to_owned())
            }
            rustls::Error::PeerIncompatible(why) => {
                Self::OtherProtocol(format!("{NO_SAFE_VERSION} ({why:?})"))
            }
            rustls::Error::NoApplicationProtocol => {
                Self::OtherProtocol("speaks none of the protocols that were offered".to_owned())
            }
            _ => Self::NoAnswer(root(error)),
        }
    }

    /// What a server means by ending TLS (RFC 8446, 6.2).
    fn of_alert(alert: Alert) -> Self {
        let other = |why: &str| Self::OtherProtocol(format!("{why} ({alert:?})"));
        match alert {
            Alert::CertificateRequired | Alert::NoCertificate => {
                Self::Unidentified("wants a client certificate".to_owned())
            }
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA => {
                Self::Unidentified(format!("does not take the client certificate ({alert:?})"))
            }
            Alert::ProtocolVersion => other(NO_SAFE_VERSION),
            Alert::UnrecognisedName => other("knows no server of that name"),
            Alert::NoApplicationProtocol => other("speaks none of the protocols that were offered"),
            _ => other("ends TLS"),
        }
    }
}

fn list(addresses: &[SocketAddr]) -> String {
    let each = addresses.iter().map(|address| address.ip().to_string());
    each.collect::<Vec<_>>().join(", ")
}

/// An error and whatever is below it. Errors of input and output leave out the one that they are made
/// of from their sources.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut all = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        all.push(error);
        let made_of = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = made_of
            .map(|made_of| made_of as _)
            .or_else(|| error.source());
    }
    all
}

/// Neither hyper-util, h2, tonic nor the standard library has a public type for these errors, only
/// such texts in the chain.
fn mentions(error: &(dyn Error + 'static), texts: &[&str]) -> bool {
    let told = causes(error).into_iter().map(ToString::to_string);
    let told: Vec<String> = told.collect();
    texts
        .iter()
        .any(|text| told.iter().any(|told| told.contains(text)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{InvalidMessage, OtherError};

    use super::*;

    /// As hyper-rustls and tokio-rustls hand errors on: one of input and output in another.
    fn handed_on(error: rustls::Error) -> io::Error {
        io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn an_error_of_tls_is_found_however_deep() {
        let mistrust = Mistrust::SelfSigned;
        let other = CertificateError::Other(OtherError(Arc::new(mistrust.clone())));
        let error = handed_on(rustls::Error::InvalidCertificate(other));
        assert_eq!(Unreached::by(&error), Unreached::Untrusted(mistrust));
        let plain = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
        assert_eq!(
            Unreached::by(&handed_on(plain)),
            Unreached::OtherProtocol("speaks no TLS".into())
        );
    }

    #[test]
    fn alerts_tell_what_the_server_wants() {
        for (alert, told) in [
            (Alert::CertificateRequired, "it wants a client certificate"),
            (
                Alert::UnknownCA,
                "it does not take the client certificate (UnknownCA)",
            ),
            (Alert::HandshakeFailure, "it ends TLS (HandshakeFailure)"),
            (
                Alert::ProtocolVersion,
                "it speaks no TLS that is still safe, 1.2 or 1.3 (ProtocolVersion)",
            ),
        ] {
            let error = handed_on(rustls::Error::AlertReceived(alert));
            assert_eq!(Unreached::by(&error).to_string(), told);
        }
    }

    #[test]
    fn what_has_no_type_is_known_by_its_text() {
        let told = |text: &str| Unreached::by(&io::Error::other(text));
        assert!(matches!(told("dns error"), Unreached::NameNotFound(_)));
        assert!(matches!(
            told("frame with invalid size"),
            Unreached::OtherProtocol(_)
        ));
        assert_eq!(told("reset"), Unreached::NoAnswer("reset".into()));
    }
}
