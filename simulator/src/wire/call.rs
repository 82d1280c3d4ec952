//! Which operation a request asks for, and in which of AWS's protocols.

use bytes::Bytes;
use http::{Method, Request, header};

use super::{ecr, query};

/// How an operation's input and output are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsJson 1.1, or 1.0 for CloudWatch.
    Json { version: &'static str },
    /// awsQuery: a form comes in and XML goes out, in the service's namespace.
    Query { namespace: &'static str },
    /// Smithy RPC v2 with CBOR both ways.
    Cbor,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// An operation of a simulated service: `ecs`, `DescribeTasks`.
    Operation {
        protocol: Protocol,
        service: &'static str,
        operation: String,
    },
    /// An operation of a service that this simulator does not know.
    Unknown(String),
    /// The bytes of a layer or config, where GetDownloadUrlForLayer points.
    Blob(String),
    /// A page of what is deployed.
    Page(String),
}

const JSON_1_0: Protocol = Protocol::Json { version: "1.0" };
const JSON_1_1: Protocol = Protocol::Json { version: "1.1" };

/// The prefixes of `X-Amz-Target`.
const TARGETS: [(&str, &str, Protocol); 4] = [
    ("AmazonEC2ContainerServiceV20141113", "ecs", JSON_1_1),
    ("AmazonEC2ContainerRegistry_V20150921", "ecr", JSON_1_1),
    ("Logs_20140328", "logs", JSON_1_1),
    (CLOUDWATCH, "cloudwatch", JSON_1_0),
];

/// The name of CloudWatch's service in RPC v2's paths and JSON's targets.
const CLOUDWATCH: &str = "GraniteServiceVersion20100801";

/// Services that speak awsQuery, by the `Version` that comes with each form.
const VERSIONS: [(&str, &str, &str); 2] = [
    (
        "2015-12-01",
        "elasticloadbalancing",
        "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    ),
    (
        "2011-06-15",
        "sts",
        "https://sts.amazonaws.com/doc/2011-06-15/",
    ),
];

impl Call {
    pub(crate) fn of(request: &Request<Bytes>) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.and_then(|value| value.to_str().ok())
        };
        if let Some(target) = header("x-amz-target") {
            return Self::of_target(target);
        }
        let path = request.uri().path();
        if header("smithy-protocol") == Some("rpc-v2-cbor") {
            return Self::of_rpc_path(path);
        }
        if let Some(digest) = path.strip_prefix(ecr::BLOBS) {
            return Self::Blob(digest.to_owned());
        }
        if request.method() != Method::POST || path != "/" {
            return Self::Page(path.to_owned());
        }
        let is_form = header(header::CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        match is_form {
            true => Self::of_form(request.body()),
            false => Self::Unknown(String::new()),
        }
    }

    fn of_target(target: &str) -> Self {
        let known = target.split_once('.').and_then(|(prefix, operation)| {
            let (_, service, protocol) = *TARGETS.iter().find(|(name, ..)| *name == prefix)?;
            Some(Self::Operation {
                protocol,
                service,
                operation: operation.to_owned(),
            })
        });
        known.unwrap_or_else(|| Self::Unknown(target.to_owned()))
    }

    /// `/service/NAME/operation/OPERATION`.
    fn of_rpc_path(path: &str) -> Self {
        let parts = path
            .strip_prefix("/service/")
            .and_then(|rest| rest.split_once("/operation/"));
        match parts {
            Some((CLOUDWATCH, operation)) => Self::Operation {
                protocol: Protocol::Cbor,
                service: "cloudwatch",
                operation: operation.to_owned(),
            },
            _ => Self::Unknown(path.to_owned()),
        }
    }

    fn of_form(body: &[u8]) -> Self {
        let operation = query::field(body, "Action").unwrap_or_default();
        let version = query::field(body, "Version").unwrap_or_default();
        match VERSIONS.iter().find(|(known, ..)| *known == version) {
            Some((_, service, namespace)) => Self::Operation {
                protocol: Protocol::Query { namespace },
                service,
                operation,
            },
            None => Self::Unknown(operation),
        }
    }

    /// As IAM names it: `ecs:DescribeTasks`. A page is `http:/path`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Operation {
                service, operation, ..
            } => format!("{service}:{operation}"),
            Self::Unknown(target) => format!("unknown:{target}"),
            Self::Blob(_) => "ecr:Blob".to_owned(),
            Self::Page(path) => format!("http:{path}"),
        }
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read(&self) -> bool {
        const READS: [&str; 5] = ["Describe", "List", "Get", "BatchGet", "Filter"];
        let operation = self.operation();
        operation.is_empty() || READS.iter().any(|read| operation.starts_with(read))
    }

    /// Whether AWS answers it, and so wants it signed.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Operation { .. } | Self::Unknown(_))
    }

    /// Whether all that it can be asked for is in one region. Logs may be in others, too.
    pub(crate) fn is_regional(&self) -> bool {
        match self {
            Self::Operation { service, .. } => *service != "logs",
            other => other.is_signed(),
        }
    }

    /// How its answer, or its error, is written.
    pub(crate) fn protocol(&self) -> Protocol {
        match self {
            Self::Operation { protocol, .. } => *protocol,
            Self::Unknown(_) | Self::Blob(_) | Self::Page(_) => JSON_1_1,
        }
    }

    /// The operation's name, for protocols that wrap their answers in it.
    pub(crate) fn operation(&self) -> &str {
        match self {
            Self::Operation { operation, .. } => operation,
            Self::Unknown(_) | Self::Blob(_) | Self::Page(_) => "",
        }
    }
}
