//! What the tests share: the simulator as AWS, in-process or on loopback.
#![allow(dead_code, reason = "each test file uses its part")]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use touchdown::catalog::Catalog;
use touchdown::checks::contract::TargetSpec;
use touchdown::confirm;
use touchdown::plan::Plan;
use touchdown::report::{Interruption, Report};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::{Clock, Scenario, Simulator};
pub use touchdown_storm::connections;

/// A simulated incident, to be made inside the (paused) runtime.
pub fn incident(name: &str) -> Simulator {
    let scenario = Scenario::named(name).expect("a scenario of the simulator");
    Simulator::new(scenario, Clock::default()).expect("a scenario that holds together")
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
    let spec = confirmable(simulator, service);
    confirmed_within(simulator, spec, Duration::ZERO).await
}

/// A service as `touchdown confirm` is asked about it, by its place among the scenario's.
pub fn confirmable(simulator: &Simulator, service: usize) -> TargetSpec {
    let scenario = simulator.scenario();
    TargetSpec {
        name: confirm::TARGET.into(),
        cluster: scenario.cluster().to_owned(),
        service: scenario.services()[service].to_owned(),
        found_by: None,
        region: Some(scenario.region().to_owned()),
        containers: None,
        image: None,
        not_before: None,
    }
}

/// What `touchdown confirm --wait` finds of a service; without waiting where that is zero.
pub async fn confirmed_within(simulator: &Simulator, spec: TargetSpec, wait: Duration) -> Report {
    let options = Options::default();
    let plan = confirm::plan(spec, wait, &options).expect("the chain");
    let connections = Arc::new(connections(simulator));
    confirm::confirm(plan, connections, options, never(), &mut ()).await
}

/// No signal ever comes.
pub fn never() -> impl Future<Output = Interruption> {
    std::future::pending()
}

/// The ids and verdicts of a report, for one-line assertions.
pub fn verdicts(report: &Report) -> Vec<String> {
    report
        .checks
        .iter()
        .map(|check| format!("{}: {:?}", check.id, check.verdict).to_lowercase())
        .collect()
}
