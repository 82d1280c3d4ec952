//! The judge of `websocket.exchange`, with literal facts.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::contract::{Body, Source, State};
use crate::reads::Unreached;
use crate::reads::websocket::{Awaited, End, Message};

fn check(more: Value) -> Exchanged {
    let mut fields = json!({"url": "wss://swarm.example.com/ws"});
    let fields_of = fields.as_object_mut().expect("a map");
    fields_of.extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn at() -> Timestamp {
    "2025-11-18T23:50:00Z".parse().expect("a time")
}

fn judged(more: Value, answer: Result<Exchange, ExchangeError>) -> Finding {
    let source = Source {
        call: "WebSocket".into(),
        resource: "wss://swarm.example.com/ws".into(),
        request_id: None,
    };
    let exchange = Seen {
        value: answer,
        source,
        at: at(),
    };
    let within = Duration::from_secs(5);
    check(more).judge(&Outside, &Facts { exchange, within })
}

fn exchange(received: &[&str], end: End) -> Result<Exchange, ExchangeError> {
    let message = |text: &&str| Message {
        at: at(),
        received: true,
        turn: 0,
        text: (*text).into(),
    };
    Ok(Exchange {
        subprotocol: None,
        messages: received.iter().map(message).collect(),
        begun: 1,
        unsent: 0,
        end,
        took: Duration::from_millis(120),
    })
}

const ITEM: &str = r#"{"type": "item"}"#;

fn three_items() -> Value {
    json!({"expect": [{"json": {"$.type": "item"}, "count": 3}]})
}

#[test]
fn a_count_is_exact() {
    for (items, end, state, told) in [
        (
            3,
            End::Enough,
            State::Holds,
            "wss://swarm.example.com/ws answered in 120ms with 3 like $.type = \"item\"",
        ),
        (3, End::Closed(None), State::Holds, "answered in 120ms"),
        (
            3,
            End::Broke("reset".into()),
            State::Holds,
            "answered in 120ms",
        ),
        (
            3,
            End::TimedOut,
            State::NotYet,
            "all as expected, but not for 1s after them whether more follow",
        ),
        (
            2,
            End::TimedOut,
            State::NotYet,
            "sent 2 messages within 5s: 2 like $.type = \"item\", expected 3",
        ),
        (
            4,
            End::Enough,
            State::NotYet,
            "sent 4 messages: 4 like $.type = \"item\", expected 3",
        ),
        (
            1,
            End::Closed(Some((1011, "no model".into()))),
            State::NotYet,
            "sent 1 message and closed the connection (1011 no model): 1 like",
        ),
        (
            0,
            End::Broke("reset".into()),
            State::NotYet,
            "sent 0 messages until the connection broke (reset): 0 like",
        ),
        (
            2,
            End::TooMuch,
            State::Unobserved,
            "sent more than 1000 messages",
        ),
    ] {
        let finding = judged(three_items(), exchange(&vec![ITEM; items], end));
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(finding.headline.contains(told), "{}", finding.headline);
        assert!(finding.state == State::Holds || finding.hint.is_some());
    }
}

#[test]
fn what_was_not_taken_was_not_exchanged() {
    let sending = json!({"send": ["a", "b", "c"], "expect": [{"contains": "item"}]});
    let taken = |unsent| {
        let mut exchange = exchange(&[ITEM], End::Broke("Broken pipe".into())).expect("one");
        exchange.unsent = unsent;
        judged(sending.clone(), Ok(exchange))
    };
    assert_eq!(taken(0).state, State::Holds);
    let finding = taken(2);
    assert_eq!(finding.state, State::NotYet);
    let told = "until the connection broke (Broken pipe), but took only 1 of 3 messages";
    assert!(finding.headline.ends_with(told), "{}", finding.headline);
}

#[test]
fn one_is_enough_unless_more_are_asked_for_and_none_may_be_wanted() {
    let said = |statement: Value, received: &[&str]| {
        judged(
            json!({"expect": [statement]}),
            exchange(received, End::Enough),
        )
        .state
    };
    assert_eq!(
        said(json!({"contains": "do"}), &["done", "done"]),
        State::Holds
    );
    assert_eq!(
        said(json!({"contains": "do", "at_least": 2}), &["done"]),
        State::NotYet
    );
    assert_eq!(
        said(json!({"regex": "^d.n", "contains": "x"}), &["done"]),
        State::NotYet
    );
    assert_eq!(
        said(json!({"contains": "error", "count": 0}), &["done"]),
        State::Holds
    );
    assert_eq!(
        said(json!({"contains": "error", "count": 0}), &["error"]),
        State::NotYet
    );
}

#[test]
fn a_headline_tells_what_a_message_should_be_like() {
    let wanted = json!({"$.state": "done", "$.error": {"exists": false}, "$.items": {"length": 3}});
    let finding = judged(
        json!({"expect": [{"contains": "x", "json": wanted}]}),
        exchange(&["{}"], End::Enough),
    );
    let told = "0 like `x`, $.state = \"done\", $.error nothing, $.items length 3";
    assert!(finding.headline.contains(told), "{}", finding.headline);
}

#[test]
fn a_message_that_waiting_can_not_mend_settles_whatever_else_came() {
    let more = json!({"expect": [{"contains": "item"}], "broken_when": {"contains": "fatal"}});
    let finding = judged(more, exchange(&[ITEM, "fatal: no model"], End::Enough));
    assert_eq!(finding.state, State::Broken);
    let told = "wss://swarm.example.com/ws sent `fatal: no model`, which is `broken_when`";
    assert_eq!(finding.headline, told);
}

#[test]
fn the_message_that_came_nearest_tells_what_it_lacks() {
    let more = json!({"expect": [{"json": {"$.type": "item", "$.platform": "x"}}]});
    let received = [
        r#"{"type": "item", "platform": "linkedin"}"#,
        "{}",
        "no JSON",
    ];
    let finding = judged(more, exchange(&received, End::TimedOut));
    let compared: Vec<&Body> = finding.evidence.iter().map(|one| &one.body).collect();
    let nearest = Body::compared("$.platform of the nearest message", "\"x\"", "\"linkedin\"");
    assert!(compared.contains(&&nearest), "{compared:#?}");
}

#[test]
fn a_value_is_saved_of_the_first_message_that_has_it() {
    let more = json!({"save": {"run": "$.run_id"}});
    let received = ["hello", "{}", r#"{"run_id": "a"}"#, r#"{"run_id": "b"}"#];
    let finding = judged(more.clone(), exchange(&received, End::Enough));
    assert_eq!(
        (finding.state, finding.saved["run"].text.as_str()),
        (State::Holds, "a")
    );
    let finding = judged(more, exchange(&received[..2], End::TimedOut));
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .ends_with("none has all the values of `save`")
    );
}

#[test]
fn it_listens_until_all_is_there_and_then_until_it_is_quiet() {
    let check = check(json!({
        "expect": [{"contains": "a", "count": 2}, {"contains": "b"}], "save": {"x": "$.x"},
        "broken_when": {"contains": "fatal"}, "quiet": "2s"
    }));
    let awaited = |messages: &[&str]| {
        let mut tally = Tally::new(check.wanted());
        tally.begin();
        messages.iter().for_each(|message| tally.note(message));
        tally.awaited()
    };
    let quiet = Awaited::Quiet(Duration::from_secs(2));
    for (messages, expected) in [
        (&[][..], Awaited::More),
        (&["a", "a"], Awaited::More),
        (&["a", "a", "b"], Awaited::More),
        (&["a", "a", "b", r#"{"x": 1}"#], quiet),
        (&["a", "a", "a"], Awaited::Nothing),
        (&["fatal"], Awaited::Nothing),
    ] {
        assert_eq!(awaited(messages), expected, "{messages:?}");
    }
    let one = self::check(json!({"expect": [{"contains": "a"}]}));
    let mut tally = Tally::new(one.wanted());
    tally.begin();
    tally.note("a");
    let sent = Awaited::Quiet(Duration::ZERO);
    assert_eq!(tally.awaited(), sent, "it must still take what is sent");
}

/// Messages of the server by their turns, of which as many began.
fn in_turns(turns: &[&[&str]], end: End) -> Result<Exchange, ExchangeError> {
    let mut whole = exchange(&[], end)?;
    whole.begun = turns.len();
    for (turn, received) in turns.iter().enumerate() {
        let of_the_turn = exchange(received, End::Enough)?.messages;
        let numbered = of_the_turn.into_iter().map(|one| Message { turn, ..one });
        whole.messages.extend(numbered);
    }
    Ok(whole)
}

fn logging_in() -> Value {
    json!({"turns": [
        {"expect": [{"contains": "welcome"}]},
        {"send": ["login"], "expect": [{"contains": "ready"}]},
        {"send": ["list"], "expect": [{"contains": "item", "count": 2}]},
    ]})
}

#[test]
fn each_turn_has_what_came_in_it() {
    let reset = || End::Broke("reset".into());
    let closed = || End::Closed(Some((1008, "log in first".into())));
    for (turns, end, state, told) in [
        (
            &[&["welcome"][..], &["motd", "ready"], &["item", "item"]][..],
            End::Enough,
            State::Holds,
            "answered in 120ms with 1 like `welcome`, 1 like `ready`, 2 like `item`",
        ),
        (
            &[&[]],
            End::TimedOut,
            State::NotYet,
            "sent 0 messages in turn 1 of 3 within 5s: 0 like `welcome`, expected at least 1",
        ),
        (
            &[&["welcome", "ready"], &["who are\nyou?"]],
            End::TimedOut,
            State::NotYet,
            "sent 1 message in turn 2 of 3 within 5s: 0 like `ready`, expected at least 1; the last was `who are you?`",
        ),
        (
            &[&["welcome"], &[]],
            closed(),
            State::NotYet,
            "sent 0 messages in turn 2 of 3 and closed the connection (1008 log in first): 0 like `ready`",
        ),
        (
            &[&["welcome"], &["ready"], &["item", "item", "item"]],
            End::Enough,
            State::NotYet,
            "sent 3 messages in turn 3 of 3: 3 like `item`, expected 2",
        ),
        (
            &[&["welcome"], &["ready"], &["item", "item"]],
            End::TimedOut,
            State::NotYet,
            "in turn 3 of 3 within 5s, all as expected, but not for 1s after them",
        ),
        (
            &[&["welcome"]],
            reset(),
            State::NotYet,
            "sent 1 message in turn 1 of 3 until the connection broke (reset), before turn 2 began",
        ),
    ] {
        let finding = judged(logging_in(), in_turns(turns, end));
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(finding.headline.contains(told), "{}", finding.headline);
        assert!(finding.state == State::Holds || finding.hint.is_some());
    }
}

#[test]
fn what_is_quoted_and_counted_names_its_turn() {
    let finding = judged(
        logging_in(),
        in_turns(&[&["welcome"], &["no"]], End::TimedOut),
    );
    let bodies: Vec<&Body> = finding.evidence.iter().map(|one| &one.body).collect();
    let rows = [
        ["1", "`welcome`", "at least 1", "1"],
        ["2", "`ready`", "at least 1", "0"],
        ["3", "`item`", "2", "the turn did not begin"],
    ];
    let columns = ["turn", "like", "expected", "seen"];
    let rows = rows.map(|row| row.map(str::to_owned));
    let counts = Body::table("messages that were received", columns, rows);
    assert_eq!(bodies.first(), Some(&&counts));
    let Some(Body::Excerpt { lines, .. }) = bodies.last() else {
        panic!("{bodies:#?}");
    };
    let origins: Vec<_> = lines
        .iter()
        .filter_map(|line| line.origin.clone())
        .collect();
    assert_eq!(
        origins,
        ["received in turn 1", "received in turn 2", "ended"]
    );
}

#[test]
fn a_turn_is_over_once_it_has_what_it_expects() {
    let mut fields = logging_in();
    fields["turns"][1]["expect"][0]["count"] = json!(1);
    fields["save"] = json!({"id": "$.id"});
    let check = check(fields);
    let mut tally = Tally::new(check.wanted());
    let quiet = Awaited::Quiet(Duration::from_secs(1));
    let over = Awaited::Quiet(Duration::ZERO);
    for (turn, expected) in [
        (&["welcome"][..], over),
        (&["ready"], quiet),
        (&["item", "item"], Awaited::More),
    ] {
        tally.begin();
        assert_eq!(tally.awaited(), Awaited::More, "{turn:?}");
        turn.iter().for_each(|message| tally.note(message));
        assert_eq!(tally.awaited(), expected, "{turn:?}");
    }
    tally.note(r#"{"id": 7}"#);
    assert_eq!(tally.awaited(), quiet, "the value to save has come");
    tally.note("item");
    assert_eq!(tally.awaited(), Awaited::Nothing, "one too many");
}

#[test]
fn a_look_that_listens_on_takes_as_long() {
    let least = |fields: Value| check(fields).shortest_look();
    assert_eq!(least(json!({"expect": [{"contains": "a"}]})), None);
    let once = Some((Duration::from_secs(1), "quiet"));
    assert_eq!(least(three_items()), once);
    let twice = json!({"quiet": "3s", "turns": [
        {"expect": [{"contains": "a", "count": 1}]}, {"expect": [{"contains": "b", "count": 0}]},
        {"expect": [{"contains": "c"}]},
    ]});
    assert_eq!(least(twice), Some((Duration::from_secs(6), "quiet")));
}

#[test]
fn what_is_no_websocket_may_become_one_and_what_has_no_name_is_not_seen() {
    let refused = |status| ExchangeError::NotUpgraded {
        status,
        body: "an old version".into(),
    };
    for status in [200, 401, 404, 503] {
        let finding = judged(json!({}), Err(refused(status)));
        assert_eq!(finding.state, State::NotYet);
        let told = format!("answered the handshake with {status}, expected 101");
        assert!(finding.headline.contains(&told), "{}", finding.headline);
    }
    let nameless = Unreached::NameNotFound("no such host".into());
    let finding = judged(json!({}), Err(ExchangeError::Unreached(nameless)));
    assert_eq!(finding.state, State::Unobserved);
}

#[test]
fn what_is_sent_under_a_secret_name_is_secret_and_never_shown() {
    let sent = check(json!({
        "url": "wss://ci:hunter2@swarm.example.com/?token=t0k3n&page=2",
        "headers": {"Authorization": "Bearer abc", "origin": "https://swarm.example.com"},
        "send": [{"type": "generate"}, "plain", 3]
    }));
    let mut secrets = sent.secrets();
    secrets.sort_unstable();
    assert_eq!(secrets, ["Bearer abc", "abc", "hunter2", "t0k3n"]);
    assert!(!format!("{sent:?}").contains("abc"));
    let texts: Vec<&str> = sent.send.iter().map(|message| message.0.as_str()).collect();
    assert_eq!(texts, [r#"{"type":"generate"}"#, "plain", "3"]);
}
