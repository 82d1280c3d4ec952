//! The kinds that look at a rollout, judged in-process on the paused clock while one goes on.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{connections, incident, judge, judge_with, verdicts};
use touchdown::checks::contract::{Baseline, TargetSpec};
use touchdown::checks::ecs::snapshot;
use touchdown::checks::reads::Reads;
use touchdown::report::{CheckReport, Report, Verdict};
use touchdown::run::Options;
use touchdown_simulator::Simulator;

const CHECKOUT: &str = "{ cluster: prod-shop, service: checkout, region: eu-west-1 }";
const DASHBOARD: &str = "{ cluster: HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG, \
                         service: HcTapStack-Dashboard*, region: us-east-1 }";

/// A suite of one check.
fn suite(target: &str, check: &str) -> String {
    format!("version: 1\ntargets: {{ it: {target} }}\nchecks: [{{ id: it, {check} }}]\n")
}

fn only(report: &Report) -> &CheckReport {
    assert_eq!(report.checks.len(), 1, "{:?}", verdicts(report));
    &report.checks[0]
}

/// What the service runs now.
async fn baseline(simulator: &Simulator) -> Baseline {
    let spec = TargetSpec {
        name: "checkout".into(),
        cluster: "prod-shop".into(),
        service: "checkout".into(),
        region: Some("eu-west-1".into()),
        containers: None,
        image: None,
        not_before: None,
    };
    let reads = Reads::of_round(Arc::new(connections(simulator)));
    let snapshot = snapshot(&spec, &reads).await.expect("a service that runs");
    snapshot.baseline
}

async fn judge_against(simulator: &Simulator, baseline: Baseline, check: &str) -> Report {
    let options = Options {
        baselines: vec![baseline],
        ..Options::default()
    };
    judge_with(simulator, &suite(CHECKOUT, check), options).await
}

fn perform(simulator: &Simulator, action: &str) {
    simulator
        .perform(action)
        .expect("an action of the scenario");
}

#[tokio::test(start_paused = true)]
async fn old_tasks_run_then_drain_then_are_gone() {
    let simulator = incident("healthy");
    perform(&simulator, "deploy-again");
    let report = judge(&simulator, &suite(CHECKOUT, "check: ecs.old-tasks-gone")).await;
    let check = only(&report);
    assert_eq!(check.verdict, Verdict::Passed, "{report:#?}");
    assert_eq!(
        check.headline,
        "no old task is left beside 2 tasks of checkout:42"
    );
    let seen = |words: &str| {
        check
            .attempts
            .iter()
            .position(|attempt| attempt.headline.contains(words))
    };
    let (runs, drains) = (seen("still run"), seen("drain"));
    assert!(
        runs.is_some() && runs < drains,
        "{runs:?} then {drains:?}: {check:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn tasks_are_replaced_by_a_deployment_and_not_by_a_restart() {
    let simulator = incident("healthy");
    let before = baseline(&simulator).await;
    perform(&simulator, "stop-tasks");
    simulator.advance(Duration::from_secs(600));
    let report = judge_against(&simulator, before.clone(), "check: ecs.tasks-replaced").await;
    let restarted = only(&report);
    assert_eq!(restarted.verdict, Verdict::Failed);
    assert!(
        restarted.headline.starts_with("nothing was deployed since"),
        "{}",
        restarted.headline
    );

    perform(&simulator, "deploy-again");
    let report = judge_against(&simulator, before, "check: ecs.tasks-replaced").await;
    assert_eq!(only(&report).verdict, Verdict::Passed, "{report:#?}");

    let without = judge(&simulator, &suite(CHECKOUT, "check: ecs.tasks-replaced")).await;
    assert_eq!(only(&without).verdict, Verdict::Inconclusive);
}

#[tokio::test(start_paused = true)]
async fn a_moving_tag_fails_at_once_and_the_commits_tag_passes() {
    let check = "check: ecs.image-pinned";
    let moving = judge(&incident("stale-tag"), &suite(DASHBOARD, check)).await;
    let failed = only(&moving);
    assert_eq!(
        (failed.verdict, failed.attempts.len()),
        (Verdict::Failed, 1)
    );
    assert!(
        failed.headline.contains("`latest-dev` is a tag that moves"),
        "{}",
        failed.headline
    );
    for (tag, verdict) in [("2.4.0", Verdict::Passed), ("2.3.1", Verdict::Failed)] {
        let tagged = suite(CHECKOUT, &format!("{check}, tag: {tag}"));
        let report = judge(&incident("healthy"), &tagged).await;
        assert_eq!(only(&report).verdict, verdict, "{tag}");
    }
}
