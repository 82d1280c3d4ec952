//! The incidents in which the wrong image runs, or the right one under an unexpected digest or time.

mod support;

use serde_json::{Value, json};
use support::{Place, ask, is_done, pass, place, primary, revision, still};
use touchdown_simulator::Simulator;

fn describe_image(simulator: &Simulator, repository: &str, tag: &str) -> Value {
    let input = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
    ask(simulator, "ecr:DescribeImages", input)["imageDetails"][0].clone()
}

fn last_layer(simulator: &Simulator, repository: &str, digest: &Value) -> Value {
    let input = json!({ "repositoryName": repository, "imageIds": [{ "imageDigest": digest }] });
    let got = ask(simulator, "ecr:BatchGetImage", input);
    let text = got["images"][0]["imageManifest"]
        .as_str()
        .expect("a manifest");
    let manifest: Value = serde_json::from_str(text).expect("JSON");
    manifest["layers"]
        .as_array()
        .and_then(|layers| layers.last())
        .expect("a layer")["digest"]
        .clone()
}

#[test]
fn the_service_stays_on_its_revision_while_the_commits_tag_waits() {
    let simulator = still("same-revision");
    let place = place(&simulator, "location");
    let deployment = primary(&simulator, &place);
    assert!(is_done(&deployment));
    assert_eq!(revision(&deployment), "dev-location-service:4");
    let latest = ask(
        &simulator,
        "ecs:DescribeTaskDefinition",
        json!({ "taskDefinition": "dev-location-service" }),
    );
    assert_eq!(
        latest["taskDefinition"]["revision"], 4,
        "the next one is not registered yet"
    );
    let running = place.wanted(&simulator)[0]["containers"][0]["imageDigest"].clone();
    let commits = describe_image(&simulator, "dev-location-service", "9f3c2ab");
    assert_ne!(running, commits["imageDigest"]);
    let deployed = deployment["createdAt"].as_f64();
    assert!(
        deployed > commits["imagePushedAt"].as_f64(),
        "deployed after the push, all the same"
    );
    simulator.perform("force-again").expect("it can be done");
    pass(&simulator, 200);
    assert_eq!(
        place.wanted(&simulator)[0]["containers"][0]["imageDigest"],
        running
    );
    simulator.perform("fix").expect("it can be done");
    pass(&simulator, 200);
    assert_eq!(
        revision(&primary(&simulator, &place)),
        "dev-location-service:5"
    );
    assert_eq!(
        place.wanted(&simulator)[0]["containers"][0]["imageDigest"],
        commits["imageDigest"]
    );
}

#[test]
fn a_cached_layer_hides_behind_a_new_digest() {
    let simulator = still("cached-layers");
    let place = place(&simulator, "backend");
    let repository = "content-marketing-swarm-dev-backend";
    let pushed = ask(
        &simulator,
        "ecr:DescribeImages",
        json!({ "repositoryName": repository }),
    );
    let digests: Vec<Value> = pushed["imageDetails"]
        .as_array()
        .expect("images")
        .iter()
        .map(|image| image["imageDigest"].clone())
        .collect();
    assert_eq!(digests.len(), 2);
    assert_ne!(digests[0], digests[1]);
    let layer = |digest: &Value| last_layer(&simulator, repository, digest);
    assert_eq!(layer(&digests[0]), layer(&digests[1]));
    let current = describe_image(&simulator, repository, "latest");
    for task in place.wanted(&simulator) {
        assert_eq!(task["containers"][0]["imageDigest"], current["imageDigest"]);
        assert!(task["startedAt"].as_f64() > current["imagePushedAt"].as_f64());
    }
    simulator.perform("fix").expect("it can be done");
    pass(&simulator, 200);
    let rebuilt = describe_image(&simulator, repository, "latest")["imageDigest"].clone();
    assert_ne!(layer(&rebuilt), layer(&digests[1]));
}

#[test]
fn a_replacement_younger_than_the_push_runs_the_old_digest() {
    let simulator = still("old-replacement-after-push");
    let place = place(&simulator, "renderer");
    let pushed = describe_image(&simulator, "report-renderer", "stable");
    let task = place.wanted(&simulator)[0].clone();
    assert!(task["startedAt"].as_f64() > pushed["imagePushedAt"].as_f64());
    assert_ne!(task["containers"][0]["imageDigest"], pushed["imageDigest"]);
}

#[test]
fn one_image_is_reported_under_two_digests() {
    let simulator = still("multi-platform-index");
    let index = describe_image(&simulator, "edge-router", "6.0.2")["imageDigest"].clone();
    let input = json!({ "repositoryName": "edge-router", "imageIds": [{ "imageDigest": index }] });
    let got = ask(&simulator, "ecr:BatchGetImage", input);
    let manifest: Value =
        serde_json::from_str(got["images"][0]["imageManifest"].as_str().expect("text"))
            .expect("JSON");
    let entries = manifest["manifests"].as_array().expect("entries");
    let arm = entries
        .iter()
        .find(|entry| entry["platform"]["architecture"] == "arm64")
        .expect("arm64");
    assert!(
        entries
            .iter()
            .any(|entry| entry["platform"]["architecture"] == "unknown"),
        "an attestation"
    );
    for (service, digest) in [("edge-router", &index), ("edge-router-arm", &arm["digest"])] {
        let place = Place {
            cluster: "prod-edge".to_owned(),
            service: service.to_owned(),
        };
        assert!(
            place
                .wanted(&simulator)
                .iter()
                .all(|task| task["containers"][0]["imageDigest"] == *digest),
            "{service}"
        );
    }
}

#[test]
fn a_promoted_digest_keeps_the_time_of_its_push() {
    let simulator = still("promoted-old-digest");
    let place = place(&simulator, "loyalty");
    let image = describe_image(&simulator, "loyalty-api", "prod");
    assert_eq!(
        image["imagePushedAt"], 1_763_105_598.716,
        "2025-11-14T07:33:18.716Z"
    );
    assert_eq!(image["imageTags"], json!(["build-930", "prod"]));
    for task in place.wanted(&simulator) {
        assert_eq!(task["containers"][0]["imageDigest"], image["imageDigest"]);
    }
}
