//! The simulator as AWS and as the web, without a socket: under tokio's paused clock an answer then takes no
//! time, and the clock can't run ahead of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{HeaderValue, Response};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use touchdown::checks::contract::Clock;
use touchdown::checks::reads::{Connections, Fetch, FetchError, Page, PageRequest, Unreached};
use touchdown_simulator::{Carried, Delivery, Simulator};

/// Connections of a run whose AWS, and whose web, is the simulator. The run's clock begins at the
/// simulator's time.
#[must_use]
pub fn connections(simulator: &Simulator) -> Connections {
    connections_off(simulator, SignedDuration::ZERO)
}

/// The same for a machine whose clock is `ahead` of AWS's; or behind it, where that is negative.
#[must_use]
pub fn connections_off(simulator: &Simulator, ahead: SignedDuration) -> Connections {
    let now = simulator.now();
    let clock = Clock::starting_at(now.saturating_add(ahead).unwrap_or(now));
    let wire = InProcess(simulator.clone());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(wire.clone())
        .credentials_provider(credentials())
        .sleep_impl(TokioSleep::new())
        .time_source(OfRun(clock))
        .build();
    Connections::given(clock, config, Arc::new(wire))
}

/// The run's clock, by which the SDK signs.
#[derive(Debug)]
struct OfRun(Clock);

impl TimeSource for OfRun {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
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
            let carried = carried(response).await;
            let response = carried.map_err(|broken| ConnectorError::io(broken.into()))?;
            let body = SdkBody::from_body_1_x;
            HttpResponse::try_from(response.map(body)).map_err(unsendable)
        })
    }
}

/// The answer as it comes over the connection, if it does; what the system says, if not.
async fn carried(response: Response<Bytes>) -> Result<Response<Carried>, &'static str> {
    let delivery = Delivery::of(&response);
    match delivery {
        Some(Delivery::Refused) => Err("Connection refused (os error 111)"),
        Some(Delivery::Reset) => Err("Connection reset by peer (os error 104)"),
        Some(Delivery::Hung) => std::future::pending().await,
        Some(Delivery::Truncated | Delivery::Gigantic | Delivery::Dripping(_)) | None => {
            Ok(response.map(|body| Carried::new(body, delivery)))
        }
    }
}

impl InProcess {
    async fn exchange(&self, request: PageRequest) -> Result<Page, FetchError> {
        let asked = http::Request::builder()
            .method(request.method.as_str())
            .uri(request.url.as_str())
            .body(Bytes::from(request.body.unwrap_or_default()))
            .map_err(|error| Unreached::Unsendable(error.to_string()))?;
        let answer = carried(self.0.respond(asked).await).await;
        let answer = answer.map_err(|broken| Unreached::NoAnswer(broken.to_owned()))?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await;
        let body = body.map_err(|broken| Unreached::NoAnswer(broken.to_string()))?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter();
        Ok(Page {
            url: request.url.to_string(),
            status: parts.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            ..Page::default()
        })
    }
}

impl Fetch for InProcess {
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async move {
            let exchanged = tokio::time::timeout(request.within, self.exchange(request)).await;
            exchanged.unwrap_or(Err(Unreached::TimedOut.into()))
        })
    }
}
