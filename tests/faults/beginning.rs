//! Runs that begin right after a deploy, while AWS still shows the deployment before.

use std::time::Duration;

use jiff::SignedDuration;
use touchdown_simulator::{Fault, FaultKind, Simulator};

use crate::paused::{LONG, ran};
use crate::table::HEALTHY;

/// Where the run begins so long after the deploy, ECS shows the service as it was before for so long.
const DEPLOYED_AGO: Duration = Duration::from_secs(10);
const LAGS: SignedDuration = SignedDuration::from_secs(5);

/// The same service is deployed again, and ECS answers from a replica that has not heard of it.
fn deployed_and_lagging(simulator: &Simulator) {
    simulator.perform("deploy-again").expect("an action of it");
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
