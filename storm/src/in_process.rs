//! The simulator as AWS and as the web, without a socket: under tokio's paused clock an answer then takes no
//! time, and the clock can't run ahead of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use touchdown::checks::contract::Clock;
use touchdown::checks::reads::{Connections, Fetch, FetchError, Page, PageRequest};
use touchdown_simulator::Simulator;

/// Connections of a run whose AWS, and whose web, is the simulator. The run's clock begins at the
/// simulator's time.
#[must_use]
pub fn connections(simulator: &Simulator) -> Connections {
    let wire = InProcess(simulator.clone());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(wire.clone())
        .credentials_provider(credentials())
        .sleep_impl(TokioSleep::new())
        .build();
    Connections::given(Clock::starting_at(simulator.now()), config, Arc::new(wire))
}

fn credentials() -> SharedCredentialsProvider {
    let credentials = Credentials::new("simulated", "simulated", None, None, "tests");
    SharedCredentialsProvider::new(credentials)
}

/// The simulator behind the SDK's and the web's HTTP, without a socket, so that the paused
/// clock can't run ahead of an answer.
#[derive(Clone)]
pub struct InProcess(pub Simulator);

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let simulator = self.0.clone();
        HttpConnectorFuture::new(async move {
            let unsendable =
                |error: aws_smithy_runtime_api::http::HttpError| ConnectorError::user(error.into());
            let request = request.try_into_http1x().map_err(unsendable)?;
            let body = request
                .body()
                .bytes()
                .map(Bytes::copy_from_slice)
                .unwrap_or_default();
            let response = simulator.respond(request.map(|_| body)).await;
            HttpResponse::try_from(response.map(SdkBody::from)).map_err(unsendable)
        })
    }
}

impl Fetch for InProcess {
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async move {
            let asked = http::Request::builder()
                .method(request.method.as_str())
                .uri(request.url.as_str())
                .body(Bytes::from(request.body.unwrap_or_default()))
                .map_err(|error| FetchError::Unsendable(error.to_string()))?;
            let answer = self.0.respond(asked).await;
            Ok(Page {
                url: request.url.to_string(),
                status: answer.status().as_u16(),
                headers: answer
                    .headers()
                    .iter()
                    .map(|(name, value)| {
                        (
                            name.to_string(),
                            String::from_utf8_lossy(value.as_bytes()).into_owned(),
                        )
                    })
                    .collect(),
                body: String::from_utf8_lossy(answer.body()).into_owned(),
                truncated: false,
                took: Duration::ZERO,
            })
        })
    }
}
