//! The judge of `ecs.tasks-started-after-push`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, picture, target, task};
use crate::ecs::same_image::literal::index;

const NEW: &str = "sha256:new";
const OLD: &str = "sha256:old";

fn facts(tasks: Vec<Task>, known: Known) -> Facts {
    let image = "099200121087.dkr.ecr.us-east-1.amazonaws.com/r/app:latest-dev";
    let image: crate::contract::ImageReference = image.parse().expect("an image");
    let expected = Expected {
        image: image.clone(),
        defined: image,
        known,
        source: None,
    };
    Facts {
        picture: picture(i32::try_from(tasks.len()).expect("few"), tasks),
        expected: BTreeMap::from([("app".to_owned(), expected)]),
        images: index(NEW, &[]),
    }
}

fn pushed() -> Known {
    Known::Pushed {
        digest: NEW.into(),
        at: Some(at("23:41:00")),
    }
}

/// The deployment was created at the given time.
fn judged(created: &str, facts: &Facts) -> Finding {
    let mut target = target("ecs-svc/1");
    target.deployment.created_at = Some(at(created));
    TasksStartedAfterPush {}.judge(&target, facts)
}

fn one(started: &str, digest: Option<&str>) -> Vec<Task> {
    vec![task("0123456789", "ecs-svc/1", started, digest)]
}

#[test]
fn a_task_of_a_newer_deployment_holds_by_its_start_alone() {
    let finding = judged("23:47:00", &facts(one("23:48:00", None), pushed()));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "1 of 1 tasks started after the push of app:latest-dev (2025-11-18 23:41:00 UTC)"
    );
}

#[test]
fn a_task_older_than_the_push_is_broken() {
    let finding = judged("23:24:00", &facts(one("23:25:00", Some(OLD)), pushed()));
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "task 01234567 started 2025-11-18 23:25:00 UTC, 16m before the push of app:latest-dev \
         (2025-11-18 23:41:00 UTC)"
    );
}

#[test]
fn a_second_is_forgiven_and_more_is_not() {
    assert_eq!(
        judged("23:40:59", &facts(one("23:40:59", None), pushed())).state,
        State::Holds
    );
    assert_eq!(
        judged("23:40:58", &facts(one("23:40:58", None), pushed())).state,
        State::Broken
    );
}

#[test]
fn a_replacement_of_an_old_deployment_fools_nobody() {
    let finding = judged("23:24:00", &facts(one("23:45:00", Some(OLD)), pushed()));
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding.headline.contains("only as a replacement"),
        "{}",
        finding.headline
    );
    let finding = judged("23:24:00", &facts(one("23:45:00", Some(NEW)), pushed()));
    assert_eq!(finding.state, State::Holds);
    let finding = judged("23:24:00", &facts(one("23:45:00", None), pushed()));
    assert_eq!(finding.state, State::Unobserved);
}

#[test]
fn what_was_pulled_before_the_push_is_not_the_image() {
    let mut tasks = one("23:41:10", Some(NEW));
    tasks[0].pulled_at = Some(at("23:40:50"));
    let finding = judged("23:40:30", &facts(tasks, pushed()));
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding.headline.contains("had pulled its image"),
        "{}",
        finding.headline
    );
}

#[test]
fn not_before_stands_in_for_the_push() {
    let mut target = target("ecs-svc/1");
    target.deployment.created_at = Some(at("23:47:00"));
    target.spec.not_before = Some(at("23:46:30"));
    let unaskable = || {
        facts(
            one("23:48:00", None),
            Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
        )
    };
    assert_eq!(
        TasksStartedAfterPush {}.judge(&target, &unaskable()).state,
        State::Holds
    );
    target.spec.not_before = Some(at("23:49:00"));
    assert_eq!(
        TasksStartedAfterPush {}.judge(&target, &unaskable()).state,
        State::Broken
    );
}

#[test]
fn a_missing_push_time_or_start_is_unobserved() {
    let known = Known::PinnedOnly { digest: NEW.into() };
    assert_eq!(
        judged("23:47:00", &facts(one("23:48:00", Some(NEW)), known)).state,
        State::Unobserved
    );
    let mut tasks = one("23:48:00", Some(NEW));
    tasks[0].started_at = None;
    assert_eq!(
        judged("23:47:00", &facts(tasks, pushed())).state,
        State::Unobserved
    );
}

