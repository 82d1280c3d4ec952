//! Runs that begin right after a deploy, while AWS still shows the deployment before.

use std::time::Duration;

use jiff::SignedDuration;
use touchdown::report::{Report, Verdict};
use touchdown_simulator::{Clock, Fault, FaultKind, Scenario, Simulator};

use crate::common::{confirmable, confirmed_within, verdicts};
use crate::paused::{LONG, ran};
use crate::table::HEALTHY;

/// Where the run begins so long after the deploy, ECS shows the service as it was before for so long.
const DEPLOYED_AGO: Duration = Duration::from_secs(10);
const LAGS: SignedDuration = SignedDuration::from_secs(5);

/// The same service is deployed again, and ECS answers from a replica that has not heard of it.
fn deployed_and_lagging(simulator: &Simulator) {
    perform_and_lag(simulator, "deploy-again");
}

fn perform_and_lag(simulator: &Simulator, deploy: &str) {
    simulator.perform(deploy).expect("an action of it");
    simulator.advance(DEPLOYED_AGO);
    let stale = Fault::new("ecs:*", FaultKind::Stale);
    simulator.fault(stale.lasting(LAGS));
}

fn suite(simulator: &Simulator) -> String {
    HEALTHY.suite(
        simulator,
        "within: 3m, every: 2s, timeout: 15s",
        LONG.stable,
        LONG.ingestion,
    )
}

const LONGEST: Duration = Duration::from_secs(240);

#[test]
fn what_was_said_of_the_deployment_before_is_taken_back() {
    let outcome = ran("healthy", deployed_and_lagging, suite, LONGEST).expect("reports");
    assert_eq!(outcome.code(), Some(3), "it judged the deployment before");
    for (id, verdict, told) in outcome.told() {
        assert_eq!(verdict, "inconclusive", "{id}: {told}");
        assert!(
            told.contains("AWS answered its first look from an older state"),
            "{id}: {told}"
        );
    }
}

#[test]
fn a_slow_look_at_the_deployment_before_is_taken_back_too() {
    let weather = |simulator: &Simulator| {
        deployed_and_lagging(simulator);
        // Lines are read of the old tasks, and come when the other checks have seen the new deployment.
        let mut slow = Fault::new("logs:*", FaultKind::Slow);
        slow.delay = Some(SignedDuration::from_secs(8));
        simulator.fault(slow.lasting(LAGS));
    };
    let forbidding = |simulator: &Simulator| {
        suite(simulator).replace("contains: Traceback", "contains: starting")
    };
    let outcome = ran("healthy", weather, forbidding, LONGEST).expect("reports");
    for (id, verdict, told) in outcome.told() {
        assert_eq!(verdict, "inconclusive", "{id}: {told}");
    }
}

#[test]
fn a_suite_that_says_when_was_deployed_is_not_shown_the_deployment_before() {
    let suite = |simulator: &Simulator| {
        let ago = SignedDuration::try_from(DEPLOYED_AGO).expect("ten seconds");
        let deployed = simulator.now() - ago;
        suite(simulator).replace("region: ", &format!("not_before: {deployed}, region: "))
    };
    let outcome = ran("healthy", deployed_and_lagging, suite, LONGEST).expect("reports");
    for (id, verdict, told) in outcome.told() {
        assert_eq!(verdict, "passed", "{id}: {told}");
    }
    assert_eq!(outcome.code(), Some(0));
}

/// Revision 42, which runs, has no health check; revision 41, which `roll-back` deploys anew, has one.
fn healthy_without_checks() -> Simulator {
    let whole = include_str!("../../simulator/incidents/healthy.yaml");
    let (before, after) = whole.split_once("  checkout:42:\n").expect("revision 42");
    let checked = after
        .lines()
        .filter(|line| !line.contains("health_check: {"));
    let text = format!(
        "{before}  checkout:42:\n{}\n",
        checked.collect::<Vec<_>>().join("\n")
    );
    let scenario = Scenario::parse(&text).expect("a scenario");
    Simulator::new(scenario, Clock::default()).expect("a scenario that holds together")
}

/// What `confirm --since` finds of a deployment that brings a health check, while ECS shows the one before.
async fn confirmed_since(wait: Duration) -> Report {
    let simulator = healthy_without_checks();
    perform_and_lag(&simulator, "roll-back");
    let mut spec = confirmable(&simulator, 0);
    let ago = SignedDuration::try_from(DEPLOYED_AGO).expect("ten seconds");
    spec.not_before = Some(simulator.now() - ago);
    confirmed_within(&simulator, spec, wait).await
}

#[tokio::test(start_paused = true)]
async fn what_confirm_leaves_out_is_told_by_the_deployment_that_it_judges() {
    let report = confirmed_since(LONGEST).await;
    let told = verdicts(&report);
    assert!(told.contains(&"healthy: passed".to_owned()), "{told:?}");
    assert_eq!(report.verdict, Verdict::Passed, "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn one_look_of_confirm_waits_until_aws_shows_the_deployment() {
    let report = confirmed_since(Duration::ZERO).await;
    for check in &report.checks {
        assert!(
            !check.headline.contains("AWS shows no deployment since"),
            "{}: {}",
            check.id,
            check.headline
        );
    }
    assert_eq!(report.verdict, Verdict::Failed, "{:?}", verdicts(&report));
}
