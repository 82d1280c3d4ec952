//! The judge of `ecs.digest-running`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, picture, target, task};
use crate::ecs::same_image::literal::index;

const NEW: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";
const OLD: &str = "sha256:964c2ff9303223a9c1f71f0b9c4e2645d427794637e5652717a9e3dcf79268ba";

fn expected(known: Known) -> BTreeMap<String, Expected> {
    let image: crate::contract::ImageReference = "repo:latest-dev".parse().expect("an image");
    let expected = Expected {
        image: image.clone(),
        defined: image,
        known,
        source: None,
    };
    BTreeMap::from([("app".to_owned(), expected)])
}

fn pushed() -> Known {
    Known::Pushed {
        digest: NEW.into(),
        at: Some(at("23:41:00")),
    }
}

fn judged(known: Known, running: Option<&str>, images: Images) -> Finding {
    let tasks = vec![task("0123456789abcdef", "ecs-svc/1", "23:25:00", running)];
    let facts = Facts {
        picture: picture(1, tasks),
        expected: expected(known),
        images,
    };
    DigestRunning {}.judge(&target("ecs-svc/1"), &facts)
}

#[test]
fn the_expected_digest_holds() {
    let finding = judged(pushed(), Some(NEW), Images::default());
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "1 of 1 tasks run the expected digest sha256:80bf6ba3d275"
    );
}

#[test]
fn a_platform_image_of_the_expected_index_holds_and_says_so() {
    let finding = judged(pushed(), Some(OLD), index(NEW, &[(OLD, "linux/amd64")]));
    assert_eq!(finding.state, State::Holds);
    assert!(
        finding
            .headline
            .ends_with("sha256:80bf6ba3d275 (its image for linux/amd64)"),
        "{}",
        finding.headline
    );
}

#[test]
fn another_digest_is_broken_and_names_both_and_the_way_out() {
    let mut images = index(NEW, &[]);
    let detail = crate::reads::ImageDetail {
        digest: OLD.into(),
        tags: vec![],
        pushed_at: Some(at("23:20:00")),
        ..crate::reads::ImageDetail::default()
    };
    images.details.insert(OLD.into(), detail);
    let finding = judged(pushed(), Some(OLD), images);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "task 01234567 runs sha256:964c2ff93032 (pushed 2025-11-18 23:20:00 UTC) in `app`, \
         not sha256:80bf6ba3d275 (`latest-dev`, pushed 2025-11-18 23:41:00 UTC)"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("before the push") && hint.contains("--force-new-deployment"),
        "{hint}"
    );
}

#[test]
fn a_missing_digest_is_unobserved() {
    let finding = judged(pushed(), None, Images::default());
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "task 01234567 reports no digest for container `app`"
    );
}

#[test]
fn an_image_that_was_never_pushed_is_not_yet_and_an_unaskable_one_unobserved() {
    assert_eq!(
        judged(Known::Absent, Some(OLD), Images::default()).state,
        State::NotYet
    );
    assert_eq!(
        judged(
            Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
            Some(OLD),
            Images::default()
        )
        .state,
        State::Unobserved
    );
}

#[test]
fn a_pinned_digest_of_another_registry_can_hold_but_not_break() {
    let pinned = || Known::PinnedOnly { digest: NEW.into() };
    assert_eq!(
        judged(pinned(), Some(NEW), Images::default()).state,
        State::Holds
    );
    assert_eq!(
        judged(pinned(), Some(OLD), Images::default()).state,
        State::Unobserved
    );
}

#[test]
fn an_old_task_beside_the_new_one_is_not_yet() {
    let tasks = vec![
        task("new", "ecs-svc/1", "23:48:00", Some(NEW)),
        task("old", "ecs-svc/0", "23:25:00", Some(OLD)),
    ];
    let facts = Facts {
        picture: picture(1, tasks),
        expected: expected(pushed()),
        images: Images::default(),
    };
    let finding = DigestRunning {}.judge(&target("ecs-svc/1"), &facts);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (State::NotYet, "1 old task still runs beside 1 new")
    );
}

#[test]
fn a_sidecar_that_nobody_can_tell_of_does_not_hide_what_is_broken() {
    let mut all = expected(pushed());
    let sidecar: crate::contract::ImageReference = "datadog/agent:7".parse().expect("an image");
    let unaskable = Expected {
        image: sidecar.clone(),
        defined: sidecar,
        known: Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
        source: None,
    };
    all.insert("agent".into(), unaskable);
    let judged = |running: &str| {
        let tasks = vec![task(
            "0123456789abcdef",
            "ecs-svc/1",
            "23:25:00",
            Some(running),
        )];
        let facts = Facts {
            picture: picture(1, tasks),
            expected: all.clone(),
            images: index(NEW, &[]),
        };
        DigestRunning {}.judge(&target("ecs-svc/1"), &facts)
    };
    assert_eq!(judged(OLD).state, State::Broken);
    let open = judged(NEW);
    assert_eq!((open.state, open.lasting), (State::Unobserved, true));
    assert!(
        open.headline
            .contains("datadog/agent:7 (container `agent`) is unknown"),
        "{}",
        open.headline
    );
}

/// Whoever has one container can leave none out.
#[test]
fn a_refusal_is_told_with_its_own_way_out_and_its_source() {
    let refused = || {
        let origin = Source {
            call: "HEAD".into(),
            resource: "https://ghcr.io/v2/acme/app/manifests/1".into(),
            request_id: None,
        };
        let refused = Unobserved::lasting("ghcr.io lets nobody in").hint("Log in.");
        Known::Unaskable(refused.origin(origin))
    };
    let alone = judged(refused(), Some(OLD), Images::default());
    assert_eq!(
        (alone.hint.as_deref(), alone.lasting),
        (Some("Log in."), true)
    );
    assert_eq!(alone.evidence[0].source.call, "HEAD");
    let mut both = expected(refused());
    both.extend([("web".to_owned(), both["app"].clone())]);
    let told = unaskable(&both).expect("a refusal").hint.expect("a hint");
    assert!(
        told.starts_with("Log in. Or name the containers to judge"),
        "{told}"
    );
}

#[test]
fn the_hint_names_the_mechanism_only_where_the_times_support_it() {
    let mut late = target("ecs-svc/1");
    late.deployment.created_at = Some(at("23:45:00"));
    let told = hint(&late, &expected(pushed()));
    assert!(
        told.contains("after the push") && told.contains("ECS_IMAGE_PULL_BEHAVIOR"),
        "{told}"
    );
}

#[test]
fn what_is_broken_stays_broken_beside_an_image_that_was_never_pushed() {
    let broken = Finding::broken("task a runs another digest");
    let settled = settled(
        broken.clone(),
        &expected(Known::Absent),
        None,
        at("23:46:00"),
    );
    assert_eq!(settled, broken);
}

#[test]
fn a_task_that_runs_an_index_holds_what_its_platform_has_there() {
    let one = index(OLD, &[(NEW, "linux/amd64")]);
    let finding = judged(pushed(), Some(OLD), one);
    assert_eq!(finding.state, State::Holds, "{}", finding.headline);
    let told = "(the index that holds it for linux/amd64)";
    assert!(finding.headline.ends_with(told), "{}", finding.headline);
    let two = index(OLD, &[(NEW, "linux/amd64"), ("sha256:arm", "linux/arm64")]);
    let unknown = judged(pushed(), Some(OLD), two);
    assert_eq!(unknown.state, State::Unobserved, "{}", unknown.headline);
}
