//! `tls.valid`: a server's certificate is valid, and stays so.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::certificate_id::{Fingerprint, Serial};
use super::server_name::{CertificateName, ServerName};
use super::tls_expectation::{self, Shortcoming, TlsExpectation};
use super::tls_files::TlsFiles;
use super::wrong_ip;
use crate::contract::{
    Body, Check, Evidence, Fault, Finding, HostPort, IpVersion, Located, Look, Outside, Pattern,
    Period, Seen, Several, Unobserved,
};
use crate::reads::{Certificate, Handshake, HandshakeRequest, StartTls, TlsVersion, Unreached};
use crate::unreached;

/// **Asks** whether a server's certificate is valid: signed by whom the system trusts, for the name that
/// was asked for, and for as long as `valid_for` says, as are those that vouch for it.
///
/// **Why it matters**: a deploy that moves a name to another load balancer moves it to another
/// certificate, and one that nobody renews fails all users on one day.
///
/// A certificate that has expired, or does so within `valid_for`, breaks the check, wherever it is in the
/// chain that the server sends: waiting renews none. Any other fault may be that of a server on its way out, so it waits: an issuer that is not known, a
/// name that is not there, an old version, another certificate than that of `serial` or `sha256`. `timeout` bounds one look.
///
/// Versions of TLS that are not safe, 1.0 and 1.1, are never spoken. That a server refuses them, `exec` asks:
/// `openssl s_client -tls1_1 -connect shop.example.com:443` must fail, where the machine's openssl still speaks them.
///
/// **Evidence**: the chain with its subjects, issuers, names, numbers, fingerprints and times, and the version of TLS.
///
/// **Example**
/// ```yaml
/// - check: tls.valid
///   address: shop.example.com
///   valid_for: 14d
///   names: [www.shop.example.com]
///   version: "1.2"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Valid {
    /// The host, with its port where that is not 443, or the usual one of `starttls`.
    address: HostPort,
    /// Which of the host's addresses to connect to: 4 for those of IPv4, 6 for those of IPv6.
    #[serde(default)]
    ip: Option<IpVersion>,
    /// The protocol in which to ask the server for TLS, where it begins without: `smtp`, `imap`, `pop3`, `ftp`,
    /// `postgres` or `mysql`.
    #[serde(default)]
    starttls: Option<StartTls>,
    /// The name that the server is asked for (SNI) and its certificate must be for. Default: the host of
    /// `address`.
    #[serde(default)]
    server_name: Option<ServerName>,
    /// How long the certificate must still be valid.
    #[serde(default)]
    valid_for: Option<Period>,
    /// Further names that it must be for.
    #[serde(default)]
    names: Option<Several<CertificateName>>,
    /// The lowest version of TLS that will do.
    #[serde(default)]
    version: Option<TlsVersion>,
    /// The highest version of TLS that is offered: with `1.2` it shows that clients which know no newer one
    /// are still served.
    #[serde(default)]
    max_version: Option<TlsVersion>,
    /// A regular expression that matches who signed the certificate, such as `O=Amazon`.
    #[serde(default)]
    issuer: Option<Pattern>,
    /// The certificate's serial number in hexadecimal digits, as `openssl x509 -serial` prints it.
    #[serde(default)]
    serial: Option<Serial>,
    /// The certificate's fingerprint, as `openssl x509 -fingerprint -sha256` prints it, with or without colons.
    #[serde(default)]
    sha256: Option<Fingerprint>,
    /// A file of certificates (PEM) that may have signed the server's, instead of those that the system
    /// trusts; or the server's own.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// A certificate of touchdown's own (PEM), for a server that wants to know who asks.
    #[serde(default)]
    cert_file: Option<PathBuf>,
    /// The key of `cert_file` (PEM, without a passphrase).
    #[serde(default)]
    key_file: Option<PathBuf>,
}

/// What one look of `tls.valid` brings.
pub struct Facts {
    handshake: Seen<Result<Handshake, Unreached>>,
    within: Duration,
}

/// The port of HTTPS.
const HTTPS: u16 = 443;

impl Check for Valid {
    const KIND: &'static str = "tls.valid";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let request = HandshakeRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or(self.usual_port()),
            ip: self.ip,
            starttls: self.starttls,
            name: self.server_name().to_owned(),
            highest: self.max_version.unwrap_or(TlsVersion::V1_3),
            tls: self.files().tls(|file| look.path(file)),
            within,
        };
        let handshake = look.reads.handshake(request).await;
        Ok(Facts { handshake, within })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let address = self.address.to_string();
        let seen = &facts.handshake;
        let handshake = match &seen.value {
            Ok(handshake) => handshake,
            Err(why) => {
                let fields = "`address`, `server_name`, `ca_file`, `cert_file` or `key_file`";
                return unreached::finding(&address, why, facts.within, fields);
            }
        };
        if !handshake
            .certificate()
            .is_some_and(Certificate::is_readable)
        {
            return Finding::unobserved(format!(
                "{address} showed no certificate that can be read"
            ));
        }
        let shortcomings = self.expectation().shortcomings(handshake, seen.at);
        let finding = judged(&address, handshake, &shortcomings, seen.at);
        let compared = shortcomings
            .iter()
            .map(|short| seen.evidence(Body::compared(short.what, &short.expected, &short.seen)));
        finding
            .all_evidence(compared.collect::<Vec<_>>())
            .evidence(chain(handshake, seen))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let ip = wrong_ip(self.ip, &self.address.host, fields);
        let files = self.files().mistakes(fields);
        ip.into_iter()
            .chain(self.unreachable_version(fields))
            .chain(files)
            .collect()
    }
}

