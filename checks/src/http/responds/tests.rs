//! The judge of `http.responds`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Content, Source, State};

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
    assert_eq!(
        check(json!({"headers": {"a b": "c"}}))
            .mistakes(&fields)
            .len(),
        1
    );
}

#[test]
fn what_says_nothing_is_a_mistake() {
    let map = |entries: Vec<(&str, Located)>| Located {
        content: Content::Map(
            entries
                .into_iter()
                .map(|(name, value)| (Located::text(name), value))
                .collect(),
        ),
        ..Located::text("")
    };
    let told = |name: &str, value: Located| -> Vec<String> {
        let mistakes = check(json!({})).mistakes(&map(vec![(name, value)]));
        mistakes.into_iter().map(|fault| fault.message).collect()
    };
    for name in ["expect", "broken_when"] {
        assert_eq!(told(name, map(vec![])), [format!("`{name}` is empty")]);
        for part in ["body", "json", "headers", "cookies"] {
            let empty = map(vec![(part, map(vec![])), ("status", Located::text("410"))]);
            assert_eq!(told(name, empty), [format!("`{part}` is empty")]);
        }
        let text = map(vec![("body", map(vec![("contains", Located::text(""))]))]);
        assert_eq!(told(name, text), ["`contains` is empty"]);
    }
    let json = map(vec![("json", map(vec![("$.tags", map(vec![]))]))]);
    assert_eq!(told("expect", json), [""; 0]);
    let body = serde_json::from_value::<Expectation>(json!({"body": {}})).expect("one");
    assert!(body.is_empty());
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
    let finding = judged(json!({}), Err(FetchError::Unsendable("no TLS".into())));
    assert_eq!((finding.state, finding.lasting), (State::Unobserved, true));
}

#[test]
fn headers_are_compared_as_the_suite_says() {
    let answer = || {
        let page = page(200, "").expect("a page");
        let headers = [
            ("vary", "accept"),
            ("vary", "origin"),
            ("x-version", "2.4.0"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Page {
            headers: headers.to_vec(),
            ..page
        })
    };
    for (header, told) in [
        (json!({"X-Version": "2.4"}), None),
        (
            json!({"x-version": {"equals": "2.4"}}),
            Some("header x-version 2.4.0, expected `2.4`"),
        ),
        (
            json!({"x-version": {"equals": "2.4.0", "regex": "^2[.]"}}),
            None,
        ),
        (
            json!({"x-version": {"regex": "^3"}}),
            Some("header x-version 2.4.0, expected /^3/"),
        ),
        (json!({"vary": {"equals": "origin"}}), None),
        (
            json!({"vary": "cookie"}),
            Some("header vary accept, origin, expected cookie"),
        ),
        (json!({"x-debug": {"absent": true}}), None),
        (
            json!({"x-version": {"absent": true}}),
            Some("header x-version 2.4.0, expected none"),
        ),
    ] {
        let finding = judged(json!({"expect": {"headers": header}}), answer());
        let state = if told.is_some() {
            State::NotYet
        } else {
            State::Holds
        };
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(
            finding.headline.ends_with(told.unwrap_or_default()),
            "{}",
            finding.headline
        );
    }
}

#[test]
fn cookies_are_compared_and_their_values_never_told() {
    let set = "session=s3cr3t-value; Path=/; HttpOnly; Secure; SameSite=Lax";
    let answer = || {
        let page = page(200, "").expect("a page");
        let headers = vec![("set-cookie".to_owned(), set.to_owned())];
        Ok(Page { headers, ..page })
    };
    for (cookie, told) in [
        (
            json!({"session": {"secure": true, "http_only": true, "same_site": "lax", "path": "/"}}),
            None,
        ),
        (json!({"session": "value"}), None),
        (
            json!({"session": {"same_site": "Strict"}}),
            Some("SameSite=Lax, expected SameSite=strict"),
        ),
        (
            json!({"session": {"secure": false}}),
            Some("cookie session Secure, expected not Secure"),
        ),
        (
            json!({"session": {"domain": "a.example"}}),
            Some("no Domain, expected Domain=a.example"),
        ),
        (
            json!({"session": {"equals": "other"}}),
            Some("cookie session a value of 12 characters, expected `other`"),
        ),
        (
            json!({"session": {"absent": true}}),
            Some("a value of 12 characters, expected none"),
        ),
        (
            json!({"theme": {"regex": "d"}}),
            Some("cookie theme not set, expected /d/"),
        ),
        (json!({"theme": {"absent": true}}), None),
    ] {
        let finding = judged(json!({"expect": {"cookies": cookie}}), answer());
        let state = if told.is_some() {
            State::NotYet
        } else {
            State::Holds
        };
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(
            finding.headline.ends_with(told.unwrap_or_default()),
            "{}",
            finding.headline
        );
        assert!(!format!("{finding:?}").contains("s3cr3t"), "{finding:?}");
    }
    let header = json!({"expect": {"headers": {"set-cookie": "other"}}});
    let told = format!("{:?}", judged(header, answer()));
    assert!(!told.contains("s3cr3t"), "{told}");
}

#[test]
fn a_body_is_searched_for_what_must_and_what_must_not_be_there() {
    for (body, told) in [
        (
            json!({"contains": ["cloud", "latest"], "regex": "c.*t"}),
            None,
        ),
        (
            json!({"contains": ["cloud", "5421"]}),
            Some("body not in its 12 bytes, expected `5421`"),
        ),
        (json!({"not_contains": "error"}), None),
        (
            json!({"not_contains": ["error", "late"]}),
            Some("body `late` at byte 6, expected no `late`"),
        ),
        (
            json!({"not_regex": "l[ao]"}),
            Some("body `lo` at byte 1, expected no /l[ao]/"),
        ),
        (json!({"equals": "cloud-latest"}), None),
        (
            json!({"equals": "OK"}),
            Some("body `cloud-latest`, expected `OK`"),
        ),
    ] {
        let finding = judged(json!({"expect": {"body": body}}), page(200, "cloud-latest"));
        let state = if told.is_some() {
            State::NotYet
        } else {
            State::Holds
        };
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(
            finding.headline.ends_with(told.unwrap_or_default()),
            "{}",
            finding.headline
        );
    }
    let absent = judged(
        json!({"expect": {"body": {"not_contains": "end"}}}),
        long(200),
    );
    assert_eq!(absent.state, State::Unobserved, "the rest was not read");
}

#[test]
fn what_was_looked_for_is_quoted_with_its_place() {
    let body = format!("{}entities: 5421", "line\n".repeat(50));
    let expect = json!({"expect": {"body": {"contains": "5421"}}});
    let finding = judged(expect, page(200, &body));
    let Some(Body::Excerpt { lines, omitted, .. }) = finding.evidence.last().map(|last| &last.body)
    else {
        panic!("{finding:?}");
    };
    assert_eq!((lines.len(), *omitted), (1, 50));
    assert_eq!(lines[0].origin.as_deref(), Some("line 51"));
    assert_eq!(lines[0].matched.as_deref(), Some("5421"));
}
