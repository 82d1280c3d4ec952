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
        found_by: None,
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

#[tokio::test(start_paused = true)]
async fn a_task_that_drains_for_minutes_says_until_when() {
    let target = "{ cluster: prod-collab, service: collab-socket, region: eu-north-1 }";
    let check = "check: ecs.old-tasks-gone, within: 3m";
    let report = judge(&incident("slow-drain"), &suite(target, check)).await;
    let drains = only(&report);
    assert_eq!(drains.verdict, Verdict::Failed);
    let told = &drains.headline;
    assert!(
        told.contains("of collab-socket:63, seen to drain since 2025-11-04 15:34:"),
        "{told}"
    );
    let hint = drains.hint.as_deref().unwrap_or_default();
    assert!(
        hint.contains("until about 2025-11-04 15:41:") && hint.contains("delay 6m35s"),
        "{hint}"
    );
}

/// Whether one of the looks saw this.
fn saw(check: &CheckReport, words: &str) -> bool {
    let mut attempts = check.attempts.iter();
    attempts.any(|attempt| attempt.headline.contains(words))
}

#[tokio::test(start_paused = true)]
async fn a_rollout_is_complete_once_ecs_and_its_own_tasks_say_so() {
    let simulator = incident("healthy");
    perform(&simulator, "deploy-again");
    let check = "check: ecs.rollout-complete";
    let report = judge(&simulator, &suite(CHECKOUT, check)).await;
    let passed = only(&report);
    assert_eq!(passed.verdict, Verdict::Passed, "{report:#?}");
    assert!(saw(passed, "0 of 2 tasks of checkout:42 run; ecs-svc/"));
    assert!(saw(passed, "2 of 2 tasks of checkout:42 run; ecs-svc/"));
    assert!(
        passed
            .headline
            .ends_with("is COMPLETED, and 2 of 2 tasks of checkout:42 run"),
        "{}",
        passed.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_ends_completed_is_no_complete_rollout() {
    let simulator = incident("rollback-completed");
    simulator.advance(Duration::from_secs(3600));
    let target = "{ cluster: prod-payments, service: payments-api, region: eu-central-1 }";
    let report = judge(&simulator, &suite(target, "check: ecs.rollout-complete")).await;
    let failed = only(&report);
    assert_eq!(
        (failed.verdict, failed.attempts.len()),
        (Verdict::Failed, 1)
    );
    assert!(
        failed.headline.starts_with("the service was rolled back"),
        "{}",
        failed.headline
    );

    perform(&simulator, "fix");
    let report = judge(&simulator, &suite(target, "check: ecs.rollout-complete")).await;
    assert_eq!(only(&report).verdict, Verdict::Passed, "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn health_checks_are_waited_for_and_one_that_cannot_pass_is_named() {
    let check = "check: ecs.containers-healthy";
    let simulator = incident("healthy");
    perform(&simulator, "deploy-again");
    let report = judge(&simulator, &suite(CHECKOUT, check)).await;
    let passed = only(&report);
    assert_eq!(passed.verdict, Verdict::Passed, "{report:#?}");
    assert!(saw(passed, "has not been found healthy in `app` so far"));
    assert!(
        passed
            .headline
            .starts_with("2 of 2 tasks are HEALTHY in `app`"),
        "{}",
        passed.headline
    );

    let simulator = incident("restart-loop");
    perform(&simulator, "fix-platform");
    let target = "{ cluster: aura-dev-cluster, service: aura-dev-service, region: us-east-2 }";
    let report = judge(&simulator, &suite(target, check)).await;
    let failed = only(&report);
    assert_eq!(failed.verdict, Verdict::Failed, "{report:#?}");
    let told = format!("{} {:?}", failed.headline, failed.hint);
    assert!(told.contains("curl"), "{told}");

    let without = judge(&incident("stale-tag"), &suite(DASHBOARD, check)).await;
    let without = only(&without);
    assert_eq!(
        (without.verdict, without.attempts.len()),
        (Verdict::Inconclusive, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_forced_deployment_does_not_advance_the_revision() {
    let target =
        "{ cluster: dev-inventory-cluster, service: dev-location-service, region: us-west-2 }";
    let check = suite(target, "check: ecs.revision-advanced");
    let simulator = incident("same-revision");
    let report = judge(&simulator, &check).await;
    let same = only(&report);
    assert_eq!((same.verdict, same.attempts.len()), (Verdict::Failed, 1));
    assert!(
        same.headline.starts_with(
            "still dev-location-service:4, as before the deploy (by the service deployment)"
        ),
        "{}",
        same.headline
    );

    perform(&simulator, "fix");
    let report = judge(&simulator, &check).await;
    let newer = only(&report);
    assert_eq!(newer.verdict, Verdict::Passed, "{report:#?}");
    assert!(
        newer
            .headline
            .starts_with("dev-location-service:5 runs, dev-location-service:4 before"),
        "{}",
        newer.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_baseline_tells_that_the_revision_went_back() {
    let simulator = incident("healthy");
    let before = baseline(&simulator).await;
    perform(&simulator, "roll-back");
    let report = judge_against(&simulator, before, "check: ecs.revision-advanced").await;
    let back = only(&report);
    assert_eq!(back.verdict, Verdict::Failed);
    assert!(
        back.headline
            .starts_with("checkout:41 runs, and is older than checkout:42 before (by the baseline"),
        "{}",
        back.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_blue_green_deployment_that_is_paused_says_where() {
    let simulator = incident("blue-green-paused");
    let target = "{ cluster: prod-shop, service: ledger, region: eu-west-1 }";
    let check = suite(target, "check: ecs.rollout-complete, within: 10m");
    let report = judge(&simulator, &check).await;
    let paused = only(&report);
    assert_eq!(paused.verdict, Verdict::Failed);
    assert!(
        paused.headline.starts_with(
            "after 10m still: 2 of 2 tasks of ledger:19 run; the BLUE_GREEN deployment is IN_PROGRESS: it waits \
             at the hook of POST_TEST_TRAFFIC_SHIFT"
        ),
        "{}",
        paused.headline
    );

    perform(&simulator, "fix");
    let report = judge(&simulator, &check).await;
    let done = only(&report);
    assert_eq!(done.verdict, Verdict::Passed, "{report:#?}");
    assert!(saw(done, "it is paused at BAKE_TIME"), "{done:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_task_set_without_traffic_is_not_deployed() {
    let simulator = incident("code-deploy");
    let target = "{ cluster: prod-shop, service: basket, region: eu-west-1 }";
    let check = suite(target, "check: ecs.rollout-complete, within: 1m");
    let report = judge(&simulator, &check).await;
    let waits = only(&report);
    assert_eq!(waits.verdict, Verdict::Failed, "{report:#?}");
    let told = &waits.headline;
    assert!(
        told.contains("the newer basket:42 (ecs-svc/")
            && told.contains("waits for traffic, which still goes to basket:41 (ecs-svc/"),
        "{told}"
    );

    perform(&simulator, "fix");
    simulator.advance(Duration::from_secs(30));
    let report = judge(&simulator, &check).await;
    assert_eq!(only(&report).verdict, Verdict::Passed, "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_the_hold_starts_it_anew() {
    let simulator = incident("healthy");
    let check = suite(CHECKOUT, "check: ecs.stable, hold: 4m, every: 10s");
    let calm = judge(&simulator, &check).await;
    assert_eq!(only(&calm).verdict, Verdict::Passed);
    assert!((240_000..260_000).contains(&only(&calm).took_ms));

    let later = simulator.clone();
    let stop = async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        perform(&later, "stop-tasks");
    };
    let (report, ()) = tokio::join!(judge(&simulator, &check), stop);
    let stopped = only(&report);
    assert_eq!(stopped.verdict, Verdict::Passed, "{report:#?}");
    assert!(stopped.took_ms > 300_000, "{} ms", stopped.took_ms);
    assert!(stopped.attempts.iter().any(|attempt| attempt.flap));
    assert!(
        stopped.headline.contains("2 stopped before"),
        "{}",
        stopped.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_restart_loop_is_broken_with_its_cause() {
    let target = "{ cluster: prod-ml, service: recommender, region: eu-west-3 }";
    let check = suite(target, "check: ecs.stable, hold: 10m, every: 10s");
    let simulator = incident("oom");
    simulator.advance(Duration::from_secs(300));
    let report = judge(&simulator, &check).await;
    let broken = only(&report);
    assert_eq!(broken.verdict, Verdict::Failed, "{report:#?}");
    assert!(broken.took_ms < 600_000, "{} ms", broken.took_ms);
    assert!(broken.headline.contains("memory"), "{}", broken.headline);

    perform(&simulator, "fix");
    let report = judge(&simulator, &check).await;
    assert_eq!(only(&report).verdict, Verdict::Passed, "{report:#?}");
}
