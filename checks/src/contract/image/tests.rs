//! Which texts are image references, and what of.

use proptest::prelude::*;

use super::*;

const DIGEST: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";

fn parts(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let image: ImageReference = text.parse().expect("an image reference");
    (image.repository, image.tag, image.digest)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn reads_all_four_forms() {
    let repo = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/dashboard";
    assert_eq!(
        parts(&format!("{repo}:latest-dev")),
        (some(repo), some("latest-dev"), None)
    );
    assert_eq!(
        parts(&format!("{repo}@{DIGEST}")),
        (some(repo), None, some(DIGEST))
    );
    assert_eq!(
        parts(&format!("{repo}:v1@{DIGEST}")),
        (some(repo), some("v1"), some(DIGEST))
    );
    assert_eq!(parts(DIGEST), (None, None, some(DIGEST)));
}

#[test]
fn a_port_is_no_tag_and_no_tag_is_latest() {
    assert_eq!(
        parts("localhost:5000/app"),
        (some("localhost:5000/app"), some("latest"), None)
    );
    assert_eq!(parts("nginx"), (some("nginx"), some("latest"), None));
}

#[test]
fn is_shown_as_it_was_written() {
    for text in ["nginx:1.27", DIGEST, &format!("a/b:v1@{DIGEST}")] {
        assert_eq!(
            text.parse::<ImageReference>()
                .expect("an image")
                .to_string(),
            text
        );
    }
}

#[test]
fn is_called_by_its_last_name() {
    let image: ImageReference = "host:5000/a/b:v1".parse().expect("an image");
    assert_eq!(image.without_registry(), "b:v1");
}

#[test]
fn refuses_what_is_none() {
    for text in [
        "",
        ":v1",
        "repo:",
        "repo:a b",
        "repo@sha256:12",
        "sha256:XYZ",
        "sha256",
        "re po",
        "a//b",
        "127.0.0.1:5099/../../token:1",
        "a/./b",
        "WEB/x:1",
        "ghcr.io/Acme/web:1",
        "127.0.0.1:99999/x:1",
        "127.0.0.1:+80/x:1",
        "-a.example.com/x:1",
        "a..b/x:1",
        "a-/x",
        "a___b",
        "sha512:aa",
        "https://ghcr.io/acme/web:1",
    ] {
        assert!(text.parse::<ImageReference>().is_err(), "{text}");
    }
    let long = "a".repeat(256);
    assert!(long.parse::<ImageReference>().is_err());
}

#[test]
fn a_repository_is_what_registries_take() {
    for text in [
        "nginx",
        "a--b/c__d/e.f_g:V1.2_x-y",
        "LOCALHOST.example.com/x:1",
        "127.0.0.1:65535/x:1",
        "localhost/x:1",
        "099200121087.dkr.ecr.us-east-1.amazonaws.com/cdk-hnb659fds-container-assets-099200121087-us-east-1:1",
    ] {
        assert!(text.parse::<ImageReference>().is_ok(), "{text}");
    }
}

#[test]
fn a_password_in_an_image_is_told_and_not_repeated() {
    for text in [
        "ci:s3cret@127.0.0.1:5099/x:1",
        "https://ci:s3cret@ghcr.io/x",
        "ci:s3cret@host/x@sha256:12",
    ] {
        let told = text.parse::<ImageReference>().expect_err(text);
        assert!(told.contains("no user and no password"), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
    let told = "repo@sha256:1.2"
        .parse::<ImageReference>()
        .expect_err("no digest");
    assert!(told.contains("is not a digest"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_shown_as_something_that_reads_alike(
        text in "[a-z0-9.-]{0,9}(:[0-9]{1,5})?(/?[a-zA-Z0-9._-]{0,9}){0,3}(:[a-zA-Z0-9._-]{0,9})?(@?sha256:[0-9a-f]{63,65})?|\\PC{0,40}",
    ) {
        let Ok(image) = text.parse::<ImageReference>() else { return Ok(()) };
        prop_assert_eq!(image.to_string().parse(), Ok(image.clone()));
        prop_assert!(image.tag.is_some() || image.digest.is_some());
        prop_assert!(image.to_string().ends_with(&image.without_registry()));
    }
}