/// A task of a deployment of 23:47:00, whose image is in another registry.
fn elsewhere(known: Known, started: &str, digest: Option<&str>) -> Facts {
    let mut facts = facts(one(started, digest), known);
    let image: crate::contract::ImageReference = "ghcr.io/acme/app:1".parse().expect("an image");
    for expected in facts.expected.values_mut() {
        expected.image = image.clone();
        expected.defined = image.clone();
    }
    facts
}

#[test]
fn where_no_push_time_is_told_the_deployment_and_the_digest_tell() {
    for known in [
        Known::Offered { digest: NEW.into() },
        Known::PinnedOnly { digest: NEW.into() },
    ] {
        let judged = |started: &str, digest: Option<&str>| {
            judged("23:47:00", &elsewhere(known.clone(), started, digest))
        };
        let right = judged("23:48:00", Some(NEW));
        assert_eq!(right.state, State::Holds);
        assert_eq!(
            right.headline,
            "1 of 1 tasks started after the deployment was created (2025-11-18 23:47:00 UTC) \
             and run the expected digest (ghcr.io tells no time of a push)"
        );
        let other = judged("23:48:00", Some(OLD));
        assert_eq!(other.state, State::Broken);
        assert!(
            other.headline.contains("but runs another digest"),
            "{}",
            other.headline
        );
        assert_eq!(judged("23:48:00", None).state, State::Unobserved);
    }
}

#[test]
fn a_registry_that_does_not_tell_what_runs_is_the_cause() {
    let known = Known::Offered { digest: NEW.into() };
    let mut facts = elsewhere(known, "23:48:00", Some(OLD));
    facts.images.unreadable = Some(Unobserved::for_now("ghcr.io answered HTTP 503").hint("Wait."));
    let finding = judged("23:47:00", &facts);
    assert_eq!(
        (finding.state, finding.lasting),
        (State::Unobserved, false),
        "{}",
        finding.headline
    );
    assert_eq!(finding.headline, "ghcr.io answered HTTP 503");
    assert_eq!(finding.hint.as_deref(), Some("Wait."));
}

#[test]
fn an_image_that_was_never_pushed_is_not_yet() {
    assert_eq!(
        judged("23:47:00", &facts(one("23:48:00", None), Known::Absent)).state,
        State::NotYet
    );
}

#[test]
fn a_tag_moved_to_an_old_digest_is_not_passed_by_its_push_time() {
    // The expected digest was pushed weeks ago, long before deployment and task.
    let finding = judged("23:50:00", &facts(one("23:51:00", Some(OLD)), pushed()));
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding.headline.contains("but runs another digest"),
        "{}",
        finding.headline
    );
}

#[test]
fn a_sidecar_without_a_push_time_does_not_hide_a_task_that_is_too_old() {
    let with_sidecar = |started: &str| {
        let mut facts = facts(one(started, Some(NEW)), pushed());
        let image: crate::contract::ImageReference = "datadog/agent:7".parse().expect("an image");
        let sidecar = Expected {
            image: image.clone(),
            defined: image,
            known: Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
            source: None,
        };
        facts.expected.insert("agent".into(), sidecar);
        facts
    };
    assert_eq!(
        judged("23:24:00", &with_sidecar("23:25:00")).state,
        State::Broken
    );
    let open = judged("23:47:00", &with_sidecar("23:48:00"));
    assert_eq!((open.state, open.lasting), (State::Unobserved, true));
}

#[test]
fn a_push_time_that_no_registry_tells_is_not_waited_for() {
    let known = Known::PinnedOnly { digest: NEW.into() };
    let finding = judged("23:47:00", &facts(one("23:48:00", Some(NEW)), known));
    assert_eq!(finding.state, State::Unobserved);
    assert!(finding.lasting, "{finding:?}");
    assert!(finding.hint.expect("a hint").contains("`not_before:`"));
}

#[test]
fn a_time_that_is_given_says_nothing_of_digests_and_of_pulls() {
    let mut target = target("ecs-svc/1");
    target.spec.not_before = Some(at("23:46:30"));
    target.deployment.created_at = Some(at("23:47:00"));
    let mut facts = facts(one("23:48:00", Some(OLD)), pushed());
    facts.picture.tasks_mut()[0].pulled_at = Some(at("23:46:00"));
    let finding = TasksStartedAfterPush {}.judge(&target, &facts);
    assert_eq!(finding.state, State::Holds, "{}", finding.headline);
}
