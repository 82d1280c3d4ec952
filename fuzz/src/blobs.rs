//! Manifests and config blobs, as a registry delivers them. Input: a manifest, a config.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use touchdown::checks::reads::{Page, Reads, Repository};
use touchdown_simulator::{Clock, Scenario, Simulator};

use crate::canned::Canned;
use crate::parts;
use crate::wire::{self, Answer};
use crate::world;

const INDEX: &str = "sha256:4bb1f8a0c1d2e3f4a5b6c7d8e9f00112233445566778899aabbccddeeff00112";

static SCENARIO: LazyLock<Scenario> =
    LazyLock::new(|| Scenario::named("stale-tag").expect("an incident of the simulator"));

pub(crate) fn read(data: &[u8]) {
    let [manifest, config] = parts::of(data);
    world::paused().block_on(looked_up(manifest, config));
}

async fn looked_up(manifest: String, config: String) {
    let simulator = Simulator::new(SCENARIO.clone(), Clock::default()).expect("a sound scenario");
    let delivered = Canned(Page {
        status: 200,
        body: config.clone(),
        ..Page::default()
    });
    let text = manifest.clone();
    let change = Arc::new(move |asked: &str, answer: &mut Answer| {
        let body = match asked {
            "BatchGetImage" => json!({ "failures": [], "images": [{
                "imageId": { "imageDigest": INDEX }, "imageManifest": text,
            }]}),
            _ => json!({ "downloadUrl": "https://blobs.example.org/config" }),
        };
        *answer = Answer {
            status: 200,
            body: body.to_string().into_bytes(),
        };
    });
    let connections = wire::connections(&simulator, change, Arc::new(delivered));
    let reads = Reads::of_round(Arc::new(connections));
    let repository = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/dashboard";
    let repository = Repository::parse(repository).expect("a repository of ECR");

    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    if let Ok(seen) = reads.manifest(&repository, INDEX).await {
        assert!(is_json(&manifest), "{seen:?}");
        let read = seen.value.expect("the image that was delivered");
        assert_eq!(read.digest, INDEX);
        assert!(read.children.iter().all(|child| !child.platform.is_empty()));
    }
    let digest = digest_of(&config);
    if let Ok(seen) = reads.image_config(&repository, &digest).await {
        assert!(is_json(&config), "{seen:?}");
    }
    // What another digest names was changed on its way.
    let other = digest_of(&format!("{config} "));
    assert!(reads.image_config(&repository, &other).await.is_err());
}

fn digest_of(content: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    let hex = hash.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", hex.collect::<String>())
}
