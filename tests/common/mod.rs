//! What the tests share: the simulator as AWS, in-process or on loopback.
#![allow(dead_code, reason = "each test file uses its part")]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use touchdown::catalog::Catalog;
use touchdown::checks::contract::{Clock, TargetSpec};
use touchdown::checks::reads::{Connections, Fetch, FetchError, Page, PageRequest};
use touchdown::confirm;
use touchdown::plan::Plan;
use touchdown::report::{Interruption, Report};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::{Clock as SimulatorClock, Scenario, Simulator};

/// A simulated incident, to be made inside the (paused) runtime.
pub fn incident(name: &str) -> Simulator {
    let scenario = Scenario::named(name).expect("a scenario of the simulator");
    Simulator::new(scenario, SimulatorClock::default()).expect("a scenario that holds together")
}

/// Runs a suite against the simulator in-process, with both clocks at the same time.
pub async fn judge(simulator: &Simulator, suite: &str) -> Report {
    judge_with(simulator, suite, Options::default()).await
}

pub async fn judge_with(simulator: &Simulator, suite: &str, options: Options) -> Report {
    let plan = plan_of(suite, &Catalog::built_in());
    run(
        &plan,
        Arc::new(connections(simulator)),
        options,
        never(),
        &mut (),
    )
    .await
}

pub async fn judge_plan(simulator: &Simulator, plan: &Plan) -> Report {
    run(
        plan,
        Arc::new(connections(simulator)),
        Options::default(),
        never(),
        &mut (),
    )
    .await
}

/// The plan of a suite that has no mistakes.
pub fn plan_of(suite: &str, catalog: &Catalog) -> Plan {
    plan_from(suite, catalog, &Sources::none())
}

/// The plan of a suite whose variables have these values, each told as `NAME=VALUE`.
pub fn plan_given(suite: &str, variables: &[String]) -> Plan {
    let given = variables.iter().filter_map(|given| given.split_once('='));
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    plan_from(suite, &Catalog::built_in(), &Sources::new(given, |_| None))
}

fn plan_from(suite: &str, catalog: &Catalog, sources: &Sources) -> Plan {
    let suite = Suite::parse("suite.yaml", suite.as_bytes(), sources, catalog);
    Plan::of(&suite.unwrap_or_else(|mistakes| panic!("{mistakes}")))
}

/// What `touchdown confirm` finds of a service, by its place among the scenario's.
pub async fn confirmed(simulator: &Simulator, service: usize) -> Report {
    let scenario = simulator.scenario();
    let spec = TargetSpec {
        name: confirm::TARGET.into(),
        cluster: scenario.cluster().to_owned(),
        service: scenario.services()[service].to_owned(),
        region: Some(scenario.region().to_owned()),
        containers: None,
        image: None,
        not_before: None,
    };
    let options = Options::default();
    let plan = confirm::plan(spec, Duration::ZERO, &options).expect("the chain");
    let connections = Arc::new(connections(simulator));
    confirm::confirm(plan, connections, options, never(), &mut ()).await
}

/// No signal ever comes.
pub fn never() -> impl Future<Output = Interruption> {
    std::future::pending()
}

pub fn connections(simulator: &Simulator) -> Connections {
    let wire = InProcess(simulator.clone());
    let config = SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(wire.clone())
        .credentials_provider(credentials())
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .build();
    Connections::given(Clock::starting_at(simulator.now()), config, Arc::new(wire))
}

fn credentials() -> aws_credential_types::provider::SharedCredentialsProvider {
    let credentials =
        aws_credential_types::Credentials::new("simulated", "simulated", None, None, "tests");
    aws_credential_types::provider::SharedCredentialsProvider::new(credentials)
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

/// The ids and verdicts of a report, for one-line assertions.
pub fn verdicts(report: &Report) -> Vec<String> {
    report
        .checks
        .iter()
        .map(|check| format!("{}: {:?}", check.id, check.verdict).to_lowercase())
        .collect()
}
