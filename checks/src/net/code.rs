//! The code of an answer of DNS (RFC 1035, 4.1.1), where that is what is expected.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::Finding;
use crate::reads::{DnsAnswer, DnsError};

/// A code of an answer of DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Code {
    /// The name is there, with such records or without.
    NoError,
    /// There is no such name, and none below it.
    NxDomain,
    /// The resolver could not find out.
    ServFail,
    /// The server does not tell, such as one that no longer serves the zone.
    Refused,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::NoError => "NOERROR",
            Self::NxDomain => "NXDOMAIN",
            Self::ServFail => "SERVFAIL",
            Self::Refused => "REFUSED",
        }
    }

    /// Whether an answer has this code; none where there was no answer.
    pub fn judge(
        self,
        name: &str,
        whom: &str,
        answer: &Result<DnsAnswer, DnsError>,
    ) -> Option<Finding> {
        let seen = match answer {
            Ok(_) | Err(DnsError::NoRecord) => Self::NoError.name(),
            Err(DnsError::NoSuchName) => Self::NxDomain.name(),
            Err(DnsError::Refused(code)) => code,
            Err(DnsError::TimedOut | DnsError::Unasked(_)) => return None,
        };
        let wanted = self.name();
        Some(match seen == wanted {
            true => Finding::holds(format!("{name} is answered with {wanted}")),
            false => Finding::not_yet(format!(
                "{name} is answered with {seen}, says {whom}, expected {wanted}"
            ))
            .hint("Resolvers keep records for their time to live, and that a name is not there for as long as the zone's SOA says: `dig +trace` asks past them."),
        })
    }
}
