//! What a server's certificate and TLS should be like.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::certificate_id::{Fingerprint, Serial};
use super::server_name::CertificateName;
use crate::contract::{Pattern, Period, Several};
use crate::reads::{Handshake, TlsVersion};

/// What the connection's TLS should be like. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsExpectation {
    /// How long the server's certificate must still be valid, and those that it sends along to vouch for it.
    #[serde(default)]
    pub(crate) valid_for: Option<Period>,
    /// Names that it must be for, beside the one that was asked for.
    #[serde(default)]
    pub(crate) names: Option<Several<CertificateName>>,
    /// The lowest version that will do.
    #[serde(default)]
    pub(crate) version: Option<TlsVersion>,
    /// A regular expression that matches who signed it, such as `O=Amazon`.
    #[serde(default)]
    pub(crate) issuer: Option<Pattern>,
    /// Its serial number in hexadecimal digits, as `openssl x509 -serial` prints it.
    #[serde(default)]
    pub(crate) serial: Option<Serial>,
    /// Its fingerprint, as `openssl x509 -fingerprint -sha256` prints it, with or without colons.
    #[serde(default)]
    pub(crate) sha256: Option<Fingerprint>,
}

/// One thing in which TLS is not as expected.
pub(crate) struct Shortcoming {
    pub what: &'static str,
    /// How it is told of a server: `has a certificate`.
    pub has: &'static str,
    pub expected: String,
    pub seen: String,
    /// Whether it is one of time, which no waiting mends.
    pub expires: bool,
}

impl TlsExpectation {
    /// Everything in which a handshake differs that was seen `at` that time.
    pub(crate) fn shortcomings(&self, handshake: &Handshake, at: Timestamp) -> Vec<Shortcoming> {
        let found = [
            self.too_short(handshake, at),
            self.nameless(handshake),
            self.too_old(handshake),
            self.of_another_issuer(handshake),
            self.another(handshake),
        ];
        found.into_iter().flatten().collect()
    }

    fn too_short(&self, handshake: &Handshake, at: Timestamp) -> Option<Shortcoming> {
        let wanted = self.valid_for?;
        let wanted_left = SignedDuration::try_from(wanted.get()).ok()?;
        let left = first_to_expire(handshake).map(|(_, not_after)| not_after.duration_since(at));
        let is_enough = left.is_some_and(|left| left >= wanted_left);
        (!is_enough).then(|| Shortcoming {
            what: "certificate",
            has: "has a certificate",
            expected: format!("valid for at least {wanted}"),
            seen: validity(handshake, at),
            expires: left.is_some(),
        })
    }

    fn nameless(&self, handshake: &Handshake) -> Option<Shortcoming> {
        let own = handshake.certificate()?;
        let wanted = self.names.as_ref()?;
        let missing: Vec<&str> = wanted
            .0
            .iter()
            .map(|CertificateName(name)| name.as_str())
            .filter(|name| !own.is_for(name))
            .collect();
        (!missing.is_empty()).then(|| Shortcoming {
            what: "certificate",
            has: "has a certificate",
            expected: format!("for {}", missing.join(", ")),
            seen: format!("for {}", own.names.join(", ")),
            expires: false,
        })
    }

    fn of_another_issuer(&self, handshake: &Handshake) -> Option<Shortcoming> {
        let (own, wanted) = (handshake.certificate()?, self.issuer.as_ref()?);
        (!wanted.is_match(&own.issuer)).then(|| Shortcoming {
            what: "certificate",
            has: "has a certificate",
            expected: format!("by /{}/", wanted.as_str()),
            seen: format!("signed by {}", own.issuer),
            expires: false,
        })
    }

    /// Another certificate than the one that is expected by its number or fingerprint.
    fn another(&self, handshake: &Handshake) -> Option<Shortcoming> {
        let own = handshake.certificate()?;
        let serial = self
            .serial
            .as_ref()
            .filter(|wanted| !wanted.is(&own.serial));
        let serial = serial.map(|Serial(wanted)| ("serial number", &own.serial, wanted));
        let print = self.sha256.as_ref();
        let print = print.filter(|Fingerprint(wanted)| *wanted != own.sha256);
        let print = print.map(|Fingerprint(wanted)| ("SHA-256", &own.sha256, wanted));
        let (what, seen, wanted) = serial.or(print)?;
        Some(Shortcoming {
            what: "certificate",
            has: "has the certificate of",
            expected: wanted.clone(),
            seen: format!("{what} {seen}"),
            expires: false,
        })
    }

    fn too_old(&self, handshake: &Handshake) -> Option<Shortcoming> {
        let wanted = self.version?;
        // Versions are written so that their texts are in order.
        (handshake.version < wanted.name()).then(|| Shortcoming {
            what: "TLS",
            has: "speaks TLS",
            expected: format!("{} at least", wanted.name()),
            seen: handshake.version.to_owned(),
            expires: false,
        })
    }
}

/// Which certificate of the chain expires first, by its place, and when; none where that is not known
/// of each.
fn first_to_expire(handshake: &Handshake) -> Option<(usize, Timestamp)> {
    let ends: Option<Vec<Timestamp>> = handshake.chain.iter().map(|one| one.not_after).collect();
    ends?
        .into_iter()
        .enumerate()
        .min_by_key(|(place, end)| (*end, *place))
}

/// For how long the server's certificate is valid, and the one that vouches for it where that ends
/// sooner.
pub(crate) fn validity(handshake: &Handshake, at: Timestamp) -> String {
    let Some((place, sooner)) = first_to_expire(handshake) else {
        return "of no known end".to_owned();
    };
    let own = handshake.certificate().and_then(|own| own.not_after);
    let own = length(own.unwrap_or(sooner), at);
    match place {
        0 => own,
        _ => format!(
            "{own}, but {}, which vouches for it, is {}",
            handshake.chain[place].subject,
            length(sooner, at)
        ),
    }
}

/// `valid for 3d4h`, or for how long it hasn't been any more.
fn length(not_after: Timestamp, at: Timestamp) -> String {
    let left = not_after.duration_since(at);
    let length = Period::from(left.unsigned_abs());
    match left >= SignedDuration::ZERO {
        true => format!("valid for {length}"),
        false => format!("expired {length} ago"),
    }
}
