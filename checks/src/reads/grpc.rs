//! Reads of the standard health service of gRPC (grpc.health.v1.Health).

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue};
use tonic::transport::{Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::Reads;
use super::net::{Noted, Tls, verifier};
use super::unreached::Unreached;
use crate::contract::Seen;

/// Whose health to ask for. What it holds may be secret, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthRequest {
    /// The server: `http://host:port`, or with TLS `https://host:port`.
    pub url: String,
    /// The name of the service, empty for the whole server.
    pub service: String,
    /// Metadata to send.
    pub metadata: Vec<(String, String)>,
    /// With TLS, whom to trust, and as whom to speak.
    pub tls: Tls,
    /// How long the whole exchange may take.
    pub within: Duration,
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The status by its name in the protocol: `SERVING`, `NOT_SERVING`, `UNKNOWN`.
    pub status: String,
    /// From connecting until the answer.
    pub took: Duration,
}

/// Why there is no status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthError {
    /// Nothing answered.
    Unreached(Unreached),
    /// The call ended in an error of gRPC.
    Refused {
        /// Its code by its name in the protocol: `NOT_FOUND`.
        code: &'static str,
        /// What the server says about it.
        message: String,
    },
}

impl From<Unreached> for HealthError {
    fn from(why: Unreached) -> Self {
        Self::Unreached(why)
    }
}

/// gRPC's names of its codes, each at its number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl Reads {
    /// Asks a server for the health of a service. Each asker gets an answer of their own, over a
    /// connection of its own: behind a load balancer the next one may reach another task.
    pub async fn health(&self, request: HealthRequest) -> Seen<Result<Health, HealthError>> {
        let (url, within) = (request.url.clone(), request.within);
        let asked = tokio::time::timeout(within, ask(request)).await;
        let answer = asked.unwrap_or(Err(Unreached::TimedOut.into()));
        self.seen("grpc.health.v1.Health/Check", url, None, answer)
    }
}

async fn ask(request: HealthRequest) -> Result<Health, HealthError> {
    let began = Instant::now();
    let mut asking = Request::new(HealthCheckRequest {
        service: request.service.clone(),
    });
    for (name, value) in &request.metadata {
        let (name, value) = entry(name, value)?;
        asking.metadata_mut().insert(name, value);
    }
    let met = Arc::new(AtomicBool::new(false));
    let channel = connected(&request, &met).await?;
    let answered = HealthClient::new(channel).check(asking).await;
    let refused = |status| refused(status, met.load(Ordering::Relaxed));
    let status = answered.map_err(refused)?.into_inner();
    Ok(Health {
        status: name_of(&status),
        took: began.elapsed(),
    })
}

/// Connects, and notes whether a server was met that is to be trusted.
async fn connected(request: &HealthRequest, met: &Arc<AtomicBool>) -> Result<Channel, HealthError> {
    let endpoint = Endpoint::from_shared(request.url.clone());
    let unsendable = |error| Unreached::Unsendable(super::error::root(&error));
    let endpoint = endpoint.map_err(unsendable)?;
    let endpoint = match request.url.starts_with("https:") {
        true => secured(endpoint, &request.tls, met).await?,
        false => endpoint,
    };
    let connected = endpoint.connect().await;
    connected.map_err(|error| Unreached::by(&error).into())
}

async fn secured(
    endpoint: Endpoint,
    tls: &Tls,
    met: &Arc<AtomicBool>,
) -> Result<Endpoint, Unreached> {
    let met = Arc::clone(met);
    let tell = move |noted| {
        if matches!(noted, Noted::Certificates(_, None)) {
            met.store(true, Ordering::Relaxed);
        }
    };
    let verifier = verifier(&tls.trust, Arc::new(tell)).await?;
    let config = match &tls.own {
        Some(own) => {
            let [certificate, key] = own.read().await?.pem;
            ClientTlsConfig::new().identity(Identity::from_pem(certificate, key))
        }
        None => ClientTlsConfig::new(),
    };
    let secured = endpoint.tls_config_with_verifier(config, Arc::new(verifier));
    secured.map_err(|error| Unreached::Unsendable(super::error::root(&error)))
}

fn entry(name: &str, value: &str) -> Result<(AsciiMetadataKey, AsciiMetadataValue), Unreached> {
    let unsendable = || Unreached::Unsendable(format!("the metadata `{name}` can't be sent"));
    let key = AsciiMetadataKey::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
    Ok((key, value.parse().map_err(|_| unsendable())?))
}

/// Whether metadata of that name and value can be sent: not under a name that ends in `-bin`, whose
/// values are bytes.
pub(crate) fn can_be_sent(name: &str, value: &str) -> bool {
    entry(name, value).is_ok()
}

/// tonic tells what it could not send or read as a status of its own; then there is a source. Of the
/// alert by which a server ends TLS 1.3 that wants to know who asks, it tells nothing.
fn refused(status: Status, met: bool) -> HealthError {
    match status.source().map(Unreached::by) {
        Some(Unreached::NoAnswer(why)) if met => {
            Unreached::OtherProtocol(format!("breaks off once TLS has begun ({why})")).into()
        }
        Some(why) => why.into(),
        None => HealthError::Refused {
            code: CODES[status.code() as usize],
            message: super::error::one_line(status.message()),
        },
    }
}

fn name_of(answer: &HealthCheckResponse) -> String {
    match ServingStatus::try_from(answer.status) {
        Ok(known) => known.as_str_name().to_owned(),
        Err(_) => format!("status {}", answer.status),
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[test]
    fn every_code_has_the_name_of_its_number() {
        for (number, name) in CODES.iter().enumerate() {
            let code = Code::from(i32::try_from(number).expect("small"));
            assert_eq!(code as usize, number);
            let told = format!("{code:?}").to_uppercase();
            assert_eq!(told, name.replace('_', ""));
        }
        assert_eq!(Code::from(17), Code::Unknown, "there are no more");
    }

    #[test]
    fn metadata_of_bytes_and_of_two_lines_is_not_sent() {
        assert!(can_be_sent("authorization", "Bearer abc"));
        assert!(!can_be_sent("trace-bin", "abc"));
        assert!(!can_be_sent("a b", "abc"));
        assert!(!can_be_sent("a", "one\ntwo"));
    }
}
