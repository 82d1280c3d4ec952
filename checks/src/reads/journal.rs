//! The journal: every request that goes to AWS, counted, and what the answers say of AWS's
//! clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use jiff::{SignedDuration, Timestamp};

use super::error::is_throttling;
use crate::contract::Clock;

/// How often one call was made, repeated requests included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent.
    pub count: u64,
    /// Of these, throttled.
    pub throttled: u64,
    /// Of these, failed in another way.
    pub failed: u64,
}

/// Counts the requests of one run by call, as IAM names it: `ecs:DescribeTasks`.
#[derive(Debug)]
pub struct Journal {
    clock: Clock,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    calls: BTreeMap<String, Tally>,
    aws_ahead: SignedDuration,
}

impl Journal {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            entries: Mutex::default(),
        })
    }

    /// Every call made so far.
    pub fn calls(&self) -> BTreeMap<String, Tally> {
        self.entries().calls.clone()
    }

    /// How many requests were throttled so far.
    pub fn throttled(&self) -> u64 {
        self.entries()
            .calls
            .values()
            .map(|tally| tally.throttled)
            .sum()
    }

    /// How far AWS's clock is ahead of the run's, by the latest answer's `Date`. Times that
    /// AWS stamps must be compared with AWS's clock only.
    pub(super) fn aws_ahead(&self) -> SignedDuration {
        self.entries().aws_ahead
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tally(&self, cfg: &ConfigBag, add: impl FnOnce(&mut Tally)) {
        if let Some(metadata) = cfg.load::<Metadata>() {
            let call = format!("{}:{}", iam_prefix(metadata.service()), metadata.name());
            add(self.entries().calls.entry(call).or_default());
        }
    }

    fn note_time(&self, response: &HttpResponse) {
        let told = response
            .headers()
            .get("date")
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map(|date| date.timestamp());
        let Some(told) = told else { return };
        let ahead = told.duration_since(self.clock.now());
        // The header has whole seconds, so less than two tell nothing.
        let ahead = if ahead.abs() < SignedDuration::from_secs(2) {
            SignedDuration::ZERO
        } else {
            ahead
        };
        self.entries().aws_ahead = ahead;
    }
}

/// The service's prefix in IAM actions.
fn iam_prefix(service: &str) -> &str {
    match service {
        "ECS" => "ecs",
        "ECR" => "ecr",
        "CloudWatch Logs" => "logs",
        other => other,
    }
}

/// What becomes of one request, given its answer.
enum Fate {
    Answered,
    Throttled,
    Failed,
}

fn fate(response: Option<&HttpResponse>, failed: bool) -> Fate {
    match response {
        Some(response) if !response.status().is_success() => {
            let header = response
                .headers()
                .get("x-amzn-errortype")
                .unwrap_or_default();
            let body = response
                .body()
                .bytes()
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            let code = error_code(header, &body);
            if is_throttling(&code) {
                Fate::Throttled
            } else {
                Fate::Failed
            }
        }
        Some(_) if !failed => Fate::Answered,
        _ => Fate::Failed,
    }
}

/// The error code of an awsJson1.1 answer: from the header, else from `__type`.
fn error_code(header: &str, body: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Typed {
        #[serde(rename = "__type")]
        code: String,
    }
    let code = if header.is_empty() {
        serde_json::from_str::<Typed>(body)
            .map(|typed| typed.code)
            .unwrap_or_default()
    } else {
        header.to_owned()
    };
    let bare = code.split(':').next().unwrap_or_default();
    bare.rsplit('#').next().unwrap_or_default().to_owned()
}

/// The mark of a call whose request went out.
#[derive(Debug)]
struct Sent;

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// The journal as the SDK sees it.
#[derive(Debug)]
pub(super) struct Listener(pub Arc<Journal>);

impl Intercept for Listener {
    fn name(&self) -> &'static str {
        "touchdown's journal"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.tally(cfg, |tally| tally.count += 1);
        cfg.interceptor_state().store_put(Sent);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Where there were no credentials, for example, nothing was sent.
        if cfg.load::<Sent>().is_none() {
            return Ok(());
        }
        let response = context.response();
        if let Some(response) = response {
            self.0.note_time(response);
        }
        let failed = matches!(context.output_or_error(), Some(Err(_)) | None);
        match fate(response, failed) {
            Fate::Answered => {}
            Fate::Throttled => self.0.tally(cfg, |tally| tally.throttled += 1),
            Fate::Failed => self.0.tally(cfg, |tally| tally.failed += 1),
        }
        Ok(())
    }
}

/// `at` moved from the run's clock to AWS's.
pub(super) fn moved(at: Timestamp, ahead: SignedDuration) -> Timestamp {
    at.checked_add(ahead).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_code_in_header_or_body() {
        assert_eq!(
            error_code("ThrottlingException:http://x/", ""),
            "ThrottlingException"
        );
        let body = r#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"m"}"#;
        assert_eq!(error_code("", body), "ClusterNotFoundException");
        assert_eq!(error_code("", "<html>"), "");
    }
}
