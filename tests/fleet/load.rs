//! A fleet under AWS's quotas: what a round costs, and whether the verdicts are right and in time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use touchdown::report::{CheckReport, Report};
use touchdown::run::{Options, run};
use touchdown_simulator::Simulator;

use super::common::{connections, never};
use super::found::{fleet_of, plan_over};
use super::story::{CHECKS, FLEET, right};

async fn judged(simulator: &Simulator, targets: &str, checks: &str) -> Report {
    let connections = Arc::new(connections(simulator));
    let plan = plan_over(&connections, targets, checks).await;
    run(&plan, connections, Options::default(), never(), &mut ()).await
}

/// How many ECS calls were made in each round: those between two pauses of a second, but for what
/// is asked once in a run.
fn rounds(simulator: &Simulator) -> Vec<usize> {
    const ONCE: [&str; 3] = [
        "ecs:ListServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeServiceRevisions",
    ];
    let mut rounds = Vec::new();
    let mut latest = None;
    for request in simulator.requests() {
        if !request.call.starts_with("ecs:") || ONCE.contains(&&*request.call) {
            continue;
        }
        let pause = latest.map(|latest| request.at.duration_since(latest));
        if pause.is_none_or(|pause| pause > jiff::SignedDuration::from_secs(1)) {
            rounds.push(0);
        }
        latest = Some(request.at);
        *rounds.last_mut().expect("a round has begun") += 1;
    }
    rounds
}

#[tokio::test(start_paused = true)]
async fn five_hundred_services_are_judged_within_half_the_quota() {
    let simulator = fleet_of(500);
    simulator.grant(0.5);
    let report = judged(&simulator, FLEET, CHECKS).await;
    assert_eq!(report.checks.len(), 2500);
    for check in &report.checks {
        assert_eq!(
            check.verdict,
            right(check),
            "{}: {}",
            check.id,
            check.headline
        );
    }
    let alone = settled_alone(&[0, 13, 57, 250, 313, 499]).await;
    for check in report
        .checks
        .iter()
        .filter(|check| alone.contains_key(&check.id))
    {
        let late = settled(check).duration_since(alone[&check.id]);
        assert!(
            late < jiff::SignedDuration::from_secs(15),
            "{}: {late:#}",
            check.id
        );
    }
    assert_eq!(simulator.throttled(), 0);
    let rounds = rounds(&simulator);
    assert!(rounds.iter().all(|calls| *calls <= 100), "{rounds:?}");
    let revisions = simulator.count("ecs:DescribeServiceRevisions");
    assert!(
        revisions <= 100,
        "twenty a call, and once a run: {revisions}"
    );
    let definitions = simulator.count("ecs:DescribeTaskDefinition");
    assert!(definitions <= 10, "of what fails alone: {definitions}");
}

/// When each check of some services settles where nothing else is judged: that is when the truth is
/// there, or one round of two seconds later.
async fn settled_alone(numbers: &[usize]) -> BTreeMap<String, jiff::Timestamp> {
    let simulator = fleet_of(500);
    let names = numbers.iter().map(|number| format!("prod-{number:04}"));
    let names: Vec<String> = names.collect();
    let few = FLEET.replace("'prod-*'", &format!("[{}]", names.join(", ")));
    let report = judged(&simulator, &few, CHECKS).await;
    report
        .checks
        .iter()
        .map(|check| (check.id.clone(), settled(check)))
        .collect()
}

fn settled(check: &CheckReport) -> jiff::Timestamp {
    check.started_at + Duration::from_millis(check.took_ms)
}

#[tokio::test(start_paused = true)]
async fn calls_grow_with_batches() {
    let one_look = "  - { check: ecs.rollout-complete, within: 0s, required: false }\n";
    let mut calls = BTreeMap::new();
    for services in [1, 10, 100, 1000] {
        let simulator = fleet_of(services);
        simulator.grant(0.5);
        let report = judged(&simulator, FLEET, one_look).await;
        assert_eq!(report.checks.len(), services);
        assert_eq!(simulator.throttled(), 0);
        // Beside the batches, the list of names, and what is asked of the services that fail.
        let beside = ["ecs:ListServices", "ecs:DescribeTaskDefinition"];
        let beside: usize = beside.iter().map(|call| simulator.count(call)).sum();
        let asked = simulator.requests().len() - beside;
        calls.insert(services, asked);
    }
    for (services, asked) in &calls {
        // Ten services a call; of tasks, each service has four at most, a hundred to a page, and
        // lists and descriptions.
        let batches = services.div_ceil(10) + 2 * (2 * services).div_ceil(100) * 2 + 2;
        assert!(
            *asked <= batches,
            "{services} services: {asked} calls, {batches} batches"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_services_of_a_fleet_are_asked_nothing_that_is_known() {
    let simulator = fleet_of(40);
    let digest = "  - { check: ecs.digest-running, id: digest, within: 91s }\n";
    let report = judged(&simulator, FLEET, digest).await;
    assert!(
        report
            .checks
            .iter()
            .all(|check| check.verdict == right(check))
    );
    let definitions = simulator.count("ecs:DescribeTaskDefinition");
    assert_eq!(definitions, 1, "of the one whose tasks fail");
}
