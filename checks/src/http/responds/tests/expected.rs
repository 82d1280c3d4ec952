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
        assert_differs(&finding, told);
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
        assert_differs(&finding, told);
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
        assert_differs(&finding, told);
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

#[test]
fn a_body_that_is_compressed_unasked_is_told_and_not_searched() {
    let answer = || {
        let page = page(200, "\u{1f}\u{fffd}\u{8}").expect("a page");
        let headers = vec![("content-encoding".to_owned(), "gzip".to_owned())];
        Ok(Page { headers, ..page })
    };
    for expect in [
        json!({"json": {"$.entities": 5421}}),
        json!({"body": {"not_contains": "error"}}),
    ] {
        let finding = judged(json!({ "expect": expect }), answer());
        assert_eq!(finding.state, State::NotYet);
        assert!(
            finding.headline.ends_with(
                "answered with body compressed (gzip), expected a text that is not compressed"
            ),
            "{}",
            finding.headline
        );
        assert!(
            finding
                .hint
                .is_some_and(|hint| hint.contains("`accept-encoding`"))
        );
        let shown = format!("{:?}", finding.evidence.last());
        assert!(shown.contains("(compressed by gzip)"), "{shown}");
    }
    assert_eq!(judged(json!({}), answer()).state, State::Holds);
}

#[test]
fn what_differs_has_a_next_step() {
    for (expect, answer, told) in [
        (json!({}), page(503, ""), "`elb.targets-healthy`"),
        (
            json!({"json": {"$.a": 1}}),
            page(200, "<html>"),
            "instead of JSON",
        ),
        (
            json!({"body": {"contains": "cloud"}}),
            page(200, "old"),
            "`ecs.old-tasks-gone`",
        ),
        (
            json!({"headers": {"x-version": "2"}}),
            page(200, ""),
            "`curl -i`",
        ),
        (json!({"under": "1ms"}), page(200, ""), "`first byte`"),
    ] {
        let hint = judged(json!({ "expect": expect }), answer).hint;
        let hint = hint.expect("a next step");
        assert!(hint.contains(told), "{hint}");
    }
}

#[test]
fn cookies_are_kept_as_browsers_keep_them() {
    let judged = |set: &[&str], cookie: Value| {
        let page = page(200, "").expect("a page");
        let headers = set.iter();
        let headers = headers.map(|set| ("set-cookie".to_owned(), (*set).to_owned()));
        let headers = headers.collect();
        let expect = json!({"expect": {"cookies": {"session": cookie}}});
        judged(expect, Ok(Page { headers, ..page }))
    };
    let two = ["session=a; Path=/admin", "session=b; Path=/"];
    for (set, cookie) in [
        (&two[..], json!({"equals": "a", "path": "/admin"})),
        (&two[..], json!({"equals": "b", "path": "/"})),
        (
            &["session=a; Domain=.Example.com"][..],
            json!({"domain": "example.com"}),
        ),
        (
            &["session=a; Max-Age=86400"][..],
            json!({"valid_for": "1d"}),
        ),
        (
            &["session=a; Expires=Wed, 19 Nov 2025 23:50:00 GMT"][..],
            json!({"valid_for": "24h"}),
        ),
    ] {
        let finding = judged(set, cookie);
        assert_eq!(finding.state, State::Holds, "{}", finding.headline);
    }
    for (set, cookie, told) in [
        (
            &["session=a; Path=/Admin"][..],
            json!({"path": "/admin"}),
            "Path=/Admin, expected Path=/admin",
        ),
        (
            &["session=a; Path=/", "session=b; Path=/"][..],
            json!({"equals": "a"}),
            "a value of 1 characters, expected `a`",
        ),
        (
            &two[..],
            json!({"equals": "b", "path": "/admin"}),
            "expected",
        ),
        (
            &["session=a; Max-Age=60; Expires=Wed, 19 Nov 2025 23:50:00 GMT"][..],
            json!({"valid_for": "1h"}),
            "valid for 1m, expected valid for at least 1h",
        ),
        (
            &["session=a; Expires=Thu, 01-Jan-1970 00:00:00 GMT"][..],
            json!({"valid_for": "1h"}),
            "ended already, expected valid for at least 1h",
        ),
        (
            &["session=a"][..],
            json!({"valid_for": "1h"}),
            "valid until the browser ends, expected valid for at least 1h",
        ),
    ] {
        let finding = judged(set, cookie);
        assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
        assert!(finding.headline.contains(told), "{}", finding.headline);
    }
}
