//! The journal's ear in the SDK: it hears of every request and of every answer.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use jiff::Timestamp;
use tokio::time::Instant;

use super::budget::{Bucket, Budget, Turn};
use super::error::{is_throttling, root};
use super::error_code::error_code;
use super::journal::{Journal, Tally};

/// The mark of a call whose request went out.
#[derive(Debug)]
struct Sent {
    at: Timestamp,
    /// The host and port.
    to: String,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// A call that was sent once more, which ends with the call.
#[derive(Debug)]
struct Repeated {
    _turn: Turn,
}

impl Storable for Repeated {
    type Storer = StoreReplace<Self>;
}

/// A request that did not arrive, or whose answer didn't; the SDK's own error does not name
/// the endpoint.
#[derive(Debug)]
pub(super) struct Undelivered {
    pub to: String,
    reason: String,
}

impl Undelivered {
    pub fn new(to: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            reason: reason.into(),
        }
    }
}

impl std::error::Error for Undelivered {}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// What the SDK tells of its requests: to the journal, and to the budget where it asks again by itself.
#[derive(Debug)]
pub(super) struct Listener {
    pub journal: Arc<Journal>,
    pub budget: Arc<Budget>,
    pub region: String,
}

impl Listener {
    fn tally(&self, cfg: &ConfigBag, add: impl FnOnce(&mut Tally)) {
        if let Some(metadata) = cfg.load::<Metadata>() {
            self.journal.tally(action(metadata), add);
        }
    }

    /// A request that the SDK repeats waits for nobody: those after it wait for its token.
    fn repeated(&self, cfg: &ConfigBag) -> Option<Repeated> {
        cfg.load::<Sent>()?;
        let bucket = Bucket::of(&action(cfg.load::<Metadata>()?))?;
        let mut turn = self.budget.enlist(bucket, &self.region);
        turn.send(Instant::now());
        Some(Repeated { _turn: turn })
    }
}

impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "touchdown's journal"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.tally(cfg, |tally| tally.count += 1);
        if let Some(repeated) = self.repeated(cfg) {
            cfg.interceptor_state().store_put(repeated);
        }
        cfg.interceptor_state().store_put(Sent {
            at: self.journal.now(),
            to: authority(context.request().uri()),
        });
        Ok(())
    }

    /// The SDK reads XML leniently: from an answer that ends in the middle it takes what there
    /// is, so that half of the targets would look like all of them.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match is_cut_xml(context.response()) {
            true => Err("the answer ends in the middle".into()),
            false => Ok(()),
        }
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Where there were no credentials, for example, nothing was sent.
        let Some(sent) = cfg.load::<Sent>() else {
            return Ok(());
        };
        let response = context.response();
        if let Some(date) = response.and_then(date) {
            self.journal.note_time(date, sent.at);
        }
        let failed = matches!(context.output_or_error(), Some(Err(_)) | None);
        match fate(response, failed) {
            Fate::Answered => {}
            Fate::Throttled(code) => self.tally(cfg, |tally| tally.throttled_with(code)),
            Fate::Failed(code) => self.tally(cfg, |tally| tally.failed_with(code)),
        }
        Ok(())
    }

    /// Adds the endpoint, when the last try is over and nobody looks at the error's type any
    /// more to decide whether to try again.
    fn modify_before_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(sent), Some(Err(error))) = (cfg.load::<Sent>(), context.output_or_error_mut())
        else {
            return Ok(());
        };
        let Some(failure) = error.as_connector_error().filter(|error| error.is_io()) else {
            return Ok(());
        };
        let undelivered = Undelivered::new(&sent.to, root(failure));
        *error = OrchestratorError::connector(ConnectorError::io(Box::new(undelivered)));
        Ok(())
    }
}

/// Whether the body is XML and its last tag doesn't close its first. One that could not be read has
/// failed already, with a better reason.
fn is_cut_xml(response: &HttpResponse) -> bool {
    let kind = response.headers().get("content-type").unwrap_or_default();
    let Some(body) = response.body().bytes() else {
        return false;
    };
    if !kind.contains("xml") || !response.status().is_success() {
        return false;
    }
    let text = String::from_utf8_lossy(body);
    let root = text
        .split('<')
        .skip(1)
        .find(|tag| !tag.starts_with(['?', '!']));
    let name = root.and_then(|tag| tag.split(|c: char| !is_of_a_name(c)).next());
    let last = text
        .trim_end()
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once("</"));
    name.is_none_or(|name| last.is_none_or(|(_, last)| last.trim_end() != name))
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || "_-.:".contains(character)
}

/// The host and port of an address; whose user and password are left out.
fn authority(uri: &str) -> String {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map(|(_, host)| host);
    host.unwrap_or(authority).to_owned()
}

fn date(response: &HttpResponse) -> Option<Timestamp> {
    let header = response.headers().get("date")?;
    let date = jiff::fmt::rfc2822::parse(header).ok()?;
    Some(date.timestamp())
}

/// A request's IAM action, such as `ecs:DescribeTasks`.
pub(super) fn action(metadata: &Metadata) -> String {
    format!("{}:{}", iam_prefix(metadata.service()), metadata.name())
}

/// The service's prefix in IAM actions.
fn iam_prefix(service: &str) -> &str {
    match service {
        "ECS" => "ecs",
        "ECR" => "ecr",
        "CloudWatch Logs" => "logs",
        "CloudWatch" => "cloudwatch",
        "Elastic Load Balancing v2" => "elasticloadbalancing",
        "STS" => "sts",
        other => other,
    }
}

/// What becomes of one request, given its answer; with the error code, where there is one.
enum Fate {
    Answered,
    Throttled(String),
    Failed(String),
}

fn fate(response: Option<&HttpResponse>, failed: bool) -> Fate {
    match response {
        Some(response) if !response.status().is_success() => {
            let code = error_code(response);
            if is_throttling(&code) {
                Fate::Throttled(code)
            } else {
                Fate::Failed(code)
            }
        }
        Some(_) if !failed => Fate::Answered,
        _ => Fate::Failed(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_that_ends_in_the_middle_is_cut() {
        let cut = |status: u16, kind: &'static str, body: &'static str| {
            let status = status.try_into().expect("a status");
            let mut response = HttpResponse::new(status, body.into());
            response.headers_mut().insert("content-type", kind);
            is_cut_xml(&response)
        };
        let whole = "<?xml version=\"1.0\"?>\n<AResponse xmlns=\"x\">\n<A><B/></A></AResponse>\n";
        assert!(!cut(200, "text/xml", whole));
        for end in [whole.len() - 2, whole.len() - 14, 40, 24, 0] {
            let half: &'static str = &whole[..end];
            assert!(cut(200, "text/xml", half), "{half}");
        }
        assert!(!cut(200, "application/json", "{"), "JSON is read strictly");
        assert!(!cut(503, "text/xml", "<AResponse>"), "it has failed anyway");
    }

    #[test]
    fn an_endpoint_is_told_by_host_and_port() {
        assert_eq!(authority("http://127.0.0.1:4566/"), "127.0.0.1:4566");
        assert_eq!(
            authority("https://ecs.eu-west-1.amazonaws.com"),
            "ecs.eu-west-1.amazonaws.com"
        );
        assert_eq!(authority("http://ci:p@ss@127.0.0.1:1/"), "127.0.0.1:1");
    }
}
