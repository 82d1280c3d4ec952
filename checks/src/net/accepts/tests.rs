//! The judge of `tcp.accepts`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};

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

fn answered(received: &str, closed: bool) -> Result<TcpAnswer, Unreached> {
    Ok(TcpAnswer {
        address: "10.0.0.7:6379".into(),
        accepted_after: Duration::from_millis(12),
        received: received.into(),
        closed,
    })
}

#[test]
fn a_port_that_accepts_holds_and_with_an_answer_where_one_is_expected() {
    let finding = judged(json!({}), answered("", false));
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (State::Holds, "cache.internal:6379 accepts, after 12ms")
    );
    let expect = || json!({"send": "PING\r\n", "expect": "^[+]PONG"});
    assert_eq!(
        judged(expect(), answered("+PONG\r\n", false)).state,
        State::Holds
    );
    for (received, closed, told) in [
        ("-NOAUTH\r\n", false, "answers 9 other bytes"),
        ("", true, "ends the connection without a word"),
        ("", false, "says nothing within 5s"),
    ] {
        let finding = judged(expect(), answered(received, closed));
        assert_eq!(finding.state, State::NotYet);
        assert!(finding.headline.contains(told), "{}", finding.headline);
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
    let fields = Located::text("");
    let mistakes = |fields_of: Value| {
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
}
