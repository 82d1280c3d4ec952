//! The policy that the doctor prints is enough, and each of its actions is needed: judged
//! in-process, against a simulated AWS that allows just so much.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use common::{connections, incident, judge, judge_with, plan_of};
use touchdown::catalog::Catalog;
use touchdown::doctor::{Checkup, Standing, examine};
use touchdown::documentation;
use touchdown::report::{Report, Verdict};
use touchdown::run::Options;
use touchdown_simulator::Simulator;

const SUITE: &str = "version: 1
targets:
  checkout: { cluster: prod-*, service: check*, region: eu-west-1 }
checks:
  - { id: pushed, check: ecr.image-pushed }
  - { id: started, check: ecs.tasks-started-after-push }
  - { id: running, check: ecs.digest-running, needs: [pushed], hold: 1m }
  - { id: logs, check: logs.line-seen, contains: starting, needs: [started], within: 2m }
";

async fn checkup(simulator: &Simulator, suite: &str) -> Checkup {
    let plan = plan_of(suite, &Catalog::built_in());
    examine(&plan, Arc::new(connections(simulator))).await
}

/// The actions of a policy.
fn allowed(checkup: &Checkup) -> BTreeSet<String> {
    let statements = checkup.policy["Statement"].as_array().expect("statements");
    let actions = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array());
    let actions = actions.flatten().filter_map(|action| action.as_str());
    actions.map(str::to_owned).collect()
}

/// Every action that any kind may need, and those that find a target.
fn every() -> BTreeSet<String> {
    let catalog = Catalog::built_in();
    let of_kinds = catalog
        .kinds()
        .flat_map(|kind| kind.actions.iter().copied());
    let to_find = ["ecs:ListClusters", "ecs:ListServices"];
    of_kinds.chain(to_find).map(str::to_owned).collect()
}

/// A healthy service in an account that allows these actions alone.
fn allowing(actions: &BTreeSet<String>) -> Simulator {
    let simulator = incident("healthy");
    for action in every().difference(actions) {
        simulator.deny(action);
    }
    simulator
}

/// Every kind's example, for the first service of a scenario.
fn suite_of_every_kind(simulator: &Simulator) -> String {
    let scenario = simulator.scenario();
    let (cluster, service) = (scenario.cluster(), &scenario.services()[0]);
    let region = scenario.region();
    let examples = Catalog::built_in()
        .kinds()
        .filter_map(documentation::example)
        .collect::<String>();
    format!(
        "version: 1\ntargets: {{ it: {{ cluster: {cluster}, service: {service}, region: {region} }} }}\nchecks:\n{examples}"
    )
}

#[tokio::test(start_paused = true)]
async fn no_incident_brings_a_call_that_no_kind_told_of() {
    let mut seen = BTreeSet::new();
    for name in touchdown_simulator::names() {
        let simulator = incident(name);
        let suite = suite_of_every_kind(&simulator);
        let options = Options {
            timeout: Some(Duration::from_secs(1)),
            ..Options::default()
        };
        judge_with(&simulator, &suite, options).await;
        let calls = simulator.requests().into_iter().map(|request| request.call);
        // Pages, and what an address that ECR gave leads to, are fetched without AWS's leave.
        let of_aws = |call: &String| !call.starts_with("http:") && call != "ecr:Blob";
        seen.extend(calls.filter(of_aws));
    }
    let told = every();
    let unheard: Vec<&String> = seen.difference(&told).collect();
    assert!(unheard.is_empty(), "{unheard:?}");
}

fn tell(report: &Report, action: &str) -> bool {
    let mut unknown = report
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Inconclusive);
    unknown.any(|check| {
        let hint = check.hint.as_deref().unwrap_or_default();
        check.headline.contains(action) || hint.contains(action)
    })
}

#[tokio::test(start_paused = true)]
async fn the_policy_is_enough_and_none_of_it_too_much() {
    let checkup = checkup(&incident("healthy"), SUITE).await;
    assert_eq!(checkup.verdict(), Verdict::Passed, "{checkup:#?}");
    let policy = allowed(&checkup);
    let report = judge(&allowing(&policy), SUITE).await;
    assert_eq!(report.verdict, Verdict::Passed, "{report:#?}");
    let tried = |action: &&String| checkup.actions[action.as_str()] != Standing::NotTried;
    for removed in policy.iter().filter(tried) {
        let mut fewer = policy.clone();
        fewer.remove(removed);
        let report = judge(&allowing(&fewer), SUITE).await;
        assert_eq!(
            report.verdict,
            Verdict::Inconclusive,
            "{removed}: {report:#?}"
        );
        assert!(tell(&report, removed), "{removed}: {report:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_denied_is_told_and_the_policy_is_the_same() {
    let whole = checkup(&incident("healthy"), SUITE).await;
    for action in [
        "ecr:DescribeImages",
        "logs:FilterLogEvents",
        "ecs:ListTasks",
    ] {
        let simulator = incident("healthy");
        simulator.deny(action);
        let checkup = checkup(&simulator, SUITE).await;
        assert_eq!(checkup.verdict(), Verdict::Inconclusive, "{action}");
        let standing = &checkup.actions[action];
        assert!(
            matches!(standing, Standing::Denied(told) if told.contains(action)),
            "{standing:?}"
        );
        assert_eq!(checkup.policy, whole.policy, "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_checkup_looks_once_and_knows_how_long_the_suite_may_take() {
    let simulator = incident("healthy");
    let began = tokio::time::Instant::now();
    let checkup = checkup(&simulator, SUITE).await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "nothing is waited for"
    );
    assert!(simulator.count("logs:FilterLogEvents") <= 1, "one look");
    // `running` begins after 5m, takes 5m and holds for 1m; `logs` begins after 5m, and takes 2m 20s.
    assert_eq!(checkup.longest, Duration::from_secs(11 * 60));
}
