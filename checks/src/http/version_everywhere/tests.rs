//! The judge of `http.version-everywhere`, with literal facts.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::contract::{Body, Content, Seen, Source, State};
use crate::reads::Page;

fn check(more: Value) -> VersionEverywhere {
    let mut fields = json!({"url": "http://shop.example.com/version", "expect": "41ab9fe"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn told_version(version: &str) -> Result<Page, FetchError> {
    Ok(Page {
        status: 200,
        body: format!(r#"{{"commit": "{version}"}}"#),
        headers: vec![("x-version".into(), version.into())],
        address: Some("10.0.0.7:443".parse().expect("an address")),
        ..Page::default()
    })
}

fn judged(more: Value, answers: Vec<Result<Page, FetchError>>) -> Finding {
    let seen = |value| Seen {
        value,
        source: Source {
            call: "GET".into(),
            resource: "/version".into(),
            request_id: None,
        },
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    let answers = Answers {
        all: answers
            .into_iter()
            .map(|answer| (None, seen(answer)))
            .collect(),
        passed_over: Vec::new(),
        within: Duration::from_secs(5),
    };
    check(more).judge(&Outside, &answers)
}

fn json_path() -> Value {
    json!({"json": "$.commit"})
}

#[test]
fn all_answers_of_the_version_hold_wherever_it_stands() {
    let all = || vec![told_version("41ab9fe0c3"), told_version("41ab9fe0c3")];
    for place in [
        json_path(),
        json!({"header": "X-Version"}),
        json!({"regex": "commit\": \"(\\w+)"}),
    ] {
        let finding = judged(place, all());
        assert_eq!(finding.state, State::Holds, "{}", finding.headline);
        assert_eq!(
            finding.headline,
            "2 of 2 answers of http://shop.example.com/version came from 41ab9fe0c3, expected 41ab9fe"
        );
    }
    let same = judged(json_path(), vec![told_version("41ab9fe")]);
    assert!(
        same.headline.ends_with(" came from 41ab9fe"),
        "{}",
        same.headline
    );
}

#[test]
fn a_number_that_begins_with_the_expected_one_is_another_version() {
    let build = json!({"json": "$.commit", "expect": "1234567"});
    let finding = judged(build, vec![told_version("12345678")]);
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
    assert!(
        finding
            .headline
            .ends_with("another version than 1234567: 1 from 12345678"),
        "{}",
        finding.headline
    );
}

#[test]
fn many_versions_are_told_by_the_most_frequent() {
    let mut answers: Vec<_> = (0..60)
        .map(|number| told_version(&format!("2025-11-18T23:50:{number:02}")))
        .collect();
    answers.push(told_version(&"x".repeat(1000)));
    answers.extend(vec![told_version("0ldc0de"); 2]);
    let finding = judged(json_path(), answers);
    assert!(
        finding.headline.ends_with(
            ": 2 from 0ldc0de, 1 from 2025-11-18T23:50:00, 1 from 2025-11-18T23:50:01 and 59 more versions"
        ),
        "{}",
        finding.headline
    );
    let Body::Table { title, rows, .. } = &finding.evidence[0].body else {
        panic!("{:?}", finding.evidence);
    };
    assert_eq!(
        (title.as_str(), rows.len()),
        ("the first 50 of 62 versions of 63 answers", 50)
    );
    let long = judged(json_path(), vec![told_version(&"x".repeat(1000))]);
    assert!(long.headline.len() < 200, "{}", long.headline);
}

#[test]
fn an_answer_that_waiting_cannot_mend_is_broken() {
    let withdrawn =
        || json!({"json": "$.commit", "broken_when": {"json": {"$.commit": "0ldc0de"}}});
    let mut answers = vec![told_version("41ab9fe"); 2];
    answers.push(told_version("0ldc0de"));
    let finding = judged(withdrawn(), answers);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Broken,
            "1 of 3 answers of http://shop.example.com/version are `broken_when`, the first with status 200"
        )
    );
    assert!(finding.evidence.len() > 1, "the answer, and the versions");
    let other = judged(withdrawn(), vec![told_version("0lderc0de")]);
    assert_eq!(other.state, State::NotYet);
}

#[test]
fn what_there_was_no_time_for_is_not_known() {
    let late = || Err(FetchError::NoTime);
    let finding = judged(json_path(), vec![told_version("41ab9fe"), late(), late()]);
    assert_eq!(finding.state, State::Unobserved);
    assert!(
        finding
            .headline
            .ends_with("2 of 3 requests to http://shop.example.com/version got no version: 5s were too short for all of them"),
        "{}",
        finding.headline
    );
    let refused = Err(Unreached::NoAnswer("Connection refused".into()).into());
    let finding = judged(json_path(), vec![late(), refused]);
    assert_eq!(finding.state, State::NotYet, "what is known goes first");
}

#[test]
fn one_old_target_is_caught_and_counted() {
    let mut answers = vec![told_version("41ab9fe"); 17];
    answers.extend(vec![told_version("0ldc0de"); 3]);
    let finding = judged(json_path(), answers);
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "3 of 20 answers of http://shop.example.com/version came from another version than 41ab9fe: 3 from 0ldc0de"
    );
    let Body::Table { rows, .. } = &finding.evidence[0].body else {
        panic!("{:?}", finding.evidence);
    };
    assert_eq!(rows[0], ["41ab9fe", "17", "10.0.0.7"]);
    assert_eq!(rows[1], ["0ldc0de", "3", "10.0.0.7"]);
}

#[test]
fn what_tells_no_version_is_never_passed() {
    let versionless = || {
        Ok(Page {
            status: 200,
            body: "{}".into(),
            ..Page::default()
        })
    };
    let broken = || {
        Ok(Page {
            status: 503,
            ..Page::default()
        })
    };
    let finding = judged(json_path(), vec![told_version("41ab9fe"), versionless()]);
    assert_eq!(finding.state, State::Unobserved);
    assert!(
        finding.headline.ends_with(
            "1 of 2 answers of http://shop.example.com/version tell no version: nothing at $.commit"
        ) || finding.headline.starts_with("1 of 2 answers"),
        "{}",
        finding.headline
    );
    let finding = judged(
        json_path(),
        vec![told_version("41ab9fe"), broken(), versionless()],
    );
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding.headline.starts_with("1 of 3 requests")
            && finding.headline.ends_with("got no version: status 503"),
        "{}",
        finding.headline
    );
    let nameless = Err(Unreached::NameNotFound("no such host".into()).into());
    assert_eq!(judged(json_path(), vec![nameless]).state, State::Unobserved);
    let other = judged(json_path(), vec![told_version("0ldc0de"), versionless()]);
    assert_eq!(other.state, State::NotYet, "what is known goes first");
}

#[test]
fn exactly_one_place_of_the_version_is_meant() {
    let told = |names: &[&str], more: Value| -> Vec<String> {
        let entries = names
            .iter()
            .map(|name| (Located::text(*name), Located::text("x")));
        let fields = Located {
            content: Content::Map(entries.collect()),
            ..Located::text("")
        };
        let mistakes = check(more).mistakes(&fields);
        mistakes.into_iter().map(|fault| fault.message).collect()
    };
    assert_eq!(
        told(&["expect"], json!({})),
        ["nothing says where the version stands"]
    );
    assert_eq!(
        told(&["json", "header"], json!({"json": "$.v", "header": "x-v"})),
        ["`json` and `header` can't go together"]
    );
    assert_eq!(told(&["json"], json_path()), [""; 0]);
}
