//! Mistakes that are told when a suite is read.

use super::*;
use crate::contract::{Content, Place, read_fields};

/// A tree as it would have been read, at no particular place.
fn located(value: &Value) -> Located {
    let content = match value {
        Value::Object(entries) => Content::Map(
            entries
                .iter()
                .map(|(name, value)| (Located::text(name), located(value)))
                .collect(),
        ),
        Value::String(text) => return Located::text(text),
        other => return Located::text(other.to_string()),
    };
    Located {
        content,
        ..Located::text("")
    }
}

/// The mistakes of a check with these fields.
fn told(fields: Value) -> Vec<String> {
    let mistakes = check(fields.clone()).mistakes(&located(&fields));
    mistakes.into_iter().map(|fault| fault.message).collect()
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
fn an_address_is_of_the_version_that_is_wanted() {
    for (url, ip, told_of) in [
        ("http://shop.example.com/", 6, None),
        ("http://10.0.0.7/", 4, None),
        (
            "http://10.0.0.7/",
            6,
            Some("`10.0.0.7` is no address of IPv6"),
        ),
        (
            "http://[fd00::7]/",
            4,
            Some("`fd00::7` is no address of IPv4"),
        ),
    ] {
        let found = told(json!({"url": url, "ip": ip}));
        assert_eq!(found.first().map(String::as_str), told_of, "{url}");
    }
    let instead = json!({"connect_to": "10.0.0.7:80", "ip": 6});
    assert_eq!(told(instead), ["`10.0.0.7` is no address of IPv6"]);
}

#[test]
fn a_signature_is_for_a_service_and_makes_its_headers_itself() {
    let signed = |service: &str| json!({"aws": {"service": service}});
    assert!(told(json!({"auth": signed("lambda"), "headers": {"x-amz-target": "T"}})).is_empty());
    assert_eq!(told(json!({"auth": signed(" ")})), ["`service` is empty"]);
    assert_eq!(
        told(json!({"auth": signed("lambda"), "headers": {"Authorization": "x"}})),
        ["the signature makes the header `Authorization` itself"]
    );
}

#[test]
fn where_nothing_is_followed_nothing_leads_anywhere() {
    let way = json!({"ends_at": "https://x/", "redirected": 1});
    assert!(told(json!({"expect": way})).is_empty());
    assert_eq!(
        told(json!({"redirects": "keep", "expect": way, "broken_when": {"redirected": 3}})),
        [
            "`ends_at`, where no redirect is followed",
            "`redirected`, where no redirect is followed",
            "`redirected`, where no redirect is followed",
        ]
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
    let fast = || map(vec![("under", Located::text("5s"))]);
    assert_eq!(
        told("broken_when", fast()),
        ["`under` in `broken_when` is true of every answer that is fast"]
    );
    assert_eq!(told("expect", fast()), [""; 0]);
    let json = map(vec![("json", map(vec![("$.tags", map(vec![]))]))]);
    assert_eq!(told("expect", json), [""; 0]);
    let body = serde_json::from_value::<Expectation>(json!({"body": {}})).expect("one");
    assert!(body.is_empty());
}

#[test]
fn fields_that_contradict_each_other_are_mistakes() {
    assert_eq!(
        told(json!({"method": "POST", "body": "a", "json": {"a": 1}})),
        ["`body` and `json` can't go together"]
    );
    assert_eq!(
        told(json!({"ca_file": "a.pem", "insecure": true})),
        ["`ca_file` and `insecure` can't go together"]
    );
    assert_eq!(
        told(json!({"save": {"a": "$.a"}, "times": 3})),
        ["`save` and `times` can't go together"]
    );
    assert_eq!(
        told(json!({"url": "http://10.0.0.7/", "connect_to": "10.0.0.8"})),
        ["`connect_to` stands in for a name, and the host of `url` is an address"]
    );
    for wrong in [
        json!({"times": 0}),
        json!({"times": 1001}),
        json!({"connect_to": "a b"}),
        json!({"auth": {"digest": "x"}}),
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
}

#[test]
fn what_would_be_sent_otherwise_than_it_is_meant_is_a_mistake() {
    for (fields, mistake) in [
        (json!({"method": "post"}), "`post` is no HTTP method"),
        (json!({"json": {"a": 1}}), "`json` would be sent with GET"),
        (json!({"body": "a"}), "`body` would be sent with GET"),
        (
            json!({"body_file": "a"}),
            "`body_file` would be sent with GET",
        ),
        (json!({"auth": {"bearer": " "}}), "`bearer` is empty"),
        (
            json!({"expect": {"headers": {"x version": "2"}}}),
            "`x version` is no name of a header",
        ),
    ] {
        assert_eq!(told(fields), [mistake]);
    }
    for right in [
        json!({"method": "GET", "json": {"query": "all"}}),
        json!({"method": "PURGE"}),
        json!({"auth": {"bearer": "t0k3n"}}),
    ] {
        assert_eq!(told(right), [""; 0]);
    }
}

#[test]
fn one_mistake_is_told_once() {
    for (fields, mistake) in [
        (json!({"auth": {"basic": "u:p"}}), "u:p"),
        (json!({"save": {"run": "run_id"}}), "run_id"),
        (json!({"each": "task"}), "`http.every-task-responds`"),
    ] {
        let mut all = json!({"url": "http://shop.example.com/"});
        let known = all.as_object_mut().expect("a map");
        known.extend(fields.as_object().expect("a map").clone());
        let faults = read_fields::<Responds>(&placed(&located(&all), &mut 0));
        let faults = faults.expect_err("a mistake");
        let [fault] = &faults[..] else {
            panic!("{faults:#?}");
        };
        assert!(fault.message.contains(mistake), "{}", fault.message);
    }
}

/// The same, at places that are each other's as in a text.
fn placed(value: &Located, next: &mut usize) -> Located {
    let start = *next;
    *next += 1;
    let content = match &value.content {
        Content::Map(entries) => Content::Map(
            entries
                .iter()
                .map(|(key, value)| (placed(key, next), placed(value, next)))
                .collect(),
        ),
        other => other.clone(),
    };
    *next += 1;
    Located {
        place: Place { start, end: *next },
        content,
    }
}
