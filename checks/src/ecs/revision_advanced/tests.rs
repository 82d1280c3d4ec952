//! The judge of `ecs.revision-advanced`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::picture::literal::{at, deployment, seen, service, target};

/// What ran before, registered at the given time.
fn before(revision: &str, registered: Option<&str>) -> Before {
    Before {
        task_definition: format!("arn:aws:ecs:us-east-1:1:task-definition/{revision}"),
        registered_at: registered.map(at),
        told: "by the baseline".into(),
        source: seen(()).source,
        at: at("23:00:00"),
    }
}

/// `web:5` is deployed.
fn judged(before: Vec<Before>) -> Finding {
    let facts = Facts {
        registered_at: Some(at("20:00:00")),
        before,
    };
    RevisionAdvanced {}.judge(&target("ecs-svc/1"), &facts)
}

fn told(finding: &Finding) -> (State, &str) {
    (finding.state, finding.headline.as_str())
}

#[test]
fn a_newer_revision_holds() {
    assert_eq!(
        told(&judged(vec![before("web:4", None)])),
        (State::Holds, "web:5 runs, web:4 before (by the baseline)")
    );
}

#[test]
fn the_same_revision_is_broken_and_named() {
    let finding = judged(vec![before("web:5", None)]);
    assert_eq!(
        told(&finding),
        (
            State::Broken,
            "still web:5, as before the deploy (by the baseline)"
        )
    );
    let hint = finding.hint.expect("a hint");
    assert!(hint.contains("--task-definition web"), "{hint}");
}

#[test]
fn a_lower_revision_is_broken() {
    assert_eq!(
        told(&judged(vec![before("web:12", None)])),
        (
            State::Broken,
            "web:5 runs, and is older than web:12 before (by the baseline)"
        )
    );
}

#[test]
fn another_family_is_compared_by_its_registration() {
    let earlier = judged(vec![before("web-blue:30", Some("19:00:00"))]);
    assert_eq!(earlier.state, State::Holds);
    let later = judged(vec![before("web-blue:1", Some("21:00:00"))]);
    assert_eq!(later.state, State::Broken);
    let unknown = judged(vec![before("web-blue:1", None)]);
    assert_eq!((unknown.state, unknown.lasting), (State::Unobserved, true));
}

#[test]
fn of_several_that_ran_before_the_worst_decides() {
    let finding = judged(vec![before("web:4", None), before("web:5", None)]);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(finding.evidence.len(), 2);
}

#[test]
fn with_nothing_to_compare_it_is_unobserved_with_the_commands() {
    let finding = judged(Vec::new());
    assert_eq!((finding.state, finding.lasting), (State::Unobserved, true));
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("touchdown snapshot dev/web --region us-east-1"),
        "{hint}"
    );
}

#[test]
fn only_older_deployments_that_are_listed_ran_before() {
    let mut older = deployment("ecs-svc/0", "ACTIVE");
    older.created_at = Some(at("22:00:00"));
    let mut newer = deployment("ecs-svc/2", "ACTIVE");
    newer.created_at = Some(at("23:40:00"));
    let service = seen(service(vec![
        deployment("ecs-svc/1", "PRIMARY"),
        newer,
        older,
    ]));
    let told: Vec<String> = listed(&target("ecs-svc/1"), &service)
        .into_iter()
        .map(|before| before.told)
        .collect();
    assert_eq!(told, ["by ecs-svc/0, which is listed beside it"]);
}
