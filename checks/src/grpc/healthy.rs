//! `grpc.healthy`: a gRPC server says that it serves.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Address;
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Outside, Period, Seen, Unobserved, sent_secrets,
};
use crate::net::TlsFiles;
use crate::reads::{Health, HealthError, HealthRequest, can_be_sent};
use crate::unreached;

/// **Asks** whether a gRPC server says `SERVING` of a service, or of itself as a whole, in the
/// standard health service (`grpc.health.v1.Health/Check`).
///
/// **Why it matters**: a gRPC service has no page to open, and a port that accepts says nothing of
/// what is behind it. The health service is what load balancers and Kubernetes ask, too.
///
/// Any other status may still become `SERVING`, so it waits. So does it where the server doesn't know
/// the service (`NOT_FOUND`), or has no health service (`UNIMPLEMENTED`): during a rollout a
/// version may answer that is not the new one yet. What the server won't tell (`PERMISSION_DENIED`,
/// `UNAUTHENTICATED`) is not seen. Each look makes a connection of its own; no proxy is used.
///
/// **Evidence**: the status, or the code and message of the error.
///
/// **Example**
/// ```yaml
/// - check: grpc.healthy
///   address: shop.internal:50051
///   service: shop.v1.Cart
///   metadata: { x-tenant: smoke }
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Healthy {
    /// The server: `host:port` without TLS, `https://host` or `https://host:port` with.
    address: Address,
    /// The service as it is registered, such as `shop.v1.Cart`; by default the whole server.
    #[serde(default)]
    service: String,
    /// Metadata to send, such as `authorization`.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
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
    /// Takes any certificate, such as one that a server signed itself.
    #[serde(default)]
    insecure: bool,
}

/// What is sent may be secret, so that only the address is shown.
impl fmt::Debug for Healthy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Healthy")
            .field("address", &self.address.told())
            .finish_non_exhaustive()
    }
}

/// What one look of `grpc.healthy` brings.
pub struct Facts {
    answer: Seen<Result<Health, HealthError>>,
    within: Duration,
}

impl Check for Healthy {
    const KIND: &'static str = "grpc.healthy";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let metadata = self.metadata.iter();
        let request = HealthRequest {
            url: self.address.url.to_string(),
            service: self.service.clone(),
            metadata: metadata
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            tls: self.files().tls(|file| look.path(file)),
            within,
        };
        let answer = look.reads.health(request).await;
        Ok(Facts { answer, within })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let address = self.address.told();
        let (finding, seen) = match &facts.answer.value {
            Ok(health) => (self.judge_status(health), health.status.clone()),
            Err(HealthError::Refused { code, message }) => {
                (self.judge_refusal(code, message), told(code, message))
            }
            Err(HealthError::Unreached(why)) => {
                let fields = "`address`, `metadata`, `ca_file`, `cert_file` or `key_file`";
                return unreached::finding(address, why, facts.within, fields);
            }
        };
        let body = Body::compared(format!("status of {}", self.subject()), "SERVING", seen);
        finding.evidence(facts.answer.evidence(body))
    }

    fn secrets(&self) -> Vec<String> {
        let metadata = self.metadata.iter();
        sent_secrets(metadata.map(|(name, value)| (name.into(), value.into()))).collect()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let unsendable = self
            .metadata
            .iter()
            .filter(|(name, value)| !can_be_sent(name, value));
        let place = |name: &str| {
            let metadata = fields.get("metadata");
            metadata.map_or(fields.place, |metadata| metadata.place_of(name))
        };
        let unsendable = unsendable.map(|(name, _)| {
            Fault::new(place(name), format!("the metadata `{name}` can't be sent"))
        });
        let files = match self.address.has_tls() {
            true => self.files().mistakes(fields),
            false => TlsFiles::without_tls(
                fields,
                "an `address`",
                "write the address as `https://host:port`",
            ),
        };
        unsendable.chain(files).collect()
    }
}

/// What an error of gRPC says to whoever waits for `SERVING`, and what to do.
struct Refusal {
    code: &'static str,
    /// Whether there is nothing to wait for, since the server won't tell.
    is_withheld: bool,
    hint: &'static str,
}

const REFUSALS: &[Refusal] = &[
    Refusal {
        code: "NOT_FOUND",
        is_withheld: false,
        hint: "No service is registered with the health service under that name: check `service`, or whether an older version still answers.",
    },
    Refusal {
        code: "UNIMPLEMENTED",
        is_withheld: false,
        hint: "What answers has no health service (grpc.health.v1.Health): register it in the application, or check whether an older version, or something else, listens there.",
    },
    Refusal {
        code: "UNAVAILABLE",
        is_withheld: false,
        hint: "A load balancer or proxy answers, and reaches no server behind it: is a task registered and healthy?",
    },
    Refusal {
        code: "PERMISSION_DENIED",
        is_withheld: true,
        hint: "The server doesn't let these `metadata` ask for its health.",
    },
    Refusal {
        code: "UNAUTHENTICATED",
        is_withheld: true,
        hint: "The server wants to know who asks: give a token that is still good in `metadata`, as `authorization`.",
    },
];

impl Healthy {
    fn files(&self) -> TlsFiles<'_> {
        TlsFiles {
            ca: self.ca_file.as_deref(),
            certificate: self.cert_file.as_deref(),
            key: self.key_file.as_deref(),
            insecure: self.insecure,
        }
    }

    /// What is asked about.
    fn subject(&self) -> String {
        match self.service.as_str() {
            "" => "the server".to_owned(),
            service => format!("service {service}"),
        }
    }

    fn judge_status(&self, health: &Health) -> Finding {
        let told = format!(
            "{} says {} of {}",
            self.address.told(),
            health.status,
            self.subject()
        );
        if health.status == "SERVING" {
            let took = Period::from(health.took);
            return Finding::holds(format!("{told}, after {took}"));
        }
        Finding::not_yet(format!("{told}, expected SERVING"))
            .hint("The server runs, and says itself that it doesn't serve: its log tells what it waits for.")
    }

    fn judge_refusal(&self, code: &str, message: &str) -> Finding {
        let answered = format!(
            "{} answered {} when asked for the health of {}",
            self.address.told(),
            told(code, message),
            self.subject()
        );
        match REFUSALS.iter().find(|refusal| refusal.code == code) {
            Some(refusal) if refusal.is_withheld => {
                Finding::unobserved(answered).hint(refusal.hint).lasting()
            }
            Some(refusal) => Finding::not_yet(answered).hint(refusal.hint),
            None => {
                Finding::not_yet(answered).hint("The server's log tells why it fails to answer.")
            }
        }
    }
}

fn told(code: &str, message: &str) -> String {
    match message {
        "" => code.to_owned(),
        message => format!("{code} ({message})"),
    }
}

#[cfg(test)]
mod tests;
