//! Configs as they come from S3: whole, changed, cut, denied.

use super::*;
use crate::reads::Unreached;

const CONFIG: &str = r#"{"architecture":"arm64","os":"linux","variant":"v8","config":{"Env":["PATH=/usr/bin"]},
    "history":[{"created":"2025-11-18T23:19:20Z","created_by":"COPY app/ /app # buildkit","comment":"buildkit.dockerfile.v0"},
    {"created_by":"CMD [\"app\"]","empty_layer":true}],"rootfs":{"type":"layers","diff_ids":["sha256:d"]}}"#;

#[test]
fn a_config_tells_platform_instructions_and_layers() {
    let config = read(&sha256(CONFIG), CONFIG).expect("a config");
    assert_eq!(config.platform.as_deref(), Some("linux/arm64/v8"));
    let told: Vec<_> = config
        .history
        .iter()
        .map(|entry| (entry.created_by.as_str(), entry.empty_layer))
        .collect();
    assert_eq!(
        told,
        [
            ("COPY app/ /app # buildkit", false),
            ("CMD [\"app\"]", true)
        ]
    );
    assert_eq!(config.diff_ids, ["sha256:d"]);
}

#[test]
fn the_digest_is_that_of_sha256() {
    // The test vector of FIPS 180-4 for the message `abc`.
    assert_eq!(
        sha256("abc"),
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn what_the_digest_does_not_name_is_no_evidence() {
    let told = read(&sha256(CONFIG), &CONFIG.replace("arm64", "amd64")).expect_err("changed");
    assert!(
        told.headline.ends_with("has another digest"),
        "{}",
        told.headline
    );
    let told = read(&sha256("<html>"), "<html>").expect_err("no JSON");
    assert!(told.lasting, "{told:?}");
}

#[test]
fn a_signature_is_for_no_platform() {
    let signature = r#"{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:s"]}}"#;
    let config = read(&sha256(signature), signature).expect("a config");
    assert_eq!(config.platform, None);
}

#[test]
fn only_a_whole_page_is_a_download() {
    let page = |status, truncated| Page {
        status,
        truncated,
        body: "{}".into(),
        ..Page::default()
    };
    assert_eq!(downloaded("c in r", Ok(page(200, false))), Ok("{}".into()));
    let cases = [
        (Ok(page(200, true)), "is larger than 4 MiB", true),
        (Ok(page(403, false)), "status 403", false),
        (
            Err(Unreached::TimedOut.into()),
            "no answer within 10 s",
            false,
        ),
        (
            Err(Unreached::NoAnswer("reset".into()).into()),
            "reset",
            false,
        ),
    ];
    for (answer, words, lasting) in cases {
        let told = downloaded("c in r", answer).expect_err(words);
        assert!(told.headline.ends_with(words), "{}", told.headline);
        assert_eq!(told.lasting, lasting, "{words}");
    }
}
