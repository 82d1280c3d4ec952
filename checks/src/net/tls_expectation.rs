//! What a server's certificate and TLS should be like.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::server_name::CertificateName;
use crate::contract::{Period, Several};
use crate::reads::Handshake;

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
    pub(crate) version: Option<Version>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub(crate) enum Version {
    /// RFC 5246.
    #[serde(rename = "1.2")]
    V1_2,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    V1_3,
}

impl Version {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
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
