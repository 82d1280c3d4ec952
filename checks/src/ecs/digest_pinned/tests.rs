//! The judge of `ecs.digest-pinned`, with literal facts.

use super::*;
use crate::contract::{Known, State};
use crate::ecs::literal::{at, seen, target};
use crate::ecs::same_image::literal::index;
use crate::reads::{ContainerDefinition, ImageDetail, PinnedImage};

const NEW: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";
const OLD: &str = "sha256:964c2ff9303223a9c1f71f0b9c4e2645d427794637e5652717a9e3dcf79268ba";

fn definition(version_consistency: Option<&str>) -> TaskDefinition {
    TaskDefinition {
        arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
        platform: "linux/amd64".into(),
        containers: vec![ContainerDefinition {
            name: "app".into(),
            version_consistency: version_consistency.map(str::to_owned),
            ..ContainerDefinition::default()
        }],
        ..TaskDefinition::default()
    }
}

fn revision(digest: Option<&str>) -> ServiceRevision {
    ServiceRevision {
        images: vec![PinnedImage {
            container: "app".into(),
            image: "repo:latest-dev".into(),
            digest: digest.map(str::to_owned),
        }],
        ..ServiceRevision::default()
    }
}

fn pushed() -> Known {
    Known::Pushed {
        digest: NEW.into(),
        at: Some(at("23:41:00")),
    }
}

/// What is said where `repo:latest-dev` is expected, and `revision` was pinned.
fn judged_of(
    known: Known,
    consistency: Option<&str>,
    revision: Option<ServiceRevision>,
    images: Images,
) -> Finding {
    let image: crate::contract::ImageReference = "repo:latest-dev".parse().expect("an image");
    let expected = Expected {
        image: image.clone(),
        defined: image,
        known,
        source: None,
    };
    let facts = Facts {
        definition: seen(Arc::new(definition(consistency))),
        expected: BTreeMap::from([("app".to_owned(), expected)]),
        revision: revision.map(seen),
        in_flight: false,
        images,
    };
    DigestPinned {}.judge(&target("ecs-svc/1"), &facts)
}

fn judged(pinned: Option<&str>, images: Images) -> Finding {
    judged_of(pushed(), None, Some(revision(pinned)), images)
}

#[test]
fn the_expected_digest_holds_as_itself_as_platform_image_and_as_index() {
    let told = |finding: Finding| {
        assert_eq!(finding.state, State::Holds, "{finding:?}");
        finding.headline
    };
    assert_eq!(
        told(judged(Some(NEW), Images::default())),
        "ecs-svc/1 pinned sha256:80bf6ba3d275 for `app`, which is repo:latest-dev"
    );
    assert_eq!(
        told(judged(Some(OLD), index(NEW, &[(OLD, "linux/amd64")]))),
        "ecs-svc/1 pinned sha256:964c2ff93032 for `app`, the linux/amd64 image of repo:latest-dev"
    );
    let mut other_way = index(OLD, &[(NEW, "linux/amd64")]);
    other_way.asked.insert(NEW.into());
    assert_eq!(
        told(judged(Some(OLD), other_way)),
        "ecs-svc/1 pinned sha256:964c2ff93032 for `app`, the index whose linux/amd64 image is repo:latest-dev"
    );
}

#[test]
fn another_digest_is_broken_and_says_since_when_the_tag_is_another() {
    let mut images = index(NEW, &[]);
    let detail = ImageDetail {
        digest: OLD.into(),
        pushed_at: Some(at("23:20:00")),
        ..ImageDetail::default()
    };
    images.details.insert(OLD.into(), detail);
    let finding = judged(Some(OLD), images);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "deployment ecs-svc/1 pinned sha256:964c2ff93032 (pushed 2025-11-18 23:20:00 UTC), \
         while repo:latest-dev is sha256:80bf6ba3d275 since 2025-11-18 23:41:00 UTC"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.ends_with("aws ecs update-service --cluster dev --service web --region us-east-1 --force-new-deployment"),
        "{hint}"
    );
    let body = format!("{:?}", finding.evidence[0].body);
    assert!(body.contains(OLD) && body.contains(NEW), "{body}");
}

#[test]
fn the_index_of_another_platforms_image_is_another_image() {
    let mut images = index(OLD, &[(NEW, "linux/arm64")]);
    images.asked.insert(NEW.into());
    assert_eq!(judged(Some(OLD), images).state, State::Broken);
}

#[test]
fn an_image_that_was_never_pushed_is_not_yet() {
    let absent = judged_of(Known::Absent, None, Some(revision(None)), Images::default());
    assert_eq!(absent.state, State::NotYet);
}

#[test]
fn what_ecs_does_not_tell_is_unobserved() {
    let untold = judged_of(pushed(), None, None, Images::default());
    let disabled = judged_of(
        pushed(),
        Some("disabled"),
        Some(revision(None)),
        Images::default(),
    );
    assert!(
        disabled
            .headline
            .starts_with("web:5 sets versionConsistency of `app` to disabled"),
        "{}",
        disabled.headline
    );
    let unaskable = judged_of(
        Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
        None,
        Some(revision(Some(OLD))),
        Images::default(),
    );
    let unresolved = judged(None, Images::default());
    let unread = judged(Some(OLD), Images::default());
    for (finding, lasting) in [
        (untold, true),
        (disabled, true),
        (unaskable, true),
        (unresolved, false),
        (unread, false),
    ] {
        assert_eq!(
            (finding.state, finding.lasting),
            (State::Unobserved, lasting),
            "{finding:?}"
        );
        assert!(finding.hint.is_some(), "{finding:?}");
    }
}

#[test]
fn while_several_revisions_run_which_is_whose_may_still_be_told() {
    assert!(untold(&target("ecs-svc/1"), false).lasting);
    assert!(!untold(&target("ecs-svc/1"), true).lasting);
}
