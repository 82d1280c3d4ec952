//! `tls.valid`: a server's certificate is valid, and stays so.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::tls_expectation::{Shortcoming, TlsExpectation, Version, left};
use crate::contract::{
    Body, Check, Evidence, Finding, HostPort, Look, Outside, Period, Seen, Several, Unobserved,
};
use crate::reads::{Certificate, Handshake, HandshakeRequest, Trust, Unreached};
use crate::unreached;

/// **Asks** whether a server's certificate is valid: signed by whom the system trusts, for the name that
/// was asked for, and for as long as `valid_for` says.
///
/// **Why it matters**: a deploy that moves a name to another load balancer moves it to another
/// certificate, and one that nobody renews fails all users on one day.
///
/// A certificate that has expired, or does so within `valid_for`, breaks the check: waiting renews none.
/// Any other fault may be that of a server on its way out, so it waits: an issuer that is not known, a
/// name that is not there, an old version. `timeout` bounds one look.
///
/// **Evidence**: the chain with its subjects, issuers, names and times, and the version of TLS.
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
    /// The host, with its port where that is not 443.
    address: HostPort,
    /// The name that the server is asked for (SNI) and its certificate must be for. Default: the host of
    /// `address`.
    #[serde(default)]
    server_name: Option<String>,
    /// How long the certificate must still be valid.
    #[serde(default)]
    valid_for: Option<Period>,
    /// Further names that it must be for.
    #[serde(default)]
    names: Option<Several<String>>,
    /// The lowest version of TLS that will do.
    #[serde(default)]
    version: Option<Version>,
    /// A file of certificates (PEM) that may have signed the server's, instead of those that the system
    /// trusts.
    #[serde(default)]
    ca_file: Option<PathBuf>,
}

/// What one look of `tls.valid` brings.
pub struct Facts {
    handshake: Seen<Result<Handshake, Unreached>>,
    within: Duration,
}

/// The port of HTTPS.
const PORT: u16 = 443;

impl Check for Valid {
    const KIND: &'static str = "tls.valid";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let request = HandshakeRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or(PORT),
            name: self.server_name().to_owned(),
            trust: self
                .ca_file
                .as_deref()
                .map_or(Trust::System, |file| Trust::File(look.path(file))),
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
                let fields = "`address`, `server_name` or `ca_file`";
                return unreached::finding(&address, why, facts.within, fields);
            }
        };
        let Some(own) = handshake.certificate() else {
            return Finding::unobserved(format!(
                "{address} showed no certificate that can be read"
            ));
        };
        let shortcomings = self.expectation().shortcomings(handshake, seen.at);
        let finding = match (expired(own, seen.at), &handshake.mistrust, shortcomings.first()) {
            (Some(ago), ..) => Finding::broken(format!(
                "the certificate of {address} expired {ago} ago"
            ))
            .hint("Waiting renews no certificate: look at its issuer's renewal (ACM, cert-manager), and at what the load balancer's listener names."),
            (None, Some(mistrust), _) => Finding::not_yet(format!(
                "the certificate of {address} is not to be trusted for {}: {mistrust}",
                self.server_name()
            ))
            .hint("Its names and issuers are below; where your own authority signed it, name that with `ca_file`."),
            (None, None, Some(_)) => self.short(&address, &shortcomings),
            (None, None, None) => Finding::holds(format!(
                "the certificate of {address} is valid for {}, over TLS {}",
                Period::from(left(handshake, seen.at)),
                handshake.version
            )),
        };
        let compared = shortcomings
            .iter()
            .map(|short| seen.evidence(Body::compared(short.what, &short.expected, &short.seen)));
        finding
            .all_evidence(compared.collect::<Vec<_>>())
            .evidence(chain(handshake, seen))
    }
}

impl Valid {
    fn server_name(&self) -> &str {
        self.server_name.as_deref().unwrap_or(&self.address.host)
    }

    fn expectation(&self) -> TlsExpectation {
        TlsExpectation {
            valid_for: self.valid_for,
            names: self.names.clone(),
            version: self.version,
        }
    }

    /// What no waiting mends is told first.
    fn short(&self, address: &str, shortcomings: &[Shortcoming]) -> Finding {
        let told = |short: &Shortcoming| {
            format!(
                "{address} has a {} {}, expected {}",
                short.what, short.seen, short.expected
            )
            .replace("a TLS", "TLS")
        };
        let expires = shortcomings.iter().find(|short| short.expires);
        match (expires, shortcomings.first()) {
            (Some(short), _) => Finding::broken(told(short)).hint(
                "Renew it before then; with ACM look at why it is not renewed: `aws acm describe-certificate --certificate-arn …`.",
            ),
            (None, Some(short)) => Finding::not_yet(told(short))
                .hint("Look at the listener's certificates and its security policy."),
            (None, None) => Finding::unobserved(format!("nothing is known of {address}")),
        }
    }
}

/// For how long a certificate has not been valid any more.
fn expired(own: &Certificate, at: Timestamp) -> Option<Period> {
    let ago = at.duration_since(own.not_after?);
    let ago = Duration::try_from(ago).ok();
    ago.filter(|ago| !ago.is_zero()).map(Period::from)
}

fn chain(handshake: &Handshake, seen: &Seen<Result<Handshake, Unreached>>) -> Evidence {
    let time = |at: Option<Timestamp>| at.map_or_else(|| "unknown".to_owned(), |at| at.to_string());
    let row = |certificate: &Certificate| {
        [
            certificate.subject.clone(),
            certificate.issuer.clone(),
            certificate.names.join(", "),
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
        ["subject", "issuer", "names", "not before", "not after"],
        handshake.chain.iter().map(row),
    ))
}

#[cfg(test)]
mod tests;
