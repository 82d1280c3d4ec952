//! ECR: the bytes, their digests, and where the tags stand.

mod support;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{ask, page, refused, still};
use touchdown_simulator::Simulator;

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn manifest(simulator: &Simulator, repository: &str, id: Value) -> (String, Value) {
    let got = ask(
        simulator,
        "ecr:BatchGetImage",
        json!({ "repositoryName": repository, "imageIds": [id] }),
    );
    let image = &got["images"][0];
    let bytes = image["imageManifest"].as_str().expect("a manifest");
    let digest = image["imageId"]["imageDigest"]
        .as_str()
        .expect("a digest")
        .to_owned();
    assert_eq!(
        sha256(bytes.as_bytes()),
        digest,
        "the digest is that of the manifest's bytes"
    );
    (digest, serde_json::from_str(bytes).expect("JSON"))
}

fn blob(simulator: &Simulator, repository: &str, digest: &Value) -> Vec<u8> {
    let input = json!({ "repositoryName": repository, "layerDigest": digest });
    let answer = ask(simulator, "ecr:GetDownloadUrlForLayer", input);
    let url = answer["downloadUrl"].as_str().expect("an address");
    let path = url
        .strip_prefix("http://simulated")
        .expect("an address of this simulator");
    let response = page(simulator, path);
    assert_eq!(response.status(), 200);
    assert_eq!(Value::from(sha256(response.body())), *digest);
    response.body().to_vec()
}

#[test]
fn every_digest_is_the_sha256_of_what_is_served() {
    let simulator = still("stale-tag");
    let (_, manifest) = manifest(
        &simulator,
        "hc-tap/dashboard",
        json!({ "imageTag": "latest-dev" }),
    );
    assert_eq!(
        manifest["mediaType"],
        "application/vnd.docker.distribution.manifest.v2+json"
    );
    let config = blob(
        &simulator,
        "hc-tap/dashboard",
        &manifest["config"]["digest"],
    );
    assert_eq!(manifest["config"]["size"], config.len());
    let config: Value = serde_json::from_slice(&config).expect("JSON");
    assert_eq!(
        (&config["architecture"], &config["os"]),
        (&json!("amd64"), &json!("linux"))
    );
    let layers = manifest["layers"].as_array().expect("layers");
    assert_eq!(
        config["rootfs"]["diff_ids"].as_array().map(Vec::len),
        Some(layers.len())
    );
    assert_eq!(
        config["history"].as_array().map(Vec::len),
        Some(layers.len() + 1),
        "CMD makes no layer"
    );
    for layer in layers {
        assert_eq!(
            layer["size"],
            blob(&simulator, "hc-tap/dashboard", &layer["digest"]).len()
        );
    }
}

#[test]
fn a_rebuild_shares_the_layers_that_did_not_change() {
    let simulator = still("stale-tag");
    let images = ask(
        &simulator,
        "ecr:DescribeImages",
        json!({ "repositoryName": "hc-tap/dashboard" }),
    );
    let layers: Vec<Vec<Value>> = images["imageDetails"]
        .as_array()
        .expect("images")
        .iter()
        .map(|image| {
            let id = json!({ "imageDigest": image["imageDigest"] });
            let (_, manifest) = manifest(&simulator, "hc-tap/dashboard", id);
            let layers = manifest["layers"].as_array().expect("layers").iter();
            layers.map(|layer| layer["digest"].clone()).collect()
        })
        .collect();
    assert_eq!(layers.len(), 3);
    assert_eq!(
        layers[0][..2],
        layers[2][..2],
        "base and requirements are cached"
    );
    assert_ne!(layers[0][2], layers[2][2], "the code is not");
}

