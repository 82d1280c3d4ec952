//! The judge of `ecr.layers-changed`, with literal facts.

use super::super::before::KnownFrom;
use super::super::judged::literal::{OLD, expected, pushed};
use super::super::layers::MadeLayer;
use super::*;
use crate::contract::{Known, State};
use crate::ecs::literal::{at, seen, target};
use crate::reads::Repository;

const BASE: (&str, &str) = ("FROM python:3.11-slim", "base");
const PIP: (&str, &str) = ("RUN pip install -r requirements.txt", "pip");

fn layers(digest: &str, made: &[(&str, &str)]) -> Layers {
    let layer = |(made_by, content): &(&str, &str)| MadeLayer {
        diff_id: format!("sha256:{content}"),
        size: Some(812),
        made_by: Some((*made_by).into()),
    };
    Layers {
        digest: digest.into(),
        layers: made.iter().map(layer).collect(),
    }
}

fn before(known_from: KnownFrom) -> Before {
    Before {
        repository: Repository {
            account: "099200121087".into(),
            region: "us-east-1".into(),
            name: "shop/web".into(),
        },
        digest: OLD.into(),
        pushed_at: Some(at("23:20:00")),
        known_from,
    }
}

fn both(old: Layers, new: Layers) -> Result<Found, Unobserved> {
    Ok(Found::Both {
        before: before(KnownFrom::PushOrder),
        old,
        new: seen(new),
    })
}

/// The image before had the base, the libraries and `app/` of old; this one's `app/` is given.
fn with_app(app: &str) -> Result<Found, Unobserved> {
    both(
        layers("sha256:m1", &[BASE, PIP, ("COPY app/ /app", "app-1")]),
        layers("sha256:m2", &[BASE, PIP, ("COPY app/ /app", app)]),
    )
}

fn judged_of(
    expected: Expected,
    instruction: Option<&str>,
    found: Result<Found, Unobserved>,
) -> Finding {
    let check = LayersChanged {
        instruction: instruction.map(str::to_owned),
        container: None,
    };
    let facts = Facts {
        definition: seen(Arc::new(TaskDefinition::default())),
        images: vec![OfContainer {
            container: "app".into(),
            expected,
            found,
        }],
    };
    check.judge(&target("ecs-svc/1"), &facts)
}

fn judged(instruction: Option<&str>, found: Result<Found, Unobserved>) -> Finding {
    judged_of(pushed("23:41:00"), instruction, found)
}

#[test]
fn a_layer_that_was_made_anew_holds() {
    let finding = judged(Some("COPY app/"), with_app("app-2"));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "the layer made by `COPY app/ /app` differs from the image before (sha256:964c2ff93032, pushed 2025-11-18 23:20:00 UTC)"
    );
    let any = judged(None, with_app("app-2"));
    assert_eq!(any.state, State::Holds);
    assert!(
        any.headline.starts_with("1 of 3 layers of web:1 differ"),
        "{any:?}"
    );
}

#[test]
fn a_cached_layer_is_broken_and_names_its_instruction_and_the_way_out() {
    let rebuilt = both(
        layers(
            "sha256:m1",
            &[BASE, ("RUN date", "d1"), ("COPY app/ /app", "app-1")],
        ),
        layers(
            "sha256:m2",
            &[BASE, ("RUN date", "d2"), ("COPY app/ /app", "app-1")],
        ),
    );
    let finding = judged(Some("COPY app/"), rebuilt);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "the layer made by `COPY app/ /app` is the same as in the image before \
         (sha256:964c2ff93032, pushed 2025-11-18 23:20:00 UTC): the build reused its cache"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("docker build --no-cache --tag 099200121087"),
        "{hint}"
    );
    assert!(hint.contains("take `touchdown snapshot` before"), "{hint}");
    let rows = format!("{:?}", finding.evidence[1].body);
    assert!(
        rows.contains(r#"["COPY app/ /app", "sha256:app-1", "812 B", "as before"]"#),
        "{rows}"
    );
}

