//! What reaches users: load balancers, alarms and metrics, judged over the wire in-process on the
//! paused clock.

mod common;

use std::time::Duration;

use common::{incident, judge, verdicts};
use touchdown::report::Report;
use touchdown_simulator::{Clock, Scenario, Simulator};

const SUITE: &str = r"
version: 1
name: orders, after deploy
targets:
  orders: { cluster: prod-shop, service: orders, region: eu-west-1 }
checks:
  - { id: served, check: elb.targets-healthy, within: 2m }
  - { id: named, check: alarms.quiet, alarms: [orders-5xx, orders-trouble, orders-cpu], within: 10m }
  - id: share
    check: metrics.below
    namespace: AWS/ApplicationELB
    metric: HTTPCode_Target_5XX_Count
    of: RequestCount
    dimensions: { TargetGroup: targetgroup/orders/943f017f100becff, LoadBalancer: app/prod-shop/fe9eefe40a51a8ca }
    threshold: 10
    missing: zero
    within: 10m
  - id: count
    check: metrics.below
    namespace: AWS/ApplicationELB
    metric: HTTPCode_Target_5XX_Count
    dimensions: { TargetGroup: targetgroup/orders/943f017f100becff, LoadBalancer: app/prod-shop/fe9eefe40a51a8ca }
    since: check:served
    threshold: 10
    missing: zero
    within: 2m
";

fn headline<'a>(report: &'a Report, id: &str) -> &'a str {
    let mut checks = report.checks.iter();
    let check = checks.find(|check| check.id == id);
    &check.expect("a check of that id").headline
}

#[tokio::test(start_paused = true)]
async fn healthy_targets_hide_errors_that_alarms_and_metrics_tell() {
    let simulator = incident("errors-after-deploy");
    let red = judge(&simulator, SUITE).await;
    assert_eq!(
        verdicts(&red),
        [
            "served: passed",
            "named: failed",
            "share: failed",
            "count: failed"
        ],
        "{red:#?}"
    );
    assert_eq!(
        headline(&red, "served"),
        "2 of 2 tasks are healthy targets of orders"
    );
    let named = headline(&red, "named");
    assert!(
        named.starts_with(
            "2 of 3 alarms: alarm orders-5xx went off 2025-11-20 14:05:00 UTC, 2m54s after the \
             deployment began: Threshold Crossed"
        ),
        "{named}"
    );
    let share = headline(&red, "share");
    assert!(
        share.contains("HTTPCode_Target_5XX_Count is 100% of RequestCount (4320 of 4320) since 2025-11-20 14:03:00 UTC: not below 10%"),
        "{share}"
    );
    let count = headline(&red, "count");
    assert!(count.ends_with("not below 10"), "{count}");
    assert!(
        red.checks[3].took_ms < red.checks[2].took_ms,
        "a count only grows"
    );
}

#[tokio::test(start_paused = true)]
async fn a_window_of_months_is_judged_as_far_back_as_there_are_points() {
    let incident = include_str!("../simulator/incidents/errors-after-deploy.yaml");
    let later = incident.replace("starts_at: 2025-11-20", "starts_at: 2026-01-20");
    let scenario = Scenario::parse(&later).expect("a scenario");
    let simulator = Simulator::new(scenario, Clock::default()).expect("it holds together");
    let suite = r"
version: 1
name: orders, months later
targets:
  orders: { cluster: prod-shop, service: orders, region: eu-west-1 }
checks:
  - id: busy
    check: metrics.below
    namespace: AWS/ECS
    metric: CPUUtilization
    dimensions: { ClusterName: prod-shop, ServiceName: orders }
    stat: Average
    threshold: 80
    within: 0s
";
    let report = judge(&simulator, suite).await;
    let busy = headline(&report, "busy");
    assert_eq!(
        busy,
        "Average of CPUUtilization is 4.25 since 2026-01-05 14:11:00 UTC, \
         as far back as CloudWatch keeps points of 1m: below 80"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollback_by_hand_quiets_alarms_and_metrics() {
    let simulator = incident("errors-after-deploy");
    simulator.perform("roll-back").expect("an action");
    simulator.advance(Duration::from_secs(60));
    let green = judge(&simulator, SUITE).await;
    assert_eq!(
        verdicts(&green),
        [
            "served: passed",
            "named: passed",
            "share: passed",
            "count: passed"
        ],
        "{green:#?}"
    );
    let count = headline(&green, "count");
    assert!(
        count.contains("no data being taken as zero: below 10"),
        "{count}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_target_that_fails_its_checks_is_told_with_the_reason_and_the_way_out() {
    let incident = include_str!("../simulator/incidents/errors-after-deploy.yaml");
    let failing = incident
        .replace("health_path: /health", "health_path: /orders")
        .replace("starts_at: 2025-11-20T14:10", "starts_at: 2025-11-20T14:03");
    let scenario = Scenario::parse(&failing).expect("a scenario");
    let simulator = Simulator::new(scenario, Clock::default()).expect("it holds together");
    let report = judge(&simulator, SUITE).await;
    let served = headline(&report, "served");
    assert!(
        served.contains("Health checks failed with these codes: [500]"),
        "{served}"
    );
    let hint = report.checks[0].hint.as_deref().unwrap_or_default();
    assert!(hint.contains("aws elbv2 describe-target-health"), "{hint}");
    let attempts = &report.checks[0].attempts;
    assert!(
        attempts.iter().any(|attempt| attempt.headline.contains(
            "is unhealthy in orders: Health checks failed with these codes: [500] \
             (HTTP /orders must answer 200 within 5s)"
        )),
        "{attempts:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_asked_leaves_the_checks_open_and_names_the_action() {
    let simulator = incident("errors-after-deploy");
    let actions = [
        "elasticloadbalancing:DescribeTargetHealth",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
    ];
    for action in actions {
        simulator.deny(action);
    }
    let report = judge(&simulator, SUITE).await;
    for (check, action) in report.checks.iter().zip(actions) {
        let hint = check.hint.as_deref().unwrap_or_default();
        let told = format!("Allow the action {action} ");
        assert!(hint.starts_with(&told), "{}: {hint}", check.headline);
        assert!(check.took_ms < 1_000, "{}: it lasts", check.id);
    }
    assert_eq!(
        verdicts(&report),
        [
            "served: inconclusive",
            "named: inconclusive",
            "share: inconclusive",
            "count: skipped"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_blue_green_deployment_serves_once_its_traffic_has_shifted() {
    const SERVED: &str = r"
version: 1
targets:
  ledger: { cluster: prod-shop, service: ledger, region: eu-west-1 }
checks:
  - { id: served, check: elb.targets-healthy, within: 20m }
";
    let simulator = incident("blue-green-paused");
    let paused = judge(&simulator, SERVED).await;
    assert_eq!(verdicts(&paused), ["served: failed"], "{paused:#?}");
    let served = headline(&paused, "served");
    assert!(
        served.contains("is healthy in ledger-green, which gets no production requests yet"),
        "{served}"
    );
    simulator.perform("fix").expect("an action");
    let shifted = judge(&simulator, SERVED).await;
    assert_eq!(verdicts(&shifted), ["served: passed"], "{shifted:#?}");
    let served = headline(&shifted, "served");
    assert!(
        served.starts_with("2 of 2 tasks are healthy targets of ledger-green"),
        "{served}"
    );
}