#[test]
fn an_index_names_its_platforms_and_attestations() {
    let simulator = still("healthy");
    let (_, index) = manifest(&simulator, "checkout", json!({ "imageTag": "2.4.0" }));
    assert_eq!(
        index["mediaType"],
        "application/vnd.oci.image.index.v1+json"
    );
    let entries = index["manifests"].as_array().expect("entries");
    let platform = |entry: &Value| {
        let part = |name: &str| {
            entry["platform"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        format!("{}/{}", part("os"), part("architecture"))
    };
    let platforms: Vec<String> = entries.iter().map(platform).collect();
    assert_eq!(
        platforms,
        [
            "linux/amd64",
            "linux/arm64",
            "unknown/unknown",
            "unknown/unknown"
        ]
    );
    for entry in entries {
        let (digest, _) = manifest(
            &simulator,
            "checkout",
            json!({ "imageDigest": entry["digest"] }),
        );
        assert_eq!(entry["digest"], digest);
    }
    assert_eq!(
        entries[2]["annotations"]["vnd.docker.reference.digest"],
        entries[0]["digest"]
    );
}

#[test]
fn a_push_moves_the_tag_and_leaves_the_image_before_untagged() {
    let simulator = still("stale-tag");
    let images = ask(
        &simulator,
        "ecr:DescribeImages",
        json!({ "repositoryName": "hc-tap/dashboard" }),
    );
    let images = images["imageDetails"].as_array().expect("images");
    let tagged: Vec<bool> = images
        .iter()
        .map(|image| image.get("imageTags").is_some())
        .collect();
    assert_eq!(tagged, [false, false, true]);
    let pushed: Vec<f64> = images
        .iter()
        .filter_map(|image| image["imagePushedAt"].as_f64())
        .collect();
    assert_eq!(
        pushed[2], 1_763_509_277.604,
        "2025-11-18T23:41:17.604Z, to the millisecond"
    );
    assert!(pushed[0] < pushed[1] && pushed[1] < pushed[2]);
    let listed = ask(
        &simulator,
        "ecr:ListImages",
        json!({ "repositoryName": "hc-tap/dashboard", "filter": { "tagStatus": "TAGGED" } }),
    );
    assert_eq!(listed["imageIds"].as_array().map(Vec::len), Some(1));
}

#[test]
fn listings_come_in_pages() {
    let simulator = still("healthy");
    let mut digests = Vec::new();
    let mut token = Value::Null;
    loop {
        let input = json!({ "repositoryName": "checkout", "maxResults": 3, "nextToken": token });
        let page = ask(&simulator, "ecr:DescribeImages", input);
        let images = page["imageDetails"].as_array().expect("images");
        assert!(images.len() <= 3);
        digests.extend(images.iter().map(|image| image["imageDigest"].to_string()));
        match page.get("nextToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    digests.sort();
    digests.dedup();
    assert_eq!(
        digests.len(),
        10,
        "two images, each an index, two platforms and two attestations"
    );
    let bad = json!({ "repositoryName": "checkout", "nextToken": "made up" });
    assert_eq!(
        refused(&simulator, "ecr:DescribeImages", bad).0,
        "InvalidParameterException"
    );
}

#[test]
fn what_is_not_there_is_told_as_aws_tells_it() {
    let simulator = still("stale-tag");
    let (kind, message) = refused(
        &simulator,
        "ecr:DescribeImages",
        json!({ "repositoryName": "nowhere" }),
    );
    assert_eq!(kind, "RepositoryNotFoundException");
    assert_eq!(
        message,
        "The repository with name 'nowhere' does not exist in the registry with id '099200121087'"
    );
    let other = json!({ "repositoryName": "hc-tap/api", "registryId": "111111111111" });
    assert_eq!(
        refused(&simulator, "ecr:DescribeImages", other).0,
        "RepositoryNotFoundException"
    );
    let missing = json!({ "repositoryName": "hc-tap/api", "imageIds": [{ "imageTag": "v9" }] });
    let (kind, message) = refused(&simulator, "ecr:DescribeImages", missing.clone());
    assert_eq!(kind, "ImageNotFoundException");
    assert!(
        message.starts_with(
            "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist"
        )
    );
    let got = ask(&simulator, "ecr:BatchGetImage", missing);
    assert_eq!(got["failures"][0]["failureCode"], "ImageNotFound");

    let images = ask(
        &simulator,
        "ecr:DescribeImages",
        json!({ "repositoryName": "hc-tap/api" }),
    );
    let oldest = &images["imageDetails"][0]["imageDigest"];
    let both = json!({ "repositoryName": "hc-tap/api", "imageIds": [{ "imageTag": "latest-dev", "imageDigest": oldest }] });
    let got = ask(&simulator, "ecr:BatchGetImage", both);
    assert_eq!(
        got["failures"][0]["failureCode"],
        "ImageTagDoesNotMatchDigest"
    );
}
