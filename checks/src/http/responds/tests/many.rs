//! The connection that answered, several answers, and what is saved of one.

use super::*;
use crate::reads::{Certificate, Handshake};

/// An answer over TLS 1.2 whose certificate ends ten days after it was seen.
fn secured() -> Result<Page, FetchError> {
    let own = Certificate {
        names: vec!["shop.example.com".into()],
        not_after: Some("2025-11-28T23:50:00Z".parse().expect("a time")),
        ..Certificate::default()
    };
    let handshake = Handshake {
        version: "1.2",
        chain: vec![own],
        ..Handshake::default()
    };
    let page = page(200, "").expect("a page");
    Ok(Page {
        tls: Some(handshake),
        version: "2",
        ..page
    })
}

#[test]
fn the_connection_that_answered_is_judged_too() {
    for (expect, told) in [
        (
            json!({"tls": {"valid_for": "9d", "version": "1.2", "names": "shop.example.com"}}),
            None,
        ),
        (
            json!({"tls": {"valid_for": "14d"}}),
            Some("certificate valid for 10d, expected valid for at least 14d"),
        ),
        (
            json!({"tls": {"version": "1.3"}}),
            Some("TLS 1.2, expected 1.3 at least"),
        ),
        (
            json!({"tls": {"names": ["shop.example.com", "www.example.com"]}}),
            Some("certificate for shop.example.com, expected for www.example.com"),
        ),
        (json!({"http": "2"}), None),
        (json!({"http": ["1.1", "2"]}), None),
        (
            json!({"http": ["1.0", "1.1"]}),
            Some("HTTP 2, expected 1.0 or 1.1"),
        ),
        (json!({"http": "1.1"}), Some("HTTP 2, expected 1.1")),
    ] {
        let finding = judged(json!({ "expect": expect }), secured());
        assert_differs(&finding, told);
    }
    let plain = judged(
        json!({"expect": {"tls": {"version": "1.2"}}}),
        page(200, ""),
    );
    assert!(
        plain.headline.ends_with("TLS none, expected some"),
        "{}",
        plain.headline
    );
}

fn several(answers_of: Vec<(Option<&str>, Result<Page, FetchError>)>) -> Finding {
    let seen = |value| Seen {
        value,
        source: Source {
            call: "GET".into(),
            resource: "/health".into(),
            request_id: None,
        },
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    let all = answers_of.into_iter().map(|(address, answer)| {
        let address = address.map(|address| address.parse().expect("an address"));
        (address, seen(answer))
    });
    check(json!({})).judge(&Outside, &answers(all.collect()))
}

#[test]
fn each_of_several_answers_must_be_as_expected_and_the_others_are_counted() {
    let good = || page(200, "");
    let finding = several(vec![(None, good()), (None, good())]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Holds,
            "http://shop.example.com/health answered as expected 2 of 2 times, in 40ms to 40ms"
        )
    );
    let finding = several(vec![
        (None, good()),
        (None, page(503, "")),
        (None, page(500, "")),
    ]);
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .starts_with("2 of 3 answers are not as expected: ")
            && finding.headline.ends_with("status 503, expected 2xx"),
        "{}",
        finding.headline
    );
    let refused = Err(Unreached::NoAnswer("Connection refused".into()).into());
    let finding = several(vec![(Some("10.0.0.7"), good()), (Some("fd00::7"), refused)]);
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .starts_with("1 of 2 answers are not as expected: fd00::7: "),
        "{}",
        finding.headline
    );
    let finding = several(vec![(Some("10.0.0.7"), good()), (Some("10.0.0.8"), good())]);
    assert!(
        finding
            .headline
            .contains("2 of 2 times of 2 addresses (10.0.0.7, 10.0.0.8), in "),
        "{}",
        finding.headline
    );
}

#[test]
fn what_there_was_no_time_for_says_nothing_of_the_server() {
    let late = || (None, Err(FetchError::NoTime));
    let finding = several(vec![(None, page(200, "")), late(), late()]);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Unobserved,
            "http://shop.example.com/health was asked only 1 of 3 times within 5s, and answered as expected"
        )
    );
    assert!(finding.hint.is_some_and(|hint| hint.contains("`timeout`")));
    let finding = several(vec![
        (None, page(200, "")),
        late(),
        (None, page(503, "")),
        late(),
    ]);
    assert_eq!(finding.state, State::NotYet, "what is known goes first");
    assert!(
        finding
            .headline
            .starts_with("1 of 2 answers are not as expected: ")
            && finding
                .headline
                .ends_with("; there was no time to ask 2 times more"),
        "{}",
        finding.headline
    );
}

#[test]
fn an_address_out_of_reach_is_told_beside_those_that_answered() {
    let seen = |value| Seen {
        value,
        source: Source {
            call: "GET".into(),
            resource: "/health".into(),
            request_id: None,
        },
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    for status in [200, 503] {
        let address = Some("10.0.0.7".parse().expect("an address"));
        let some = Answers {
            passed_over: vec!["fd00::7".parse().expect("an address")],
            ..answers(vec![(address, seen(page(status, "")))])
        };
        let finding = check(json!({"each": "address"})).judge(&Outside, &some);
        assert!(
            finding
                .headline
                .ends_with("; this machine has no way to fd00::7"),
            "{}",
            finding.headline
        );
    }
}

#[test]
fn where_no_address_can_be_reached_nothing_was_seen() {
    let nowhere = Answers {
        passed_over: vec!["fd00::7".parse().expect("an address")],
        ..answers(Vec::new())
    };
    let finding = check(json!({"each": "address"})).judge(&Outside, &nowhere);
    assert_eq!(finding.state, State::Unobserved);
    assert!(
        finding
            .headline
            .ends_with("this machine has no way to fd00::7")
    );
}

#[test]
fn a_value_is_saved_once_it_is_there() {
    let save = || json!({"save": {"run": "$.run_id"}});
    assert_eq!(check(save()).saves(), ["run"]);
    let finding = judged(save(), page(200, r#"{"run_id": "r-7"}"#));
    assert_eq!(finding.state, State::Holds);
    assert_eq!(finding.saved["run"].text, "r-7");
    for (body, told) in [
        ("{}", "nothing is at `$.run_id`"),
        ("<html>", "no JSON to save from"),
    ] {
        let finding = judged(save(), page(200, body));
        assert_eq!(finding.state, State::NotYet);
        assert!(finding.headline.contains(told), "{}", finding.headline);
        assert!(finding.saved.is_empty() && !finding.evidence.is_empty());
    }
}
