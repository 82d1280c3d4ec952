//! Errors as AWS writes them: HTTP 400, a `__type` and a message.

use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::json;
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
        let account = &world.document.account;
        let resource = resource(world, call);
        Some(match fault {
            FaultKind::Denied => Self::new(
                "AccessDeniedException",
                format!(
                    "User: arn:aws:sts::{account}:assumed-role/deploy/ci is not authorized to perform: {call} \
                     on resource: {resource} because no identity-based policy allows the {call} action"
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
            FaultKind::BadGateway | FaultKind::Slow => return None,
        })
    }

    pub(crate) fn response(&self) -> Response<Bytes> {
        let body = match self.message.is_empty() {
            true => json!({ "__type": self.kind }),
            false => json!({ "__type": self.kind, "message": self.message }),
        };
        let mut response = json(self.status, &body);
        // The recorder reads it back; it does not travel.
        response.extensions_mut().insert(ErrorKind(self.kind));
        response
    }
}

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