impl Valid {
    fn files(&self) -> TlsFiles<'_> {
        TlsFiles {
            ca: self.ca_file.as_deref(),
            certificate: self.cert_file.as_deref(),
            key: self.key_file.as_deref(),
            ..TlsFiles::default()
        }
    }

    /// A version that must be spoken and is not offered.
    fn unreachable_version(&self, fields: &Located) -> Option<Fault> {
        let (lowest, highest) = (self.version?, self.max_version?);
        (lowest > highest).then(|| {
            let told = "no version is as high as `version` and as low as `max_version`";
            Fault::new(fields.place_of("max_version"), told).help("write one of them")
        })
    }

    fn usual_port(&self) -> u16 {
        self.starttls.map_or(HTTPS, StartTls::port)
    }

    fn server_name(&self) -> &str {
        let named = self.server_name.as_ref().map(|ServerName(name)| name);
        named.unwrap_or(&self.address.host)
    }

    fn expectation(&self) -> TlsExpectation {
        TlsExpectation {
            valid_for: self.valid_for,
            names: self.names.clone(),
            version: self.version,
            issuer: self.issuer.clone(),
            serial: self.serial.clone(),
            sha256: self.sha256.clone(),
        }
    }
}

/// What has expired goes first, for whatever else is wrong: no waiting mends it.
fn judged(
    address: &str,
    handshake: &Handshake,
    shortcomings: &[Shortcoming],
    at: Timestamp,
) -> Finding {
    if let Some(told) = expired(address, handshake, at) {
        return Finding::broken(told).hint(unreached::RENEW);
    }
    if let Some(mistrust) = &handshake.mistrust {
        return unreached::untrusted(address, mistrust);
    }
    let told = |short: &Shortcoming| {
        let Shortcoming {
            has,
            seen,
            expected,
            ..
        } = short;
        format!("{address} {has} {seen}, expected {expected}")
    };
    let expires = shortcomings.iter().find(|short| short.expires);
    match (expires, shortcomings.first()) {
        (Some(short), _) => Finding::broken(told(short)).hint(
            "Renew it before then; with ACM look at why it is not renewed: `aws acm describe-certificate --certificate-arn …`.",
        ),
        (None, Some(short)) => Finding::not_yet(told(short))
            .hint("Look at the listener's certificates and its security policy."),
        (None, None) => Finding::holds(format!(
            "the certificate of {address} is {}, over TLS {}",
            tls_expectation::validity(handshake, at),
            handshake.version
        )),
    }
}

/// What of the chain has expired, the server's own certificate first.
fn expired(address: &str, handshake: &Handshake, at: Timestamp) -> Option<String> {
    let ago = |certificate: &Certificate| {
        let ago = Duration::try_from(at.duration_since(certificate.not_after?)).ok()?;
        (!ago.is_zero()).then(|| Period::from(ago))
    };
    let mut all = handshake.chain.iter().enumerate();
    all.find_map(|(place, certificate)| {
        let ago = ago(certificate)?;
        Some(match place {
            0 => format!("the certificate of {address} expired {ago} ago"),
            _ => format!(
                "a certificate that vouches for that of {address} expired {ago} ago: {}",
                certificate.subject
            ),
        })
    })
}

fn chain(handshake: &Handshake, seen: &Seen<Result<Handshake, Unreached>>) -> Evidence {
    let time = |at: Option<Timestamp>| at.map_or_else(|| "unknown".to_owned(), |at| at.to_string());
    let row = |certificate: &Certificate| {
        [
            certificate.subject.clone(),
            certificate.issuer.clone(),
            certificate.names.join(", "),
            certificate.serial.clone(),
            certificate.sha256.clone(),
            time(certificate.not_before),
            time(certificate.not_after),
        ]
    };
    let took = Period::from(handshake.took);
    seen.evidence(Body::table(
        format!(
            "TLS {} with {}, after {took}",
            handshake.version, handshake.address
        ),
        [
            "subject",
            "issuer",
            "names",
            "serial number",
            "SHA-256",
            "not before",
            "not after",
        ],
        handshake.chain.iter().map(row),
    ))
}

#[cfg(test)]
mod tests;
