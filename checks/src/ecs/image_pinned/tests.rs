//! The judge of `ecs.image-pinned`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{seen, target};

const DIGEST: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";

fn judged(check: &ImagePinned, images: &[&str]) -> Finding {
    let containers = images.iter().zip(["app", "agent", "proxy"]);
    let containers = containers.map(|(image, name)| ContainerDefinition {
        name: name.into(),
        image: (*image).into(),
        ..ContainerDefinition::default()
    });
    let facts = Facts {
        containers: seen(containers.collect()),
    };
    check.judge(&target("ecs-svc/1"), &facts)
}

fn any() -> ImagePinned {
    ImagePinned {
        tag: None,
        mutable: None,
    }
}

fn commit(tag: &str) -> ImagePinned {
    ImagePinned {
        tag: Some(tag.into()),
        mutable: None,
    }
}

#[test]
fn a_digest_or_a_commits_tag_holds() {
    let finding = judged(&any(), &["r/web:4a68d39", &format!("r/agent@{DIGEST}")]);
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        format!(
            "2 of 2 containers of web:5: `app` names web:4a68d39; `agent` names agent@{DIGEST}, by digest"
        )
    );
    let pinned = judged(&any(), &[&format!("r/web:latest@{DIGEST}")]);
    assert_eq!(pinned.state, State::Holds, "a digest decides");
}

#[test]
fn a_tag_that_moves_is_broken_and_named() {
    let finding = judged(&any(), &["r/web:latest-dev", "r/agent:7.1"]);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "1 of 2 containers of web:5: `app` names web:latest-dev, and `latest-dev` is a tag that moves"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("update-service --cluster dev --service web"),
        "{hint}"
    );
}

#[test]
fn the_usual_moving_tags_are_known_and_versions_are_not_among_them() {
    for tag in [
        "latest",
        "Latest",
        "latest-amd64",
        "arm64-latest",
        "main",
        "prod",
    ] {
        assert_eq!(
            judged(&any(), &[&format!("web:{tag}")]).state,
            State::Broken
        );
    }
    assert_eq!(judged(&any(), &["nginx"]).state, State::Broken);
    for tag in ["1.27", "v2", "4a68d39", "main-4a68d39", "2025-11-18"] {
        assert_eq!(judged(&any(), &[&format!("web:{tag}")]).state, State::Holds);
    }
}

#[test]
fn the_suite_can_say_which_tags_move() {
    let mutable = vec![Glob::new("v?").expect("a glob")];
    let check = ImagePinned {
        tag: None,
        mutable: Some(mutable),
    };
    assert_eq!(judged(&check, &["web:v2"]).state, State::Broken);
    assert_eq!(judged(&check, &["web:latest"]).state, State::Holds);
}

#[test]
fn the_commits_tag_must_be_the_one_that_is_named() {
    assert_eq!(
        judged(&commit("4a68d39"), &["web:4a68d39"]).state,
        State::Holds
    );
    let finding = judged(&commit("4a68d39"), &["r/web:335ad39"]);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "1 of 1 containers of web:5: `app` names web:335ad39, not the tag `4a68d39`"
    );
    let alone = judged(&commit("4a68d39"), &[&format!("web@{DIGEST}")]);
    assert_eq!(alone.state, State::Broken);
}

#[test]
fn what_nobody_can_read_is_unobserved_for_good_unless_something_is_broken() {
    let finding = judged(&any(), &["we b", "web:1.0"]);
    assert_eq!((finding.state, finding.lasting), (State::Unobserved, true));
    assert_eq!(judged(&any(), &["we b", "web:latest"]).state, State::Broken);
    assert_eq!(judged(&any(), &[]).state, State::Unobserved);
}

#[test]
fn a_tag_that_could_never_pass_is_a_mistake() {
    let fields = Located::text("");
    assert_eq!(commit("4a68d39").mistakes(&fields), []);
    for tag in ["latest", "a b"] {
        assert_eq!(commit(tag).mistakes(&fields).len(), 1, "{tag}");
    }
    let nothing_moves = ImagePinned {
        tag: None,
        mutable: Some(Vec::new()),
    };
    assert_eq!(nothing_moves.mistakes(&fields).len(), 1);
}
