//! The judge of `tcp.accepts`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Content, Source, State};
use crate::reads::Ended;

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
        received: vec![received.into()],
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
        ("-NOAUTH\r\n", None, "answers `-NOAUTH`, expected /"),
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

fn taken(received: &[&str], ended: Option<Ended>) -> Result<TcpAnswer, Unreached> {
    let answer = answered("", ended).expect("an answer");
    Ok(TcpAnswer {
        received: received.iter().map(|text| (*text).to_owned()).collect(),
        ..answer
    })
}

#[test]
fn the_first_turn_that_is_not_answered_is_told_with_what_came_instead() {
    let turns = || {
        json!({"turns": [
            {"expect": "^220 "},
            {"send": "EHLO me\r\n", "expect": "^250 "},
            {"send": "QUIT\r\n"},
        ]})
    };
    let broke = || Some(Ended::Broke("Broken pipe".into()));
    let (greets, hello) = ("220 mail\r\n", "250-SIZE\r\n250 DSN\r\n");
    for (received, ended, state, headline) in [
        (
            &[greets, hello, ""][..],
            None,
            State::Holds,
            "accepts, after 12ms, and answers as expected in 3 turns",
        ),
        (
            &["SSH-2.0-OpenSSH\r\n"],
            None,
            State::NotYet,
            "accepts, and in turn 1 of 3 answers `SSH-2.0-OpenSSH`, expected /^220 /",
        ),
        (
            &[greets, "500 what?\r\n\r\n"],
            Some(Ended::Closed),
            State::NotYet,
            "accepts, and in turn 2 of 3 answers `500 what?`, expected /^250 /",
        ),
        (
            &[greets, ""],
            None,
            State::NotYet,
            "accepts, and in turn 2 of 3 says nothing within 5s, expected /^250 /",
        ),
        (
            &[greets, hello, ""],
            broke(),
            State::NotYet,
            "accepts, and in turn 3 of 3 breaks the connection off (Broken pipe)",
        ),
    ] {
        let finding = judged(turns(), taken(received, ended));
        let told = format!("cache.internal:6379 {headline}");
        assert_eq!((finding.state, finding.headline), (state, told));
        assert_eq!(finding.hint.is_some(), state == State::NotYet);
    }
}

#[test]
fn both_sides_are_shown_in_order_with_what_was_listened_for_marked() {
    let turns = json!({"turns": [{"expect": "^220 "}, {"send": "EHLO me\r\n", "expect": "^250 "}]});
    let closed = Some(Ended::Closed);
    let finding = judged(
        turns,
        taken(&["220-hi\r\n220 mail\r\n", "421 bye\r\n"], closed),
    );
    let Body::Excerpt { title, lines, .. } = &finding.evidence[0].body else {
        panic!("{:?}", finding.evidence);
    };
    assert_eq!(title, "conversation with 10.0.0.7:6379");
    let lines: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.origin.as_deref(),
                line.text.as_str(),
                line.matched.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (Some("received"), "220-hi", None),
            (Some("received"), "220 mail", Some("220 ")),
            (Some("sent"), "EHLO me", None),
            (Some("received"), "421 bye", None),
            (Some("ended"), "closed by the server", None),
        ]
    );
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

/// The mistakes of a check of these fields, as they would be written.
fn mistakes(fields_of: Value) -> Vec<String> {
    let fields = located(&fields_of);
    let check: Accepts = serde_json::from_value(fields_of).expect("a check");
    let mistakes = check.mistakes(&fields).into_iter();
    mistakes.map(|fault| fault.message).collect()
}

fn located(value: &Value) -> Located {
    let content = match value {
        Value::Object(entries) => Content::Map(
            entries
                .iter()
                .map(|(key, value)| (Located::text(key), located(value)))
                .collect(),
        ),
        Value::Array(items) => Content::List(items.iter().map(located).collect()),
        Value::String(text) => return Located::text(text),
        other => return Located::text(other.to_string()),
    };
    Located {
        content,
        ..Located::text("")
    }
}

#[test]
fn fields_that_say_nothing_or_contradict_each_other_are_mistakes() {
    let with = |more: Value| {
        let mut fields = json!({"address": "mail:25"});
        let known = fields.as_object_mut().expect("a map");
        known.extend(more.as_object().expect("a map").clone());
        mistakes(fields)
    };
    for (fields, told) in [
        (
            json!({"ca_file": "a.pem"}),
            "`ca_file` is for a server with TLS",
        ),
        (
            json!({"server_name": "mail"}),
            "`server_name` is for a server with TLS",
        ),
        (
            json!({"tls": true, "cert_file": "a.pem"}),
            "`cert_file` goes together with `key_file`",
        ),
        (json!({"turns": []}), "`turns` is empty"),
        (
            json!({"turns": [{}]}),
            "the turn says nothing and listens for nothing",
        ),
        (
            json!({"turns": [{"expect": ".*"}]}),
            "/.*/ would match silence, too",
        ),
        (json!({"turns": [{"send": ""}]}), "`send` is empty"),
        (
            json!({"send": "a", "turns": [{"expect": "b"}]}),
            "`send` and `turns` can't go together",
        ),
        (
            json!({"turns": [{"send": "STARTTLS", "starttls": true}]}),
            "TLS begins once the server has agreed, and its answer is not listened for",
        ),
        (
            json!({"tls": true, "starttls": "smtp"}),
            "TLS would begin twice",
        ),
        (
            json!({"starttls": "smtp", "turns": [{"expect": "b", "starttls": true}]}),
            "TLS would begin twice",
        ),
        (
            json!({"address": "10.0.0.7:25", "ip": 6}),
            "`10.0.0.7` is no address of IPv6",
        ),
        (json!({"address": "mail"}), "`mail` names no port"),
    ] {
        assert_eq!(with(fields.clone()), [told], "{fields}");
    }
    for fields in [
        json!({"tls": true, "ca_file": "a.pem", "server_name": "mail", "ip": 4}),
        json!({"starttls": "imap", "insecure": true}),
        json!({"turns": [{"starttls": true}], "ca_file": "a.pem"}),
    ] {
        assert_eq!(with(fields.clone()), [""; 0], "{fields}");
    }
}
