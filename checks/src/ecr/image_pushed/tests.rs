//! The judge of `ecr.image-pushed`, with literal facts.

use super::super::judged::literal::{NEW, REPOSITORY, expected};
use super::*;
use crate::contract::State;
use crate::ecs::literal::{at, target};

fn found(time: &str) -> Found {
    Found::Pushed {
        digest: NEW.into(),
        at: Some(at(time)),
        source: Source {
            call: "ecr:DescribeImages".into(),
            resource: "shop/web".into(),
            request_id: None,
        },
    }
}

/// The judged deployment was created at 23:24:00.
fn judged(image: &str, found: Found) -> Finding {
    let facts = Facts {
        images: vec![("app".into(), expected(image, Known::Absent), found)],
        at: at("23:46:00"),
    };
    ImagePushed {}.judge(&target("ecs-svc/1"), &facts)
}

fn web() -> String {
    format!("{REPOSITORY}:8c5e1b7")
}

#[test]
fn an_image_from_before_the_deployment_holds_with_its_time() {
    let finding = judged(&web(), found("23:20:15"));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "web:8c5e1b7 is sha256:80bf6ba3d275, pushed 2025-11-18 23:20:15 UTC, 3m45s before the deployment was created"
    );
    assert_eq!(finding.evidence[0].source.call, "ecr:DescribeImages");
}

#[test]
fn a_push_after_the_deployment_is_told_and_of_a_tag_what_follows() {
    let late = judged(&web(), found("23:41:00"));
    assert_eq!(late.state, State::Holds);
    assert!(
        late.headline
            .contains("17m after the deployment was created, which may have resolved the tag"),
        "{}",
        late.headline
    );
    let pinned = judged(&format!("{REPOSITORY}@{NEW}"), found("23:41:00"));
    assert!(
        pinned
            .headline
            .ends_with("17m after the deployment was created"),
        "{}",
        pinned.headline
    );
}

#[test]
fn a_missing_tag_is_not_yet_and_names_the_newest_there() {
    let image = |tag: &str, time| ImageDetail {
        tags: vec![tag.into()],
        pushed_at: Some(at(time)),
        ..ImageDetail::default()
    };
    let newest = Ok(vec![
        image("8c5e1b8", "23:20:00"),
        image("latest", "22:00:00"),
    ]);
    let finding = judged(&web(), Found::Missing(newest));
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        format!(
            "the expected image {REPOSITORY}:8c5e1b7 is not in ECR; the newest tags there: \
             8c5e1b8 (2025-11-18 23:20:00 UTC); latest (2025-11-18 22:00:00 UTC)"
        )
    );
    let unlisted = Found::Missing(Err(Unobserved::lasting("denied")));
    assert_eq!(judged(&web(), unlisted).state, State::NotYet);
}

#[test]
fn of_several_containers_those_in_ecr_are_named() {
    let images = vec![
        (
            "app".into(),
            expected(&web(), Known::Absent),
            found("23:20:15"),
        ),
        (
            "agent".into(),
            expected("nginx:1.27", Known::Absent),
            Found::Elsewhere,
        ),
    ];
    let facts = Facts {
        images,
        at: at("23:46:00"),
    };
    let finding = ImagePushed {}.judge(&target("ecs-svc/1"), &facts);
    assert_eq!(finding.state, State::Unobserved);
    let hint = finding.hint.unwrap_or_default();
    assert!(hint.contains("`containers:`"), "{hint}");
}

#[test]
fn another_registry_and_a_failed_call_are_unobserved() {
    let elsewhere = judged("nginx:1.27", Found::Elsewhere);
    assert_eq!(
        (elsewhere.state, elsewhere.lasting),
        (State::Unobserved, true)
    );
    assert_eq!(
        elsewhere.headline,
        "when nginx:1.27 (container `app`) was pushed is unknown: only ECR tells push times"
    );
    assert_eq!(
        elsewhere.hint.as_deref(),
        Some(ELSEWHERE),
        "no container is in ECR"
    );
    let throttled = judged(&web(), Found::Unread(Unobserved::for_now("throttled")));
    assert_eq!(
        (throttled.state, throttled.lasting),
        (State::Unobserved, false)
    );
}
