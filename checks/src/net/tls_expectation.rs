//! What a server's certificate and TLS should be like.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{Period, Several};
use crate::reads::Handshake;

/// What the connection's TLS should be like. Whatever is left out may be anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsExpectation {
    /// How long the server's certificate must still be valid.
    #[serde(default)]
    pub(crate) valid_for: Option<Period>,
    /// Names that it must be for, beside the one that was asked for.
    #[serde(default)]
    pub(crate) names: Option<Several<String>>,
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
        let not_after = handshake.certificate().and_then(|own| own.not_after);
        let left = not_after.map(|not_after| not_after.duration_since(at));
        let wanted_left = SignedDuration::try_from(wanted.get()).ok()?;
        let is_enough = left.is_some_and(|left| left >= wanted_left);
        (!is_enough).then(|| Shortcoming {
            what: "certificate",
            expected: format!("valid for at least {wanted}"),
            seen: left.map_or_else(|| "of no known end".to_owned(), validity),
            expires: left.is_some(),
        })
    }

    fn nameless(&self, handshake: &Handshake) -> Option<Shortcoming> {
        let own = handshake.certificate()?;
        let wanted = self.names.as_ref()?;
        let missing: Vec<&str> = wanted
            .0
            .iter()
            .map(String::as_str)
            .filter(|name| !own.is_for(name))
            .collect();
        (!missing.is_empty()).then(|| Shortcoming {
            what: "certificate",
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
            expected: format!("{} at least", wanted.name()),
            seen: handshake.version.to_owned(),
            expires: false,
        })
    }
}

/// `valid for 3d4h`, or for how long it hasn't been any more.
pub(crate) fn validity(left: SignedDuration) -> String {
    let length = Period::from(left.unsigned_abs());
    match left >= SignedDuration::ZERO {
        true => format!("valid for {length}"),
        false => format!("expired {length} ago"),
    }
}

/// How long a certificate is still valid `at` that time; zero where it isn't, or that isn't known.
pub(crate) fn left(handshake: &Handshake, at: Timestamp) -> Duration {
    let not_after = handshake.certificate().and_then(|own| own.not_after);
    let left = not_after.map(|not_after| not_after.duration_since(at));
    left.and_then(|left| Duration::try_from(left).ok())
        .unwrap_or_default()
}
