//! The simulated AWS, in-process, with answers that are changed on their way.

use std::sync::Arc;

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
use touchdown::checks::contract::Clock;
use touchdown::checks::reads::{Connections, Fetch};
use touchdown_simulator::Simulator;
use touchdown_storm::InProcess;

/// What came back for an operation.
pub(crate) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Changes the answer to an operation, `DescribeTasks`.
pub(crate) type Change = Arc<dyn Fn(&str, &mut Answer) + Send + Sync>;

#[derive(Clone)]
struct Wire {
    simulator: InProcess,
    change: Change,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

/// Connections of a run whose AWS is the simulator, behind a wire that changes answers.
pub(crate) fn connections(
    simulator: &Simulator,
    change: Change,
    web: Arc<dyn Fetch>,
) -> Connections {
    let wire = Wire {
        simulator: InProcess(simulator.clone()),
        change,
    };
    let credentials = Credentials::new("fuzzed", "fuzzed", None, None, "fuzz");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(wire.clone())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .sleep_impl(TokioSleep::new())
        .build();
    let clock = Clock::starting_at(simulator.now());
    Connections::given(clock, config, web)
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let change = Arc::clone(&self.change);
        let answered = self.simulator.call(request);
        HttpConnectorFuture::new(async move {
            let answered = answered.await?;
            let mut answer = Answer {
                status: answered.status().as_u16(),
                body: answered.body().bytes().unwrap_or_default().to_vec(),
            };
            change(&operation, &mut answer);
            let status = answer
                .status
                .try_into()
                .map_err(|error| ConnectorError::user(Box::new(error)))?;
            let mut changed = HttpResponse::new(status, SdkBody::from(answer.body));
            *changed.headers_mut() = answered.headers().clone();
            Ok(changed)
        })
    }
}

/// JSON services name the operation in a header, CBOR ones in the path, query ones in the body.
fn operation(request: &HttpRequest) -> String {
    let last = |text: &str, end: char| text.rsplit(end).next().unwrap_or_default().to_owned();
    if let Some(target) = request.headers().get("x-amz-target") {
        return last(target, '.');
    }
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    let action = body
        .split('&')
        .find_map(|field| field.strip_prefix("Action="));
    action.map_or_else(|| last(request.uri(), '/'), str::to_owned)
}
