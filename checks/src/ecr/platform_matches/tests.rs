//! The judge of `ecr.platform-matches`, with literal facts.

use super::super::judged::literal::{OLD, expected, pushed};
use super::super::offered::literal::offered;
use super::*;
use crate::contract::{Known, State};
use crate::ecs::literal::{seen, target};

type Answer = Result<Option<Seen<Offered>>, Unobserved>;

fn offers(platforms: &[&str]) -> Answer {
    Ok(Some(seen(offered(platforms))))
}

fn judged(containers: &[(&str, Expected, Option<Answer>)]) -> Finding {
    judged_pinned(None, containers)
}

fn judged_pinned(pinned: Option<&str>, containers: &[(&str, Expected, Option<Answer>)]) -> Finding {
    let definition = TaskDefinition {
        arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
        platform: "linux/amd64".into(),
        ..TaskDefinition::default()
    };
    let looked_at = containers.iter().filter_map(|(name, _, offered)| {
        let looked_at = LookedAt {
            pinned: pinned.map(str::to_owned),
            offered: offered.clone()?,
        };
        Some(((*name).to_owned(), looked_at))
    });
    let facts = Facts {
        definition: seen(Arc::new(definition)),
        looked_at: looked_at.collect(),
        expected: containers
            .iter()
            .map(|(name, expected, _)| ((*name).to_owned(), expected.clone()))
            .collect(),
    };
    PlatformMatches {}.judge(&target("ecs-svc/1"), &facts)
}

fn of_app(answer: Answer) -> Finding {
    judged(&[("app", pushed("23:41:00"), Some(answer))])
}

#[test]
fn an_image_for_the_wanted_platform_holds() {
    let finding = of_app(offers(&["linux/arm64", "linux/amd64"]));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(finding.headline, "web:1 is for linux/amd64, as web:5 wants");
}

#[test]
fn an_image_for_another_platform_is_broken_and_says_how_to_build_it() {
    let finding = of_app(offers(&["linux/arm64"]));
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "web:1 is for linux/arm64 only, and the task definition wants linux/amd64"
    );
    let hint = finding.hint.as_deref().expect("a hint");
    assert!(
        hint.ends_with(
            "docker buildx build --platform linux/amd64 --tag 099200121087.dkr.ecr.us-east-1.amazonaws.com/shop/web:1 --push ."
        ),
        "{hint}"
    );
    let Body::Compared { expected, seen, .. } = &finding.evidence[0].body else {
        panic!("{finding:?}");
    };
    assert_eq!(
        (expected.as_str(), seen.as_str()),
        ("linux/amd64", "linux/arm64")
    );
}

#[test]
fn an_image_that_is_not_there_may_still_come() {
    let absent = expected(
        "099200121087.dkr.ecr.us-east-1.amazonaws.com/web:2",
        Known::Absent,
    );
    assert_eq!(judged(&[("app", absent, None)]).state, State::NotYet);
    assert_eq!(of_app(Ok(None)).state, State::NotYet);
}

#[test]
fn what_cannot_be_read_or_names_no_platform_is_unobserved() {
    let denied = of_app(Err(Unobserved::lasting("ecr:BatchGetImage was denied")));
    assert_eq!((denied.state, denied.lasting), (State::Unobserved, true));
    let unnamed = of_app(offers(&[ChildManifest::UNNAMED]));
    assert_eq!((unnamed.state, unnamed.lasting), (State::Unobserved, true));
}

#[test]
fn a_sidecar_of_another_registry_is_told_and_alone_leaves_it_open() {
    let agent = || {
        (
            "agent",
            expected(
                "datadog/agent:7",
                Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
            ),
            None,
        )
    };
    let app = ("app", pushed("23:41:00"), Some(offers(&["linux/amd64"])));
    let both = judged(&[agent(), app]);
    assert_eq!(both.state, State::Holds);
    assert!(
        both.headline
            .contains("not judged, as not in ECR: datadog/agent:7"),
        "{both:?}"
    );
    let alone = judged(&[agent()]);
    assert_eq!((alone.state, alone.lasting), (State::Unobserved, true));
}

#[test]
fn what_the_deployment_pinned_is_what_its_tasks_pull() {
    let judged = |answer| judged_pinned(Some(OLD), &[("app", pushed("23:41:00"), Some(answer))]);
    let arm = judged(offers(&["linux/arm64"]));
    assert_eq!(arm.state, State::Broken);
    assert_eq!(
        arm.headline,
        "web:1, which ecs-svc/1 pinned as sha256:964c2ff93032, is for linux/arm64 only, and the task definition wants linux/amd64"
    );
    let gone = judged(Ok(None));
    assert_eq!(gone.state, State::Broken);
    assert!(
        gone.headline.ends_with("so that no task can pull it"),
        "{}",
        gone.headline
    );
}
