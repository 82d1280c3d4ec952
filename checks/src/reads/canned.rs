//! AWS's answers from a list instead of the network, for tests of what reads ask and make of
//! what they are told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use super::{Connections, Reads, Web};
use crate::contract::Clock;

/// An operation, and the status and body that answer it.
pub(super) type Answer = (&'static str, u16, &'static str);

/// The network of a test: it knows the answers to some operations, and what it was asked.
#[derive(Clone, Debug)]
pub(super) struct Canned {
    answers: &'static [Answer],
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub fn of(answers: &'static [Answer]) -> Self {
        Self {
            answers,
            asked: Arc::default(),
        }
    }

    /// Reads of a new round that are answered by it.
    pub fn reads(&self) -> Reads {
        let expiry = UNIX_EPOCH + Duration::from_secs(1_763_513_160);
        let credentials = Credentials::new("canned", "canned", None, Some(expiry), "tests");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .build();
        let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
        let connections = Connections::given(clock, config, Arc::new(Web::default()));
        Reads::of_round(Arc::new(connections))
    }

    /// The bodies of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic before").clone()
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let body = request.body().bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(body).into_owned();
        let operation = operation(request, &body);
        self.asked.lock().expect("no panic before").push(body);
        let known = self.answers.iter().find(|(name, ..)| *name == operation);
        let (status, text) = known.map_or((404, ""), |(_, status, text)| (*status, *text));
        let status = status.try_into().expect("a status");
        HttpResponse::new(status, SdkBody::from(text))
    }
}

/// JSON services name the operation in a header, query services in the body.
fn operation(request: &HttpRequest, body: &str) -> String {
    let target = request.headers().get("x-amz-target");
    let named = match target {
        Some(target) => target.rsplit('.').next(),
        None => body
            .split('&')
            .find_map(|field| field.strip_prefix("Action=")),
    };
    named.unwrap_or_default().to_owned()
}

impl HttpClient for Canned {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(self.answer(&request)))
    }
}
