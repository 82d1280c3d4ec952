//! The kinds that look at images, over the wire: plain images and indexes with attestations,
//! cached layers, tags that were never pushed.

mod common;

use common::{incident, judge, verdicts};
use touchdown::report::Report;
use touchdown_simulator::{Clock, Scenario, Simulator};

const STALE_TAG: &str = include_str!("../simulator/incidents/stale-tag.yaml");
const REPOSITORY: &str = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/dashboard";

/// A changed `stale-tag`, in which the dashboard was pushed three times as `latest-dev`.
fn changed(changes: &[(&str, &str)]) -> Simulator {
    let mut scenario = STALE_TAG.to_owned();
    for (from, to) in changes {
        assert!(scenario.contains(from), "{from}");
        scenario = scenario.replace(from, to);
    }
    let scenario = Scenario::parse(&scenario).expect("a sound scenario");
    Simulator::new(scenario, Clock::default()).expect("a history")
}

/// The third image of the dashboard.
const BUILT: &str = "built_at: 2025-11-18T23:40:12Z";
/// Each image of the dashboard, and of the API.
const REPOSITORIES: [(&str, &str); 2] = [
    (
        "    repository: hc-tap/dashboard\n",
        "    repository: hc-tap/dashboard\n    platforms: [linux/arm64, linux/amd64]\n    attestations: true\n",
    ),
    (
        "    repository: hc-tap/api\n",
        "    repository: hc-tap/api\n    attestations: true\n",
    ),
];
/// The rebuild copied nothing: its `COPY dashboard/` came from the cache of the image before.
const CACHED: (&str, &str) = (
    "dashboard 4a68d39: runs from S3",
    "dashboard 335ad39: the health check path mended",
);

async fn judged(simulator: &Simulator, target: &str, checks: &[&str]) -> Report {
    let checks = checks.iter().map(|check| format!("  - {{ {check} }}\n"));
    let suite = format!(
        "version: 1\ntargets:\n  dashboard: {{ cluster: HcTapStack-*, service: HcTapStack-Dashboard*, \
         region: us-east-1{target} }}\nchecks:\n{}",
        checks.collect::<String>()
    );
    judge(simulator, &suite).await
}

#[track_caller]
fn assert_tells(report: &Report, id: &str, words: &str) {
    let mut checks = report.checks.iter();
    let check = checks.find(|check| check.id == id).expect("a check");
    assert!(check.headline.contains(words), "{}", check.headline);
}

const PLATFORM: &str = "id: platform, check: ecr.platform-matches, within: 5s";
const LAYERS: &str = "id: layers, check: ecr.layers-changed, within: 5s";
const COPIED: &str =
    "id: copied, check: ecr.layers-changed, instruction: COPY dashboard/, within: 5s";
const PUSHED: &str = "id: pushed, check: ecr.image-pushed, within: 5s";

#[tokio::test(start_paused = true)]
async fn a_plain_image_tells_its_platform_and_layers_in_its_config() {
    let simulator = changed(&[]);
    let report = judged(&simulator, "", &[PLATFORM, LAYERS, COPIED, PUSHED]).await;
    assert_eq!(
        verdicts(&report),
        [
            "platform: passed",
            "layers: passed",
            "copied: passed",
            "pushed: passed"
        ],
        "{report:#?}"
    );
    assert_tells(
        &report,
        "layers",
        "1 of 3 layers of dashboard:latest-dev differ",
    );
    assert_tells(&report, "layers", "pushed 2025-11-18 23:26:31 UTC");
    assert_tells(&report, "pushed", "16m57s after the deployment was created");
    let downloads = report
        .calls
        .iter()
        .find(|tally| tally.call == "ecr:GetDownloadUrlForLayer")
        .map(|tally| tally.count);
    assert_eq!(downloads, Some(3), "each image's config is fetched once");
}

#[tokio::test(start_paused = true)]
async fn an_image_for_another_platform_fails_at_once() {
    let simulator = changed(&[(BUILT, &format!("{BUILT}\n    platforms: [linux/arm64]"))]);
    let stale = judged(&simulator, "", &[PLATFORM]).await;
    assert_eq!(
        verdicts(&stale),
        ["platform: passed"],
        "its tasks run the first image"
    );
    assert_tells(&stale, "platform", "which ecs-svc/");

    simulator.perform("fix").expect("an action of the scenario");
    let report = judged(&simulator, "", &[PLATFORM, LAYERS]).await;
    assert_eq!(
        verdicts(&report),
        ["platform: failed", "layers: inconclusive"]
    );
    let told =
        "dashboard:latest-dev is for linux/arm64 only, and the task definition wants linux/amd64";
    assert_tells(&report, "platform", told);
    assert!(report.took_ms < 2_000, "{} ms", report.took_ms);
}

#[tokio::test(start_paused = true)]
async fn an_index_is_judged_by_its_image_for_the_platform_and_attestations_count_for_nothing() {
    let simulator = changed(&REPOSITORIES);
    let report = judged(&simulator, "", &[PLATFORM, LAYERS, COPIED]).await;
    assert_eq!(
        verdicts(&report),
        ["platform: passed", "layers: passed", "copied: passed"],
        "{report:#?}"
    );
    assert_tells(&report, "copied", "pushed 2025-11-18 23:26:31 UTC");
    let [index, attestations] = REPOSITORIES;
    let arm = (index.0, index.1.replace(", linux/amd64", ""));
    let simulator = changed(&[(arm.0, &arm.1), attestations]);
    let report = judged(&simulator, "", &[PLATFORM]).await;
    assert_tells(&report, "platform", "is for linux/arm64 only");
}

