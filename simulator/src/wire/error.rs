//! Errors as AWS writes them: HTTP 400, a type and a message, in the protocol that was spoken.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Asked, Protocol, cbor, json, query, response};
use crate::{faults::FaultKind, world::World};

/// An error of an operation.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub status: u16,
    /// `ClusterNotFoundException`.
    pub kind: &'static str,
    pub message: String,
}

impl ApiError {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", "")
    }

    pub(crate) fn missing_token() -> Self {
        Self::new(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )
    }

    /// The error of a fault that was asked for; none if the fault is of another nature.
    pub(crate) fn of_fault(fault: FaultKind, world: &World, call: &str) -> Option<Self> {
        let (caller, resource) = (world.caller_arn(), resource(world, call));
        Some(match fault {
            FaultKind::Denied => Self::new(
                "AccessDeniedException",
                format!(
                    "User: {caller} is not authorized to perform: {call} on \
                     resource: {resource} because no identity-based policy allows the {call} action"
                ),
            ),
            FaultKind::Throttled => Self::new("ThrottlingException", "Rate exceeded"),
            FaultKind::Expired => Self::new(
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
            FaultKind::Unrecognized => Self::new(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            FaultKind::Broken => Self {
                status: 500,
                ..Self::new(
                    "ServerException",
                    "Service Unavailable. Please try again later.",
                )
            },
            FaultKind::Unavailable => Self {
                status: 503,
                ..Self::new(
                    "ServiceUnavailableException",
                    "Service is unable to handle request.",
                )
            },
            // The others answer in another way, or change the answer only.
            _ => return None,
        })
    }

    pub(crate) fn response(&self, asked: &Asked<'_>) -> Response<Bytes> {
        let (code, status) = self.in_query();
        let blame = if status < 500 { "Sender" } else { "Receiver" };
        let (mut answer, kind) = match asked.protocol {
            Protocol::Json { version } => (json(self.status, version, &self.body()), self.kind),
            Protocol::Query { namespace } => {
                let xml = query::error(namespace, &asked.request_id, blame, code, &self.message);
                (response(status, "text/xml", xml.into()), code)
            }
            Protocol::Cbor => {
                let mut answer = cbor(self.status, &self.body());
                // Clients of a service that spoke awsQuery before still know its errors by those codes.
                if let Ok(error) = format!("{code};{blame}").parse() {
                    answer.headers_mut().insert("x-amzn-query-error", error);
                }
                (answer, code)
            }
        };
        // The recorder reads it back; it does not travel.
        answer.extensions_mut().insert(ErrorKind(kind));
        answer
    }

    fn body(&self) -> Value {
        match self.message.is_empty() {
            true => json!({ "__type": self.kind }),
            false => json!({ "__type": self.kind, "message": self.message }),
        }
    }

    /// The code and the status that awsQuery has for it.
    fn in_query(&self) -> (&'static str, u16) {
        let known = QUERY_ERRORS.iter().find(|(kind, ..)| *kind == self.kind);
        known.map_or((self.kind, self.status), |(_, code, status)| {
            (code, *status)
        })
    }
}

/// The errors that every service has, by their type in JSON: code and status in awsQuery.
const QUERY_ERRORS: [(&str, &str, u16); 10] = [
    ("AccessDeniedException", "AccessDenied", 403),
    ("ThrottlingException", "Throttling", 400),
    ("ExpiredTokenException", "ExpiredToken", 403),
    ("UnrecognizedClientException", "InvalidClientTokenId", 403),
    ("InvalidSignatureException", "SignatureDoesNotMatch", 403),
    (
        "MissingAuthenticationTokenException",
        "MissingAuthenticationToken",
        403,
    ),
    ("UnknownOperationException", "InvalidAction", 400),
    ("SerializationException", "MalformedInput", 400),
    ("ServerException", "InternalFailure", 500),
    ("ServiceUnavailableException", "ServiceUnavailable", 503),
];

/// The kind of error that an answer carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorKind(pub &'static str);

/// What a denied call was not allowed to touch. Calls without a resource are denied on `*`.
fn resource(world: &World, call: &str) -> String {
    let document = &world.document;
    let (region, account, cluster) = (&document.region, &document.account, &document.cluster);
    match call.split_once(':') {
        Some(("ecs", "DescribeTasks" | "StopTask")) => {
            format!("arn:aws:ecs:{region}:{account}:task/{cluster}/*")
        }
        Some(("ecs", "DescribeClusters")) => world.cluster_arn(),
        Some(("ecs", operation))
            if operation.contains("Service") && operation != "ListServices" =>
        {
            world.services.first().map_or_else(
                || "*".to_owned(),
                |service| world.service_arn(&service.name),
            )
        }
        Some(("ecr", _)) => world
            .repositories
            .keys()
            .next()
            .map_or_else(|| "*".to_owned(), |name| world.repository_arn(name)),
        Some(("logs", _)) => format!("arn:aws:logs:{region}:{account}:log-group:*"),
        _ => "*".to_owned(),
    }
}
