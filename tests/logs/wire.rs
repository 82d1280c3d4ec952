//! The simulator with some answers to FilterLogEvents replaced, and its questions kept.

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use touchdown::catalog::Catalog;
use touchdown::checks::contract::Clock;
use touchdown::checks::reads::Connections;
use touchdown::report::Report;
use touchdown::run::{Options, run};
use touchdown_simulator::{Clock as SimulatorClock, Scenario, Simulator};
use touchdown_storm::InProcess;

use crate::common::{never, plan_of};

const HEALTHY: &str = include_str!("../../simulator/incidents/healthy.yaml");

type Instead = Arc<dyn Fn(usize, &Value) -> Option<(u16, Value)> + Send + Sync>;

/// The simulator, some of whose answers to FilterLogEvents are replaced, by their number and
/// what was asked.
#[derive(Clone)]
pub struct Wire {
    pub simulator: InProcess,
    asked: Arc<Mutex<Vec<Value>>>,
    instead: Instead,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
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
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !target.ends_with("FilterLogEvents") {
            return self.simulator.call(request);
        }
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let mut asked = self.asked.lock().expect("a lock");
        asked.push(body);
        match (self.instead)(asked.len(), &asked[asked.len() - 1]) {
            None => self.simulator.call(request),
            Some((status, body)) => HttpConnectorFuture::ready(Ok(HttpResponse::new(
                status.try_into().expect("a status"),
                SdkBody::from(body.to_string()),
            ))),
        }
    }
}

impl Wire {
    /// A changed `healthy`.
    pub fn of(changes: &[(&str, &str)]) -> Self {
        let mut scenario = HEALTHY.to_owned();
        for (from, to) in changes {
            assert!(scenario.contains(from), "{from}");
            scenario = scenario.replace(from, to);
        }
        let scenario = Scenario::parse(&scenario).expect("a sound scenario");
        let simulator = Simulator::new(scenario, SimulatorClock::default()).expect("a history");
        Self {
            simulator: InProcess(simulator),
            asked: Arc::default(),
            instead: Arc::new(|_, _| None),
        }
    }

    pub fn instead(
        mut self,
        instead: impl Fn(usize, &Value) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Self {
        self.instead = Arc::new(instead);
        self
    }

    /// Judges checks on both containers of the service.
    pub async fn judge(&self, checks: &[&str]) -> Report {
        let checks = checks.iter().map(|check| format!("  - {{ {check} }}\n"));
        let suite = format!(
            "version: 1\ntargets:\n  checkout: {{ cluster: prod-shop, service: checkout, \
             region: eu-west-1, containers: [app, log-shipper] }}\nchecks:\n{}",
            checks.collect::<String>()
        );
        let plan = plan_of(&suite, &Catalog::built_in());
        let credentials =
            aws_credential_types::Credentials::new("simulated", "simulated", None, None, "tests");
        let config = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(self.clone())
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
            )
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .build();
        let clock = Clock::starting_at(self.simulator.0.now());
        let connections = Connections::given(clock, config, Arc::new(self.simulator.clone()));
        let options = Options::default();
        run(&plan, Arc::new(connections), options, never(), &mut ()).await
    }

    pub fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("a lock").clone()
    }
}

/// An error as AWS words it.
pub fn not_found(what: &str) -> (u16, Value) {
    let message = format!("The specified log {what} does not exist.");
    let kind = "ResourceNotFoundException";
    (400, json!({ "__type": kind, "message": message }))
}
