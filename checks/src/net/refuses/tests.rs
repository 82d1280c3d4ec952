//! The judge of `tcp.refuses`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};

fn judged(more: Value, knocks: Result<Vec<Knock>, Unreached>) -> Finding {
    let mut fields = json!({"address": "shop.example.com:5005"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    let check: Refuses = serde_json::from_value(fields).expect("a check");
    let address = |number: usize| {
        let address = format!("10.0.0.{number}:5005");
        address.parse::<SocketAddr>().expect("an address")
    };
    let knocks = knocks.map(|knocks| {
        let knocks = knocks.into_iter().enumerate();
        knocks.map(|(at, knock)| (address(at + 7), knock)).collect()
    });
    let knocks = Seen {
        value: knocks,
        source: Source {
            call: "TCP".into(),
            resource: "shop.example.com:5005".into(),
            request_id: None,
        },
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    let within = Duration::from_secs(3);
    check.judge(&Outside, &Facts { knocks, within })
}

#[test]
fn only_what_refuses_everywhere_is_closed() {
    use Knock::{Accepted, NoWay, Refused, Silent};
    let no_way = || NoWay("Network is unreachable".into());
    for (more, knocks, state, headline) in [
        (
            json!({}),
            vec![Refused],
            State::Holds,
            "shop.example.com:5005 refuses connections",
        ),
        (
            json!({}),
            vec![Refused, Refused],
            State::Holds,
            "shop.example.com:5005 refuses connections at all of 2 addresses",
        ),
        (
            json!({"silence": "closed"}),
            vec![no_way(), Silent, Accepted],
            State::NotYet,
            "shop.example.com:5005 accepts connections at 10.0.0.9, expected refused",
        ),
        (
            json!({}),
            vec![Refused, Silent],
            State::Unobserved,
            "shop.example.com:5005 neither accepts nor refuses: nothing came back from 10.0.0.8 within 3s",
        ),
        (
            json!({"silence": "closed"}),
            vec![Refused, Silent],
            State::Holds,
            "shop.example.com:5005 takes no connection: nothing came back from 10.0.0.8 within 3s",
        ),
        (
            json!({"silence": "closed"}),
            vec![Silent, no_way()],
            State::Unobserved,
            "whether shop.example.com:5005 is closed at 10.0.0.8 could not be seen: Network is unreachable",
        ),
    ] {
        let finding = judged(more, Ok(knocks));
        let hinted = state != State::Holds;
        assert_eq!(
            (finding.state, finding.headline.as_str()),
            (state, headline)
        );
        assert_eq!(
            (finding.hint.is_some(), finding.evidence.len()),
            (hinted, 1)
        );
    }
}

#[test]
fn a_name_that_stands_for_nothing_is_not_closed() {
    let nameless = Unreached::NameNotFound("no such host".into());
    let finding = judged(json!({"silence": "closed"}), Err(nameless));
    assert_eq!(finding.state, State::Unobserved, "{}", finding.headline);
    let finding = judged(json!({}), Ok(Vec::new()));
    assert_eq!(finding.state, State::Unobserved, "{}", finding.headline);
}
