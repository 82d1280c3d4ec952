//! The judge of `tcp.accepts`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Content, Source, State};

fn judged(more: Value, answer: Result<TcpAnswer, Unreached>) -> Finding {
    let mut fields = json!({"address": "cache.internal:6379"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    let check: Accepts = serde_json::from_value(fields).expect("a check");
    let answer = Seen {
        value: answer,
        source: Source {
            call: "TCP".into(),
            resource: "cache.internal:6379".into(),
            request_id: None,
        },
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    let within = Duration::from_secs(5);
    check.judge(&Outside, &Facts { answer, within })
}

fn answered(received: &str, ended: Option<Ended>) -> Result<TcpAnswer, Unreached> {
    Ok(TcpAnswer {
        address: "10.0.0.7:6379".into(),
        accepted_after: Duration::from_millis(12),
        received: received.into(),
        ended,
    })
}

#[test]
fn a_port_that_accepts_holds_and_with_an_answer_where_one_is_expected() {
    let finding = judged(json!({}), answered("", None));
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (State::Holds, "cache.internal:6379 accepts, after 12ms")
    );
    let expect = || json!({"send": "PING\r\n", "expect": "^[+]PONG"});
    assert_eq!(
        judged(expect(), answered("+PONG\r\n", None)).state,
        State::Holds
    );
    for (received, ended, told) in [
        ("-NOAUTH\r\n", None, "answers 9 other bytes"),
        (
            "",
            Some(Ended::Closed),
            "ends the connection without a word",
        ),
        (
            "",
            Some(Ended::Broke("Connection reset by peer".into())),
            "breaks the connection off (Connection reset by peer)",
        ),
        ("", None, "says nothing within 5s"),
    ] {
        let finding = judged(expect(), answered(received, ended));
        assert_eq!(finding.state, State::NotYet);
        assert!(finding.headline.contains(told), "{}", finding.headline);
        let shows_them = finding.hint.is_some_and(|hint| hint.contains("below"));
        assert_eq!(shows_them, !received.is_empty(), "{told}");
    }
}

#[test]
fn silence_is_no_answer_whatever_is_expected() {
    let finding = judged(json!({"expect": ".*"}), answered("", None));
    assert_eq!(finding.state, State::NotYet);
    for (expect, is_mistake) in [
        (".*", true),
        ("^$", true),
        ("x?", true),
        ("^[+]PONG", false),
    ] {
        let check: Accepts =
            serde_json::from_value(json!({"address": "a:1", "expect": expect})).expect("a check");
        let mistakes = check.mistakes(&Located::text(""));
        assert_eq!(mistakes.len(), usize::from(is_mistake), "{expect}");
    }
}

#[test]
fn what_can_not_be_reached_waits_unless_there_is_no_name() {
    let refused = Unreached::NoAnswer("Connection refused".into());
    assert_eq!(judged(json!({}), Err(refused)).state, State::NotYet);
    assert_eq!(
        judged(json!({}), Err(Unreached::TimedOut)).state,
        State::NotYet
    );
    let nameless = Unreached::NameNotFound("no such host".into());
    assert_eq!(judged(json!({}), Err(nameless)).state, State::Unobserved);
    let unsendable = Unreached::Unsendable("ca.pem can't be read".into());
    let finding = judged(json!({}), Err(unsendable));
    assert_eq!((finding.state, finding.lasting), (State::Unobserved, true));
}

#[test]
fn an_address_names_its_port() {
    let mistakes = |fields_of: Value| {
        let written = fields_of.as_object().expect("a map");
        let entries = written.keys();
        let entries = entries.map(|name| (Located::text(name), Located::text("")));
        let fields = Located {
            content: Content::Map(entries.collect()),
            ..Located::text("")
        };
        let check: Accepts = serde_json::from_value(fields_of).expect("a check");
        check.mistakes(&fields).len()
    };
    assert_eq!(mistakes(json!({"address": "cache.internal"})), 1);
    assert_eq!(
        mistakes(json!({"address": "cache.internal:1", "ca_file": "a.pem"})),
        1
    );
    assert_eq!(
        mistakes(json!({"address": "cache.internal:1", "ca_file": "a.pem", "tls": true})),
        0
    );
    assert_eq!(
        mistakes(json!({"address": "cache.internal:1", "cert_file": "a.pem", "tls": true})),
        1
    );
}
