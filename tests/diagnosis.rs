//! Why tasks fail, told over the wire: a changed `healthy`, whose new version can't run.

mod common;

use common::{judge, verdicts};
use touchdown::report::{CheckReport, Report};
use touchdown_simulator::{Clock as SimulatorClock, Scenario, Simulator};

const HEALTHY: &str = include_str!("../simulator/incidents/healthy.yaml");
const BUILT: &str = "    built_at: 2025-11-20T09:10:21Z\n";
const PLATFORMS: &str = "    platforms: [linux/amd64, linux/arm64]\n    attestations: true\n";
const SUITE: &str = "version: 1
targets: { checkout: { cluster: prod-shop, service: checkout, region: eu-west-1 } }
checks:
  - { id: digest, check: ecs.digest-running, within: 10m }
  - { id: started, check: logs.line-seen, contains: listening, within: 10m }
  - { id: each, check: logs.line-seen, contains: never written, in: each-task, within: 10m }
";

/// `healthy`, with more about the image of 2.4.0, and other changes.
fn changed(image: &str, changes: &[(&str, &str)]) -> Simulator {
    let (before, after) = HEALTHY.split_once(BUILT).expect("the image of 2.4.0");
    let mut scenario = format!("{before}{BUILT}{image}{after}");
    if image.contains("platforms:") {
        let (before, after) = scenario.rsplit_once(PLATFORMS).expect("its platforms");
        scenario = format!("{before}{after}");
    }
    for (from, to) in changes {
        assert!(scenario.contains(from), "{from}");
        scenario = scenario.replace(from, to);
    }
    let scenario = Scenario::parse(&scenario).expect("a sound scenario");
    Simulator::new(scenario, SimulatorClock::default()).expect("a history")
}

fn check<'a>(report: &'a Report, id: &str) -> &'a CheckReport {
    let check = report.checks.iter().find(|check| check.id == id);
    check.expect("a check of that id")
}

#[tokio::test(start_paused = true)]
async fn what_can_not_run_fails_at_once_with_its_cause_and_remedy() {
    const HEARD: (&str, &str) = ("/health || exit 1", "/health >/proc/1/fd/1 2>&1 || exit 1");
    for (image, cause, remedy) in [
        (
            "    platforms: [linux/arm64]\n    attestations: true\n",
            "stopped: image checkout:2.4.0 has no linux/amd64",
            "docker buildx build --platform linux/amd64",
        ),
        (
            "    platforms: [linux/arm64]\n",
            "stopped: image checkout:2.4.0 is built for another platform than linux/amd64",
            "docker buildx build --platform linux/amd64",
        ),
        (
            "    exit: { after: 5s, code: 3, last_lines: [Traceback, \"KeyError: 'DATABASE_URL'\"] }\n",
            "stopped: container app exited with 3: `KeyError: 'DATABASE_URL'`",
            "aws logs tail /ecs/prod-shop/checkout --log-stream-names checkout/app/",
        ),
        (
            "    programs: [python3]\n",
            "stopped: the health check of container app calls `wget`, which is not in image checkout:2.4.0",
            "wget -qO- http://localhost:8080/health",
        ),
        // Only what a health check writes to the container's own output can be read.
        (
            "    programs: [python3] # unheard\n",
            "stopped, likely: container app was never healthy: stopped",
            "wget -qO- http://localhost:8080/health",
        ),
        (
            "    boots_in: 4m\n",
            "stopped, likely: container app was never healthy: stopped",
            "raise `startPeriod`",
        ),
    ] {
        let changes: &[_] = if image.contains("unheard") {
            &[]
        } else {
            &[HEARD]
        };
        let report = judge(&changed(image, changes), SUITE).await;
        let digest = check(&report, "digest");
        assert!(
            digest.headline.contains(cause),
            "{image}{}",
            digest.headline
        );
        let hint = digest.hint.as_deref().unwrap_or_default();
        assert!(hint.contains(remedy), "{image}{hint}");
        assert!(report.took_ms < 5_000, "{image}{} ms", report.took_ms);
        assert_eq!(verdicts(&report)[0], "digest: failed", "{image}");
        assert!(
            check(&report, "each").headline.contains(cause),
            "{report:#?}"
        );
    }
}

/// The deployment is ECS's to give up, and its tasks still tell why.
#[tokio::test(start_paused = true)]
async fn a_rollback_is_told_with_the_cause_of_its_tasks() {
    let breaker = [(
        "    desired: 2\n",
        "    desired: 2\n    circuit_breaker: { rollback: true }\n",
    )];
    let exit = "    exit: { after: 5s, code: 3 }\n";
    let report = judge(&changed(exit, &breaker), SUITE).await;
    let digest = check(&report, "digest");
    assert!(
        digest
            .headline
            .starts_with("the service was rolled back to checkout:41"),
        "{}",
        digest.headline
    );
    let cause = "; checkout:42's tasks: container app exited with 3";
    assert!(digest.headline.contains(cause), "{}", digest.headline);
    let hint = digest.hint.as_deref().unwrap_or_default();
    assert!(hint.contains("aws logs tail"), "{hint}");
    let shown = format!("{:?}", digest.evidence);
    assert!(shown.contains("stopped tasks of checkout:42"), "{shown}");
}

/// Nothing is asked for the sake of a diagnosis while nothing has failed.
#[tokio::test(start_paused = true)]
async fn a_healthy_service_costs_no_further_call() {
    let suite = SUITE.lines().take(4).collect::<Vec<_>>().join("\n");
    let report = judge(&changed("", &[]), &suite).await;
    assert_eq!(verdicts(&report), ["digest: passed"]);
    let calls = report.calls.iter().map(|call| call.call.as_str());
    assert!(!calls.collect::<Vec<_>>().contains(&"logs:FilterLogEvents"));
}

/// All checks of a round share the one question for last lines.
#[tokio::test(start_paused = true)]
async fn last_lines_are_asked_for_once_a_round() {
    let exit = "    exit: { after: 5s, code: 3 }\n";
    let two = "version: 1
targets: { checkout: { cluster: prod-shop, service: checkout, region: eu-west-1 } }
checks:
  - { id: one, check: ecs.digest-running }
  - { id: other, check: ecs.tasks-started-after-push }
";
    let report = judge(&changed(exit, &[]), two).await;
    assert_eq!(verdicts(&report), ["one: failed", "other: failed"]);
    let asked = report
        .calls
        .iter()
        .find(|call| call.call == "logs:FilterLogEvents");
    assert_eq!(asked.expect("the call").count, 1, "{:?}", report.calls);
}
