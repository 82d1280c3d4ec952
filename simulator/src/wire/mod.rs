//! The AWS wire: requests come in as JSON 1.1, and answers go out byte for byte as AWS shapes them.

mod ecr;
mod ecs;
mod error;
mod logs;
mod page;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use error::{ApiError, ErrorKind};

use crate::{
    faults::FaultKind,
    identity,
    time::{epoch_seconds, http_date},
    world::World,
};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// An operation of a simulated service: `ecs`, `DescribeTasks`.
    Operation {
        service: &'static str,
        operation: String,
    },
    /// A target this simulator does not know.
    Unknown(String),
    /// The bytes of a layer or config, where GetDownloadUrlForLayer points.
    Blob(String),
    /// A page of what is deployed.
    Page(String),
}

/// The prefixes of `X-Amz-Target`.
const SERVICES: [(&str, &str); 3] = [
    ("AmazonEC2ContainerServiceV20141113", "ecs"),
    ("AmazonEC2ContainerRegistry_V20150921", "ecr"),
    ("Logs_20140328", "logs"),
];

impl Call {
    pub(crate) fn of(request: &Request<Bytes>) -> Self {
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok());
        let Some(target) = target else {
            let path = request.uri().path();
            return match path.strip_prefix(ecr::BLOBS) {
                Some(digest) => Self::Blob(digest.to_owned()),
                None if request.method() == Method::POST && path == "/" => {
                    Self::Unknown(String::new())
                }
                None => Self::Page(path.to_owned()),
            };
        };
        let known = target.split_once('.').and_then(|(prefix, operation)| {
            let (_, service) = SERVICES.iter().find(|(name, _)| *name == prefix)?;
            Some(Self::Operation {
                service,
                operation: operation.to_owned(),
            })
        });
        known.unwrap_or_else(|| Self::Unknown(target.to_owned()))
    }

    /// As IAM names it: `ecs:DescribeTasks`. A page is `http:/path`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Operation { service, operation } => format!("{service}:{operation}"),
            Self::Unknown(target) => format!("unknown:{target}"),
            Self::Blob(_) => "ecr:Blob".to_owned(),
            Self::Page(path) => format!("http:{path}"),
        }
    }

    /// Whether AWS answers it, and so wants it signed.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Operation { .. } | Self::Unknown(_))
    }
}

/// What a handler may know of the request besides its body.
pub(crate) struct Asked<'a> {
    pub body: &'a [u8],
    pub headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// The body as an operation's input; an empty body is an empty object.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let body: &[u8] = if self.body.is_empty() {
            b"{}"
        } else {
            self.body
        };
        serde_json::from_slice(body)
            .map_err(|error| ApiError::new("SerializationException", error.to_string()))
    }

    /// The region that the request is signed for, where that can be told.
    fn region(&self) -> Option<&str> {
        let signed = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (_, credential) = signed.split_once("Credential=")?;
        credential.split('/').nth(2)
    }

    /// The host that the client spoke to, for addresses that lead back here.
    pub(crate) fn host(&self) -> &str {
        self.headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("127.0.0.1")
    }
}

/// Answers a call from the world as it is now.
pub(crate) fn answer(world: &mut World, call: &Call, asked: &Asked<'_>) -> Response<Bytes> {
    // Whoever asks the wrong region finds nothing, and no hint: the same is true of AWS.
    let elsewhere = asked
        .region()
        .filter(|region| call.is_signed() && *region != world.document.region);
    if let Some(region) = elsewhere {
        return answer_here(&mut world.elsewhere(region), call, asked);
    }
    answer_here(world, call, asked)
}

fn answer_here(world: &mut World, call: &Call, asked: &Asked<'_>) -> Response<Bytes> {
    let answered = match call {
        Call::Operation {
            service: "ecs",
            operation,
        } => ecs::answer(world, operation, asked),
        Call::Operation {
            service: "ecr",
            operation,
        } => ecr::answer(world, operation, asked),
        Call::Operation { operation, .. } => logs::answer(world, operation, asked),
        Call::Unknown(_) => Err(ApiError::unknown_operation()),
        Call::Blob(digest) => return ecr::blob(world, digest),
        Call::Page(path) => return page::answer(world, path),
    };
    match answered {
        Ok(body) => json(200, &body),
        Err(error) => error.response(),
    }
}

/// The answer of a fault; none if it only makes the answer late, or does not concern the call: pages need
/// no credentials.
pub(crate) fn fault(fault: FaultKind, world: &World, call: &str) -> Option<Response<Bytes>> {
    let is_page = call.starts_with("http:");
    match fault {
        FaultKind::BadGateway => Some(page::bad_gateway()),
        FaultKind::Broken if is_page => Some(page::broken()),
        FaultKind::Unavailable if is_page => Some(page::no_target()),
        _ if is_page => None,
        other => ApiError::of_fault(other, world, call).map(|error| error.response()),
    }
}

/// An answer of JSON 1.1.
pub(crate) fn json(status: u16, body: &Value) -> Response<Bytes> {
    response(
        status,
        "application/x-amz-json-1.1",
        body.to_string().into(),
    )
}

/// Any answer. A status or type that HTTP does not allow comes out as 500: scenarios are checked for it.
pub(crate) fn response(status: u16, content_type: &str, body: Bytes) -> Response<Bytes> {
    let built = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .body(body);
    built.unwrap_or_else(|_| {
        let mut broken = Response::new(Bytes::new());
        *broken.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

/// Puts on what every answer carries: the virtual time, and the request's id.
pub(crate) fn stamp(
    response: &mut Response<Bytes>,
    call: &Call,
    body: &[u8],
    now: jiff::Timestamp,
) {
    if let Ok(date) = http_date(now).parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    let parts = [
        &call.name(),
        &identity::digest(body),
        &now.as_nanosecond().to_string(),
    ];
    let id = identity::uuid(&parts.map(String::as_str));
    if let (true, Ok(id)) = (call.is_signed(), id.parse()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
}

/// An output as JSON.
pub(crate) fn output(value: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(value).map_err(|error| ApiError::new("ServerException", error.to_string()))
}

/// Writes an instant as ECS and ECR do.
pub(crate) fn seconds<S: serde::Serializer>(
    at: &jiff::Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(epoch_seconds(*at))
}

/// Writes an instant as ECS and ECR do, if there is one.
pub(crate) fn maybe_seconds<S: serde::Serializer>(
    at: &Option<jiff::Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => seconds(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// One page of a listing, and the token for the next. A token is the position that it continues from.
pub(crate) fn paged<T>(
    items: Vec<T>,
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let start = match token {
        None => 0,
        Some(token) => {
            position(token).ok_or_else(|| ApiError::invalid_parameter("Invalid token."))?
        }
    };
    let next = start.saturating_add(size.max(1));
    let token = (next < items.len()).then(|| page_token(next));
    Ok((
        items.into_iter().skip(start).take(size.max(1)).collect(),
        token,
    ))
}

/// Nobody should read a token, so it does not look like a number.
fn page_token(position: usize) -> String {
    let check = &identity::hex32(&["page", &position.to_string()])[..24];
    format!("{check}{position:08x}")
}

fn position(token: &str) -> Option<usize> {
    let position = usize::from_str_radix(token.get(24..)?, 16).ok()?;
    (page_token(position) == token).then_some(position)
}
