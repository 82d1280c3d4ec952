//! The incidents, judged in-process on the paused clock: red on the broken deployment, for
//! the right reason, and green after the fix.

mod common;

use common::{incident, judge, verdicts};
use touchdown::report::{Report, Verdict};

const STALE_TAG: &str = include_str!("../examples/stale-tag/touchdown.yaml");
const OLD_LOG_LINE: &str = include_str!("../examples/old-log-line/touchdown.yaml");
const HEALTHY: &str = include_str!("../examples/healthy/touchdown.yaml");

fn headline<'a>(report: &'a Report, id: &str) -> &'a str {
    let check = report
        .checks
        .iter()
        .find(|check| check.id == id)
        .expect("a check of that id");
    &check.headline
}

#[tokio::test(start_paused = true)]
async fn healthy_passes_from_all_sides() {
    let report = judge(&incident("healthy"), HEALTHY).await;
    assert_eq!(
        verdicts(&report),
        [
            "fresh: passed",
            "digest: passed",
            "answers: passed",
            "started: passed",
            "no-errors: passed"
        ],
        "{report:#?}"
    );
    assert_eq!((report.verdict, report.exit_code), (Verdict::Passed, 0));
    let target = &report.targets["checkout"];
    assert_eq!(target.task_definition.as_deref(), Some("checkout:42"));
    assert!(target.expected_digest.is_some());
}

#[tokio::test(start_paused = true)]
async fn stale_tag_fails_at_once_and_passes_after_a_new_deployment() {
    let simulator = incident("stale-tag");
    let red = judge(&simulator, STALE_TAG).await;
    assert_eq!(
        verdicts(&red),
        ["fresh: failed", "digest: failed", "shows: skipped"]
    );
    assert_eq!((red.verdict, red.exit_code), (Verdict::Failed, 1));
    assert!(
        red.took_ms < 5_000,
        "the evidence is there at the first look: {} ms",
        red.took_ms
    );
    let fresh = headline(&red, "fresh");
    assert!(
        fresh.contains(
            "started 2025-11-18 23:25:08 UTC, 16m9s before the push of dashboard:latest-dev"
        ),
        "{fresh}"
    );
    let digest = headline(&red, "digest");
    assert!(
        digest.contains("(pushed 2025-11-18 23:20:14 UTC)"),
        "{digest}"
    );
    assert!(
        digest.contains("(`latest-dev`, pushed 2025-11-18 23:41:17 UTC)"),
        "{digest}"
    );

    simulator.perform("fix").expect("an action of the scenario");
    let green = judge(&simulator, STALE_TAG).await;
    assert_eq!(
        verdicts(&green),
        ["fresh: passed", "digest: passed", "shows: passed"],
        "{green:#?}"
    );
    let body = format!("{:?}", green.checks[2].evidence);
    assert!(
        body.contains("5421") && body.contains("cloud-latest"),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_the_tasks_does_not_mend_a_stale_tag() {
    let simulator = incident("stale-tag");
    simulator
        .perform("stop-tasks")
        .expect("an action of the scenario");
    simulator.advance(std::time::Duration::from_secs(600));
    let report = judge(&simulator, STALE_TAG).await;
    assert_eq!(verdicts(&report)[..2], ["fresh: failed", "digest: failed"]);
    let fresh = headline(&report, "fresh");
    assert!(fresh.contains("only as a replacement"), "{fresh}");
}

#[tokio::test(start_paused = true)]
async fn old_log_line_is_quoted_and_gone_after_a_new_deployment() {
    let simulator = incident("old-log-line");
    let red = judge(&simulator, OLD_LOG_LINE).await;
    assert_eq!(verdicts(&red), ["no-old-line: failed", "new-line: failed"]);
    let old = headline(&red, "no-old-line");
    assert!(old.contains("wrote the forbidden line `Parsing final buffered content: length=18998, platform='linkedin'`"), "{old}");
    let last = format!("{:?}", red.checks[1].evidence);
    assert!(
        last.contains("platform='linkedin'"),
        "the lines that were there instead: {last}"
    );

    simulator.perform("fix").expect("an action of the scenario");
    let green = judge(&simulator, OLD_LOG_LINE).await;
    assert_eq!(
        verdicts(&green),
        ["no-old-line: passed", "new-line: passed"],
        "{green:#?}"
    );
    let quoted = format!("{:?}", green.checks[1].evidence);
    assert!(
        quoted.contains("requested_platforms=['linkedin', 'twitter', 'pitch_deck']"),
        "{quoted}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_newer_deployment_leaves_the_checks_inconclusive() {
    let simulator = incident("old-log-line");
    let later = simulator.clone();
    let deploy = async move {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        later.perform("fix").expect("an action of the scenario");
    };
    let suite = OLD_LOG_LINE.replace("platform='linkedin'", "never written");
    let (report, ()) = tokio::join!(judge(&simulator, &suite), deploy);
    assert_eq!(
        verdicts(&report),
        ["no-old-line: inconclusive", "new-line: inconclusive"]
    );
    assert_eq!(report.exit_code, 3);
    let told = headline(&report, "new-line");
    assert!(told.contains("was overtaken by"), "{told}");
}

/// A check that waits for a slow one is judged by what the tag meant when the run began.
#[tokio::test(start_paused = true)]
async fn a_tag_that_moves_while_touchdown_looks_changes_nothing() {
    let simulator = incident("stale-tag");
    simulator.perform("fix").expect("an action of the scenario");
    simulator.advance(std::time::Duration::from_secs(600));
    let suite = "version: 1
targets:
  dashboard: { cluster: HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG, service: HcTapStack-Dashboard*, region: us-east-1 }
checks:
  - { id: quiet, check: logs.line-absent, contains: Traceback, within: 30s, ingestion: 0s }
  - { id: digest, check: ecs.digest-running, needs: [quiet], within: 10s }
";
    let later = simulator.clone();
    let push = async move {
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        let push = "steps: [{ push: { image: dashboard-335ad39, tags: [latest-dev] } }]";
        later.perform_yaml(push).expect("a step that is possible");
    };
    let (report, ()) = tokio::join!(judge(&simulator, suite), push);
    assert_eq!(
        verdicts(&report),
        ["quiet: passed", "digest: passed"],
        "{report:#?}"
    );
}
