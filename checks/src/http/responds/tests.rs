//! The judge of `http.responds`, with literal facts.

mod artifact;
mod expected;
mod many;
mod mistakes;

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::contract::{Seen, Source, State};
use crate::http::judge::Answer;
use crate::reads::Page;

fn check(more: Value) -> Responds {
    let mut fields = json!({"url": "http://shop.example.com/health"});
    fields
        .as_object_mut()
        .expect("a map")
        .extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

/// Not yet, with what differs at the end of the headline; where nothing does, it holds.
#[track_caller]
fn assert_differs(finding: &Finding, told: Option<&str>) {
    let state = match told {
        Some(_) => State::NotYet,
        None => State::Holds,
    };
    assert_eq!(finding.state, state, "{}", finding.headline);
    assert!(
        finding.headline.ends_with(told.unwrap_or_default()),
        "{}",
        finding.headline
    );
}

fn judged(more: Value, answer: Result<Page, FetchError>) -> Finding {
    let source = Source {
        call: "GET".into(),
        resource: "/health".into(),
        request_id: None,
    };
    let at = "2025-11-18T23:50:00Z".parse().expect("a time");
    let answer = Seen {
        value: answer,
        source,
        at,
    };
    check(more).judge(&Outside, &answers(vec![(None, answer)]))
}

fn answers(all: Vec<(Option<IpAddr>, Answer)>) -> Answers {
    Answers {
        all,
        passed_over: Vec::new(),
        within: Duration::from_secs(5),
    }
}

fn page(status: u16, body: &str) -> Result<Page, FetchError> {
    Ok(Page {
        url: "http://shop.example.com/health".into(),
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.into(),
        took: Duration::from_millis(40),
        ..Page::default()
    })
}

#[test]
fn what_is_sent_under_a_secret_name_is_secret() {
    let sent = check(json!({
        "url": "https://ci:hunter2@shop.example.com/?token=a%2Bb&page=2",
        "headers": {
            "Authorization": "Bearer abc",
            "Cookie": "sid=123; theme=dark",
            "x-api-key": "true",
            "accept": "text/html"
        }
    }));
    let mut secrets = sent.secrets();
    secrets.sort_unstable();
    assert_eq!(
        secrets,
        [
            "123",
            "Bearer abc",
            "a+b",
            "abc",
            "dark",
            "hunter2",
            "sid=123; theme=dark",
            "theme=dark"
        ]
    );
    let debug = format!("{sent:?}");
    assert!(
        !debug.contains("abc") && !debug.contains("hunter2"),
        "{debug}"
    );
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
    let refused = Unreached::NoAnswer("Connection refused (os error 111)".into());
    let refused = Err(refused.into());
    assert_eq!(judged(json!({}), refused).state, State::NotYet);
    let finding = judged(json!({}), Err(Unreached::TimedOut.into()));
    assert_eq!(
        (finding.state, &*finding.headline),
        (
            State::NotYet,
            "http://shop.example.com/health did not answer within 5s"
        )
    );
    let unresolved = Err(Unreached::NameNotFound("no such host".into()).into());
    assert_eq!(judged(json!({}), unresolved).state, State::Unobserved);
}

/// An answer of which only the beginning was read.
fn long(status: u16) -> Result<Page, FetchError> {
    let page = page(status, "the beginning").expect("a page");
    Ok(Page {
        truncated: true,
        ..page
    })
}

#[test]
fn what_may_stand_in_the_unread_part_is_unobserved() {
    let unobserved = |more: Value, what: &str| {
        let finding = judged(more, long(200));
        assert_eq!(finding.state, State::Unobserved, "{}", finding.headline);
        let end = format!("longer than 1 MiB, and {what} is not in what was read");
        assert!(finding.headline.ends_with(&end), "{}", finding.headline);
        assert!(finding.hint.is_some());
    };
    unobserved(json!({"expect": {"body": {"contains": "end"}}}), "`end`");
    unobserved(json!({"expect": {"body": {"regex": "e.d"}}}), "/e.d/");
    unobserved(json!({"expect": {"json": {"$.a": 1}}}), "JSON");
    let broken = json!({"broken_when": {"body": {"contains": "end"}}});
    unobserved(broken, "what `broken_when` names");

    let begins = json!({"expect": {"body": {"contains": "beginning"}}});
    assert_eq!(judged(begins, long(200)).state, State::Holds);
    let other = json!({"expect": {"body": {"contains": "end"}}});
    let finding = judged(other, long(503));
    assert_eq!(finding.state, State::NotYet, "a wrong status stays wrong");
    assert!(
        finding.headline.contains("status 503"),
        "{}",
        finding.headline
    );
}

#[test]
fn a_request_that_can_never_be_sent_settles() {
    let finding = judged(
        json!({}),
        Err(Unreached::Unsendable("no TLS".into()).into()),
    );
    assert_eq!((finding.state, finding.lasting), (State::Unobserved, true));
}

#[test]
fn who_asks_is_never_shown() {
    for auth in [
        json!({"basic": {"user": "ci", "password": "hunter2"}}),
        json!({"bearer": "hunter2"}),
    ] {
        let check = check(json!({ "auth": auth }));
        assert_eq!(check.secrets(), ["hunter2"]);
        assert!(!format!("{check:?}").contains("hunter2"));
    }
}
