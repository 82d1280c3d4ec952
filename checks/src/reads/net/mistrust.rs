//! Why a server's certificate is not to be trusted, in words.

use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::{ServerName, UnixTime};

use super::certificate::Certificate;
use crate::contract::Period;

/// Why a server's certificate is not to be trusted, in words that fit behind a colon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistrust {
    /// Nobody who is trusted has signed it.
    #[error("its issuer ({issuer}) is not known")]
    UnknownIssuer {
        /// Who it says has signed the last certificate that was sent.
        issuer: String,
    },
    /// It signed itself, and is not one that is trusted by itself.
    #[error("it signed itself")]
    SelfSigned,
    /// It is for other names than the one that was asked for.
    #[error("it is for {}, not for {asked}", names_of(.names))]
    OtherName {
        /// The name that was asked for.
        asked: String,
        /// The names that it is for.
        names: Vec<String>,
    },
    /// Its time is over, or that of one which vouches for it.
    #[error("{} expired {ago} ago, at {at}", whose(.of.as_deref()))]
    Expired {
        /// The subject, where it is not the server's own.
        of: Option<String>,
        /// Until when it was valid.
        at: Timestamp,
        /// How long ago that was.
        ago: Period,
    },
    /// Its time has not begun, or that of one which vouches for it.
    #[error("{} is not valid before {at}, in {until}", whose(.of.as_deref()))]
    NotYetValid {
        /// The subject, where it is not the server's own.
        of: Option<String>,
        /// From when on it is valid.
        at: Timestamp,
        /// How long it takes until then.
        until: Period,
    },
    /// Something else is wrong with it.
    #[error("{0}")]
    Other(String),
}

fn names_of(names: &[String]) -> String {
    match names {
        [] => "no name (it has no subject alternative names)".to_owned(),
        names => names.join(", "),
    }
}

fn whose(of: Option<&str>) -> String {
    match of {
        Some(subject) => format!("{subject}, which vouches for it,"),
        None => "it".to_owned(),
    }
}

impl Mistrust {
    /// What a verifier means by its error about a chain, the server's own certificate first.
    pub(super) fn of(error: &rustls::Error, chain: &[Certificate], name: &ServerName<'_>) -> Self {
        let rustls::Error::InvalidCertificate(why) = error else {
            return Self::Other(error.to_string());
        };
        match why {
            CertificateError::ExpiredContext { time, not_after } => {
                Self::expired(chain, *not_after, *time)
            }
            CertificateError::NotValidYetContext { time, not_before } => {
                Self::not_yet_valid(chain, *not_before, *time)
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName {
                    asked: name.to_str().into_owned(),
                    names: chain
                        .first()
                        .map(|own| own.names.clone())
                        .unwrap_or_default(),
                }
            }
            CertificateError::UnknownIssuer => Self::unknown(chain),
            CertificateError::Revoked => Self::Other("it is revoked".to_owned()),
            CertificateError::BadEncoding => Self::Other("it can't be read".to_owned()),
            CertificateError::BadSignature => {
                Self::Other("a signature of its chain is wrong".to_owned())
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Self::Other("it is not one for servers".to_owned())
            }
            // What openssl makes by default signs itself, as an authority would.
            CertificateError::Other(_) if signed_itself(chain) => Self::SelfSigned,
            other => Self::Other(other.to_string()),
        }
    }

    fn unknown(chain: &[Certificate]) -> Self {
        match chain.last() {
            Some(_) if signed_itself(chain) => Self::SelfSigned,
            last => Self::UnknownIssuer {
                issuer: last.map(|last| last.issuer.clone()).unwrap_or_default(),
            },
        }
    }

    fn expired(chain: &[Certificate], at: UnixTime, now: UnixTime) -> Self {
        let Some(at) = time(at) else {
            return Self::Other("it has expired".to_owned());
        };
        Self::Expired {
            of: other_than_own(chain, |one| one.not_after == Some(at)),
            at,
            ago: between(at, now),
        }
    }

    fn not_yet_valid(chain: &[Certificate], at: UnixTime, now: UnixTime) -> Self {
        let Some(at) = time(at) else {
            return Self::Other("it is not valid yet".to_owned());
        };
        Self::NotYetValid {
            of: other_than_own(chain, |one| one.not_before == Some(at)),
            at,
            until: between(at, now),
        }
    }
}

fn signed_itself(chain: &[Certificate]) -> bool {
    matches!(chain, [own] if own.subject == own.issuer)
}

fn time(at: UnixTime) -> Option<Timestamp> {
    let seconds = i64::try_from(at.as_secs()).ok()?;
    Timestamp::from_second(seconds).ok()
}

fn between(at: Timestamp, now: UnixTime) -> Period {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    Duration::from_secs(at.as_second().abs_diff(now)).into()
}

/// The subject of the certificate of which that is true, where it is not the server's own.
fn other_than_own(chain: &[Certificate], is: impl Fn(&Certificate) -> bool) -> Option<String> {
    let place = chain.iter().position(is)?;
    (place > 0).then(|| chain[place].subject.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2025-11-18T00:00:00Z";

    fn unix(at: &str) -> UnixTime {
        let at: Timestamp = at.parse().expect("a time");
        let seconds = u64::try_from(at.as_second()).expect("a time since 1970");
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    fn certificate(subject: &str, issuer: &str, until: &str) -> Certificate {
        Certificate {
            subject: subject.into(),
            issuer: issuer.into(),
            names: vec!["shop.test".into()],
            not_after: Some(until.parse().expect("a time")),
            ..Certificate::default()
        }
    }

    fn told(why: CertificateError, chain: &[Certificate]) -> String {
        let name = ServerName::try_from("www.test").expect("a name");
        let error = rustls::Error::InvalidCertificate(why);
        Mistrust::of(&error, chain, &name).to_string()
    }

    #[test]
    fn each_fault_is_told_in_words() {
        let chain = [
            certificate("CN=shop.test", "CN=Between", "2026-01-01T00:00:00Z"),
            certificate("CN=Between", "CN=Root", "2025-11-16T00:00:00Z"),
        ];
        let alone = [certificate("CN=shop.test", "CN=shop.test", NOW)];
        let expired = |at| CertificateError::ExpiredContext {
            time: unix(NOW),
            not_after: unix(at),
        };
        let early = CertificateError::NotValidYetContext {
            time: unix(NOW),
            not_before: unix("2025-11-20T00:00:00Z"),
        };
        for (why, chain, words) in [
            (
                expired("2025-11-16T00:00:00Z"),
                &chain[..],
                "CN=Between, which vouches for it, expired 2d ago, at 2025-11-16T00:00:00Z",
            ),
            (
                expired("2025-11-17T00:00:00Z"),
                &chain[..1],
                "it expired 1d ago, at 2025-11-17T00:00:00Z",
            ),
            (
                early,
                &chain[..1],
                "it is not valid before 2025-11-20T00:00:00Z, in 2d",
            ),
            (
                CertificateError::NotValidForName,
                &chain[..1],
                "it is for shop.test, not for www.test",
            ),
            (
                CertificateError::UnknownIssuer,
                &chain[..],
                "its issuer (CN=Root) is not known",
            ),
            (
                CertificateError::UnknownIssuer,
                &alone[..],
                "it signed itself",
            ),
            (
                CertificateError::BadSignature,
                &chain[..],
                "a signature of its chain is wrong",
            ),
        ] {
            assert_eq!(told(why, chain), words);
        }
    }
}
