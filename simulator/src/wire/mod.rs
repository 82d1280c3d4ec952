//! The AWS wire: requests come in as JSON, forms or CBOR, and answers go out byte for byte as AWS shapes them.

mod call;
mod cbor;
mod cloudwatch;
mod ecr;
mod ecs;
mod error;
mod load_balancing;
mod logs;
mod page;
mod query;
mod skew;
mod sts;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use call::{Call, Protocol};
pub(crate) use error::{ApiError, ErrorKind};
pub(crate) use page::Takes;

use crate::{
    faults::{Distortions, FaultKind},
    identity,
    time::{epoch_seconds, http_date},
    world::World,
};

/// What a handler may know of the request besides its operation.
pub(crate) struct Asked<'a> {
    pub protocol: Protocol,
    pub body: &'a [u8],
    pub headers: &'a HeaderMap,
    /// Of this request, made up.
    pub request_id: String,
    /// How the content of its answer is wrong.
    distortions: Distortions,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(
        call: &Call,
        body: &'a [u8],
        headers: &'a HeaderMap,
        now: jiff::Timestamp,
    ) -> Self {
        let parts = [
            &call.name(),
            &identity::digest(body),
            &now.as_nanosecond().to_string(),
        ];
        Self {
            protocol: call.protocol(),
            body,
            headers,
            request_id: identity::uuid(&parts.map(String::as_str)),
            distortions: Distortions::default(),
        }
    }

    /// The same, with an answer that is wrong.
    pub(crate) fn distorted(self, distortions: Distortions) -> Self {
        Self {
            distortions,
            ..self
        }
    }

    /// The body as an operation's input; an empty body is an empty object.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let mut tree = self.tree()?;
        self.distortions.forget_token(&mut tree);
        serde_json::from_value(tree).map_err(|error| malformed(&error))
    }

    fn tree(&self) -> Result<Value, ApiError> {
        Ok(match self.protocol {
            _ if self.body.is_empty() => Value::Object(serde_json::Map::new()),
            Protocol::Json { .. } => {
                serde_json::from_slice(self.body).map_err(|error| malformed(&error))?
            }
            Protocol::Query { .. } => query::input(self.body),
            Protocol::Cbor => cbor::input(self.body).map_err(|error| malformed(&error))?,
        })
    }

    /// The page of a listing that is there because of a fault only.
    fn made_up_page(&self) -> Option<Value> {
        self.distortions.made_up_page(&self.tree().ok()?)
    }

    /// The region that the request is signed for, where that can be told.
    pub(crate) fn region(&self) -> Option<&str> {
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

fn malformed(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new("SerializationException", error.to_string())
}

/// Answers a call from the world as it is now.
pub(crate) fn answer(world: &mut World, call: &Call, asked: &Asked<'_>) -> Response<Bytes> {
    // Whoever asks the wrong region finds nothing, and no hint: the same is true of AWS.
    let elsewhere = asked
        .region()
        .filter(|region| call.is_regional() && *region != world.document.region);
    if let Some(region) = elsewhere {
        return answer_here(&mut world.elsewhere(region), call, asked);
    }
    answer_here(world, call, asked)
}

fn answer_here(world: &mut World, call: &Call, asked: &Asked<'_>) -> Response<Bytes> {
    if let (true, Some(page)) = (call.is_signed(), asked.made_up_page()) {
        return success(call, asked, &page);
    }
    let answered = match call {
        Call::Operation {
            service, operation, ..
        } => match *service {
            "ecs" => ecs::answer(world, operation, asked),
            "ecr" => ecr::answer(world, operation, asked),
            "elasticloadbalancing" => load_balancing::answer(world, operation, asked),
            "cloudwatch" => cloudwatch::answer(world, operation, asked),
            "sts" => sts::answer(world, operation),
            _ => logs::answer(world, operation, asked),
        },
        Call::Unknown(_) => Err(ApiError::unknown_operation()),
        Call::Blob(digest) => return ecr::blob(world, digest),
        Call::Page(path) => return page::answer(world, path),
    };
    match answered {
        Ok(mut body) => {
            asked.distortions.distort(&mut body);
            success(call, asked, &body)
        }
        Err(error) => error.response(asked),
    }
}

/// An operation's output in the protocol that was spoken.
fn success(call: &Call, asked: &Asked<'_>, body: &Value) -> Response<Bytes> {
    match asked.protocol {
        Protocol::Json { version } => json(200, version, body),
        Protocol::Query { namespace } => {
            let xml = query::output(call.operation(), namespace, &asked.request_id, body);
            response(200, "text/xml", xml.into())
        }
        Protocol::Cbor => cbor(200, body),
    }
}

/// The answer of a fault that answers instead of AWS; none if it changes the answer only, or does not
/// concern the call: pages need no credentials.
pub(crate) fn fault(
    fault: FaultKind,
    world: &World,
    call: &Call,
    asked: &Asked<'_>,
) -> Option<Response<Bytes>> {
    let is_page = matches!(call, Call::Page(_));
    match fault {
        FaultKind::BadGateway => Some(page::bad_gateway()),
        FaultKind::Html => Some(page::log_in()),
        FaultKind::Broken if is_page => Some(page::broken()),
        FaultKind::Unavailable if is_page => Some(page::no_target()),
        _ if is_page => None,
        FaultKind::Skewed => skew::refusal(asked, world.now).map(|error| error.response(asked)),
        other => ApiError::of_fault(other, world, &call.name()).map(|error| error.response(asked)),
    }
}

/// The first half of an answer, as if it were all of it.
pub(crate) fn garble(response: &mut Response<Bytes>) {
    let body = response.body_mut();
    body.truncate(body.len() / 2);
}

/// An answer of JSON.
fn json(status: u16, version: &str, body: &Value) -> Response<Bytes> {
    let content_type = format!("application/x-amz-json-{version}");
    response(status, &content_type, body.to_string().into())
}

/// An answer of RPC v2.
fn cbor(status: u16, body: &Value) -> Response<Bytes> {
    let mut answer = response(status, "application/cbor", cbor::output(body).into());
    answer
        .headers_mut()
        .insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    answer
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
    request_id: &str,
    now: jiff::Timestamp,
) {
    if let Ok(date) = http_date(now).parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    if let (true, Ok(id)) = (call.is_signed(), request_id.parse()) {
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