#[test]
fn of_several_layers_of_an_instruction_each_must_differ() {
    let found = both(
        layers(
            "sha256:m1",
            &[("COPY app/a /a", "a1"), ("COPY app/b /b", "b1")],
        ),
        layers(
            "sha256:m2",
            &[("COPY app/a /a", "a2"), ("COPY app/b /b", "b1")],
        ),
    );
    let finding = judged(Some("COPY app/"), found);
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding.headline.contains("`COPY app/b /b`"),
        "{}",
        finding.headline
    );
}

#[test]
fn other_metadata_on_the_same_layers_is_broken_and_says_so() {
    let finding = judged(None, with_app("app-1"));
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding
            .headline
            .starts_with("all 3 layers of web:1 are the same as in the image before")
            && finding.headline.contains("only its configuration differs"),
        "{}",
        finding.headline
    );
    let same = layers("sha256:m1", &[BASE]);
    let index = judged(None, both(same.clone(), same));
    assert!(
        index.headline.ends_with("only the index around it differs"),
        "{}",
        index.headline
    );
}

#[test]
fn the_same_image_as_before_is_broken() {
    let taken = KnownFrom::Baseline(at("23:00:00"));
    let finding = judged(None, Ok(Found::Same(before(taken))));
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "web:1 is the same image as before (sha256:964c2ff93032 of the baseline of 2025-11-18 23:00:00 UTC, pushed 2025-11-18 23:20:00 UTC)"
    );
    assert!(
        !finding.hint.expect("a hint").contains("snapshot"),
        "a baseline was given"
    );
}

#[test]
fn an_image_that_is_not_pushed_is_not_yet() {
    assert_eq!(judged(None, Ok(Found::NotPushed)).state, State::NotYet);
}

#[test]
fn what_cannot_be_compared_is_unobserved_and_lasts() {
    let misspelt = judged(Some("COPY App/"), with_app("app-2"));
    assert_eq!(
        misspelt.headline,
        "no layer of web:1 was made by `COPY App/`"
    );
    let hint = misspelt.hint.clone().expect("a hint");
    assert!(
        hint.ends_with("`RUN pip install -r requirements.txt`, `COPY app/ /app`."),
        "{hint}"
    );
    let mut unknown = layers("sha256:m2", &[BASE]);
    unknown.layers[0].made_by = None;
    let silent = judged(Some("COPY"), both(Layers::default(), unknown));
    assert!(
        silent.headline.ends_with("its history doesn't tell"),
        "{}",
        silent.headline
    );
    let first = judged(None, Ok(Found::Nothing));
    assert!(
        first
            .hint
            .as_deref()
            .is_some_and(|hint| hint.contains("touchdown snapshot dev/web"))
    );
    let gone = judged(
        None,
        Err(Unobserved::lasting("sha256:1 is no longer in shop/web")),
    );
    let elsewhere = judged_of(
        expected(
            "nginx:1",
            Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
        ),
        None,
        Ok(Found::NotPushed),
    );
    for finding in [misspelt, silent, first, gone, elsewhere] {
        assert_eq!(
            (finding.state, finding.lasting),
            (State::Unobserved, true),
            "{finding:?}"
        );
    }
}

#[test]
fn one_container_can_be_meant_and_must_be_judged() {
    let check = LayersChanged {
        instruction: None,
        container: Some("app".into()),
    };
    let both = || {
        [
            ("agent".to_owned(), pushed("23:41:00")),
            ("app".to_owned(), pushed("23:41:00")),
        ]
    };
    let own = check.compared(both()).expect("it is there");
    assert_eq!(own.len(), 1);
    let other = check
        .compared(both().into_iter().take(1))
        .expect_err("it is not there");
    assert_eq!(other.hint.as_deref(), Some("Those are: agent."));
}
