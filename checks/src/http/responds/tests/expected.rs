//! Headers, cookies and bodies, held against what is expected of them.

use super::*;
use crate::contract::Body;

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