#[tokio::test(start_paused = true)]
async fn a_cached_layer_fails_with_its_instruction() {
    let report = judged(&changed(&[CACHED]), "", &[COPIED, LAYERS]).await;
    assert_eq!(verdicts(&report), ["copied: failed", "layers: failed"]);
    let told = "the layer made by `COPY dashboard/ /app/dashboard` is the same as in the image before \
                (sha256:";
    assert_tells(&report, "copied", told);
    assert_tells(
        &report,
        "copied",
        "23:26:31 UTC): the build reused its cache",
    );
    assert_tells(&report, "layers", "only its configuration differs");
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_was_never_pushed_names_those_that_were() {
    let target = format!(", image: \"{REPOSITORY}:4a68d39\"");
    let report = judged(&changed(&[]), &target, &[PUSHED]).await;
    assert_eq!(verdicts(&report), ["pushed: failed"]);
    let told = "is not in ECR; the newest tags there: latest-dev (2025-11-18 23:41:17 UTC)";
    assert_tells(&report, "pushed", told);
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_pushed_while_touchdown_looks_passes() {
    let simulator = changed(&[]);
    let later = simulator.clone();
    let push = async move {
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        let push = "steps: [{ push: { image: dashboard-4a68d39, tags: [4a68d39] } }]";
        later.perform_yaml(push).expect("a step that is possible");
    };
    let target = format!(", image: \"{REPOSITORY}:4a68d39\"");
    let looks = ["id: pushed, check: ecr.image-pushed, within: 30s"];
    let (report, ()) = tokio::join!(judged(&simulator, &target, &looks), push);
    assert_eq!(verdicts(&report), ["pushed: passed"]);
}

const PINNED: &str = "id: pinned, check: ecs.digest-pinned, within: 5s";

#[tokio::test(start_paused = true)]
async fn what_was_pinned_is_told_and_a_new_deployment_is_compared_with_the_one_before() {
    let simulator = changed(&[]);
    let stale = judged(&simulator, "", &[PINNED]).await;
    assert_eq!(verdicts(&stale), ["pinned: failed"]);
    let told = "(pushed 2025-11-18 23:20:14 UTC), while dashboard:latest-dev is sha256:";
    assert_tells(&stale, "pinned", told);
    assert_tells(&stale, "pinned", "since 2025-11-18 23:41:17 UTC");

    simulator.perform("fix").expect("an action of the scenario");
    simulator.advance(std::time::Duration::from_secs(600));
    let fixed = judged(&simulator, "", &[PINNED, PLATFORM, COPIED]).await;
    assert_eq!(
        verdicts(&fixed),
        ["pinned: passed", "platform: passed", "copied: passed"],
        "{fixed:#?}"
    );
    assert_tells(&fixed, "pinned", "which is dashboard:latest-dev");
    let before = "of the deployment before, pushed 2025-11-18 23:20:14 UTC";
    assert_tells(&fixed, "copied", before);
}

const CACHED_LAYERS: &str = "version: 1
targets:
  backend: { cluster: content-marketing-swarm-dev-cluster, service: content-marketing-swarm-dev-backend-service, region: us-east-1 }
checks:
  - { id: digest, check: ecs.digest-running, within: 5m }
  - { id: pinned, check: ecs.digest-pinned, within: 1m }
  - { id: layers, check: ecr.layers-changed, instruction: COPY app/ }
";

/// The incident that no digest, push or start time shows: all of it is new but the code.
#[tokio::test(start_paused = true)]
async fn cached_layers_pass_every_check_of_digests_and_fail_by_their_layer() {
    let simulator = incident("cached-layers");
    let red = judge(&simulator, CACHED_LAYERS).await;
    assert_eq!(
        verdicts(&red),
        ["digest: passed", "pinned: passed", "layers: failed"]
    );
    assert_tells(
        &red,
        "layers",
        "the layer made by `COPY app/ ./app/` is the same",
    );
    assert_tells(
        &red,
        "layers",
        "of the deployment before, pushed 2025-11-25 21:54:59 UTC",
    );

    simulator.perform("fix").expect("an action of the scenario");
    let green = judge(&simulator, CACHED_LAYERS).await;
    assert_eq!(
        verdicts(&green),
        ["digest: passed", "pinned: passed", "layers: passed"],
        "{green:#?}"
    );
    simulator
        .perform("force-again")
        .expect("an action of the scenario");
    simulator.advance(std::time::Duration::from_secs(600));
    let again = judge(&simulator, CACHED_LAYERS).await;
    assert_tells(
        &again,
        "layers",
        "backend:latest is the same image as before",
    );
}

const RESTART_LOOP: &str = "version: 1
targets:
  aura: { cluster: aura-dev-cluster, service: aura-dev-service, region: us-east-2 }
checks:
  - { id: platform, check: ecr.platform-matches }
";

/// Three containers in one task, each built on a laptop: the registry tells before any task
/// has failed.
#[tokio::test(start_paused = true)]
async fn restart_loop_is_told_from_the_registry() {
    let simulator = incident("restart-loop");
    let red = judge(&simulator, RESTART_LOOP).await;
    assert_eq!(verdicts(&red), ["platform: failed"]);
    for image in ["aura-databases", "aura-api-gateway", "aura-service-desk"] {
        let told = format!(
            "{image}:latest is for linux/arm64 only, and the task definition wants linux/amd64"
        );
        assert_tells(&red, "platform", &told);
    }
    simulator
        .perform("fix-platform")
        .expect("an action of the scenario");
    let green = judge(&simulator, RESTART_LOOP).await;
    assert_eq!(verdicts(&green), ["platform: passed"], "{green:#?}");
}
