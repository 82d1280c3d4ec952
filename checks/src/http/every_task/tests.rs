//! The judge of `http.every-task-responds`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Content, Seen};
use crate::ecs::literal::{picture, seen, target, task};
use crate::reads::{FetchError, LoadBalancing, Page, Unreached};

fn check(more: Value) -> EveryTaskResponds {
    let mut fields = json!({"url": "http://shop.example.com/health"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn page(status: u16) -> Result<Page, FetchError> {
    Ok(Page {
        url: "http://shop.example.com/health".into(),
        status,
        took: Duration::from_millis(12),
        ..Page::default()
    })
}

/// A task for each answer; one without has no address.
fn judged(more: Value, answers: Vec<Option<Result<Page, FetchError>>>) -> Finding {
    let ids = (0..answers.len()).map(|number| format!("task{number}"));
    let tasks = ids
        .clone()
        .map(|id| task(&id, "ecs-svc/1", "23:45:00", None));
    let picture = picture(i32::try_from(answers.len()).expect("few"), tasks.collect());
    let answers = ids.zip(answers);
    let answers = answers.filter_map(|(id, answer)| Some((id, seen(answer?))));
    let facts = Facts {
        picture,
        answers: answers.collect::<BTreeMap<String, Seen<_>>>(),
        within: Duration::from_secs(5),
    };
    check(more).judge(&target("ecs-svc/1"), &facts)
}

#[test]
fn every_task_must_answer_as_expected() {
    let finding = judged(json!({}), vec![Some(page(200)), Some(page(204))]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (State::Holds, "2 of 2 tasks answer as expected")
    );
    let finding = judged(json!({}), vec![Some(page(200)), Some(page(503))]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "1 of 2 tasks: task task1 answered with status 503, expected 2xx"
        )
    );
    assert!(finding.evidence.len() > 1, "the tasks, and the answer");
    let finding = judged(
        json!({"broken_when": {"status": 410}}),
        vec![Some(page(200)), Some(page(410))],
    );
    assert_eq!(finding.state, State::Broken);
}

#[test]
fn a_task_that_could_not_be_asked_is_no_proof() {
    let finding = judged(json!({}), vec![Some(page(200)), None]);
    assert_eq!(finding.state, State::Unobserved);
    assert!(
        finding.headline.contains("has no address of its own"),
        "{}",
        finding.headline
    );
    let refused = Err(Unreached::NoAnswer("Connection refused".into()).into());
    let finding = judged(json!({}), vec![Some(refused), Some(page(200))]);
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .ends_with("does not answer: Connection refused"),
        "{}",
        finding.headline
    );
}

#[test]
fn the_port_is_the_suites_or_the_load_balancers() {
    let target = target("ecs-svc/1");
    let mut picture = picture(1, Vec::new());
    let none = check(json!({}))
        .port_of(&target, &picture)
        .expect_err("no port");
    assert!(none.lasting && none.hint.is_some_and(|hint| hint.contains("`port`")));
    picture.service_mut().load_balancers = vec![LoadBalancing {
        port: 8080,
        ..LoadBalancing::default()
    }];
    assert_eq!(check(json!({})).port_of(&target, &picture), Ok(8080));
    assert_eq!(
        check(json!({"port": 9090})).port_of(&target, &picture),
        Ok(9090)
    );
}

#[test]
fn an_address_is_no_name_under_which_all_tasks_are_asked() {
    let fields = Located {
        content: Content::Map(vec![(Located::text("url"), Located::text("x"))]),
        ..Located::text("")
    };
    let mistakes = |url: &str| check(json!({ "url": url })).mistakes(&fields).len();
    assert_eq!(mistakes("http://10.0.0.7/health"), 1);
    assert_eq!(mistakes("http://shop/health"), 0);
}
