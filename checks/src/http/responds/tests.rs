//! The judge of `http.responds`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};

fn check(more: Value) -> Responds {
    let mut fields = json!({"url": "http://shop.example.com/health"});
    fields
        .as_object_mut()
        .expect("a map")
        .extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn judged(more: Value, answer: Result<Page, FetchError>) -> Finding {
    let source = Source {
        call: "GET".into(),
        resource: "/health".into(),
        request_id: None,
    };
    let at = "2025-11-18T23:50:00Z".parse().expect("a time");
    let facts = Facts {
        answer: Seen {
            value: answer,
            source,
            at,
        },
        within: Duration::from_secs(5),
    };
    check(more).judge(&Outside, &facts)
}

fn page(status: u16, body: &str) -> Result<Page, FetchError> {
    Ok(Page {
        url: "http://shop.example.com/health".into(),
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.into(),
        truncated: false,
        took: Duration::from_millis(40),
    })
}

#[test]
fn any_success_holds_where_nothing_is_expected() {
    let finding = judged(json!({}), page(204, ""));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "http://shop.example.com/health answered 204 in 40ms"
    );
    assert_eq!(judged(json!({}), page(503, "")).state, State::NotYet);
}

#[test]
fn every_difference_is_evidence_and_the_first_is_the_headline() {
    let expect = json!({"expect": {
        "status": 200, "headers": {"Content-Type": "json"}, "under": "20ms",
        "body": {"contains": "cloud-latest"}, "json": {"$.entities": 5421},
    }});
    let finding = judged(expect, page(200, r#"{"entities":0}"#));
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "http://shop.example.com/health answered with body not in its 14 bytes, expected `cloud-latest`, and 2 more"
    );
    assert_eq!(finding.evidence.len(), 4, "three differences and the body");
}

#[test]
fn json_values_and_missing_headers_are_told() {
    let expect = json!({"expect": {"json": {"$.entities": 5421}}});
    let told = judged(expect, page(200, r#"{"entities":0}"#)).headline;
    assert!(
        told.ends_with("answered with $.entities 0, expected 5421"),
        "{told}"
    );
    let told = judged(json!({"expect": {"json": {"$.a": 1}}}), page(200, "<html>")).headline;
    assert!(told.contains("body no JSON"), "{told}");
    let told = judged(
        json!({"expect": {"headers": {"x-version": "2"}}}),
        page(200, ""),
    )
    .headline;
    assert!(
        told.ends_with("header x-version no such header, expected 2"),
        "{told}"
    );
}

#[test]
fn an_answer_that_waiting_cannot_mend_is_broken() {
    let broken = json!({"broken_when": {"status": 410}});
    assert_eq!(judged(broken.clone(), page(410, "")).state, State::Broken);
    assert_eq!(judged(broken, page(503, "")).state, State::NotYet);
}

#[test]
fn no_answer_waits_and_no_name_is_unobserved() {
    let refused = Err(FetchError::NoAnswer(
        "Connection refused (os error 111)".into(),
    ));
    assert_eq!(judged(json!({}), refused).state, State::NotYet);
    let finding = judged(json!({}), Err(FetchError::TimedOut));
    assert_eq!(
        (finding.state, &*finding.headline),
        (
            State::NotYet,
            "http://shop.example.com/health did not answer within 5s"
        )
    );
    let unresolved = Err(FetchError::NameNotFound("no such host".into()));
    assert_eq!(judged(json!({}), unresolved).state, State::Unobserved);
}

#[test]
fn mistakes_are_told_when_the_suite_is_read() {
    for wrong in [
        json!({"url": "shop"}),
        json!({"url": "ftp://x/"}),
        json!({"expect": {"staus": 200}}),
    ] {
        let mut fields = json!({"url": "http://x/"});
        fields
            .as_object_mut()
            .expect("a map")
            .extend(wrong.as_object().expect("a map").clone());
        assert!(
            serde_json::from_value::<Responds>(fields).is_err(),
            "{wrong}"
        );
    }
    let fields = Located::text("");
    assert_eq!(check(json!({"method": "GE T"})).mistakes(&fields).len(), 1);
    assert_eq!(check(json!({"broken_when": {}})).mistakes(&fields).len(), 1);
    assert_eq!(
        check(json!({"headers": {"a b": "c"}}))
            .mistakes(&fields)
            .len(),
        1
    );
}
