//! The judge of `tls.valid`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};
use crate::reads::Mistrust;

fn judged(more: Value, handshake: Result<Handshake, Unreached>) -> Finding {
    let mut fields = json!({"address": "shop.example.com"});
    let known = fields.as_object_mut().expect("a map");
    known.extend(more.as_object().expect("a map").clone());
    let check: Valid = serde_json::from_value(fields).expect("a check");
    let handshake = Seen {
        value: handshake,
        source: Source {
            call: "TLS".into(),
            resource: "shop.example.com:443".into(),
            request_id: None,
        },
        at: "2025-11-18T00:00:00Z".parse().expect("a time"),
    };
    let within = Duration::from_secs(5);
    check.judge(&Outside, &Facts { handshake, within })
}

fn until(not_after: &str, mistrust: Option<Mistrust>) -> Result<Handshake, Unreached> {
    Ok(Handshake {
        version: "1.2",
        chain: vec![Certificate {
            subject: "CN=shop.example.com".into(),
            issuer: "CN=Some CA".into(),
            names: vec!["shop.example.com".into()],
            serial: "03a1b2".into(),
            sha256: "0f".repeat(32),
            not_before: None,
            not_after: Some(not_after.parse().expect("a time")),
        }],
        mistrust,
        ..Handshake::default()
    })
}

const TEN_DAYS: &str = "2025-11-28T00:00:00Z";

#[test]
fn a_certificate_holds_while_it_is_valid_for_long_enough() {
    let finding = judged(
        json!({"valid_for": "10d", "version": "1.2"}),
        until(TEN_DAYS, None),
    );
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Holds,
            "the certificate of shop.example.com is valid for 10d, over TLS 1.2"
        )
    );
    let finding = judged(json!({"valid_for": "14d"}), until(TEN_DAYS, None));
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Broken,
            "shop.example.com has a certificate valid for 10d, expected valid for at least 14d"
        )
    );
    let expired = until("2025-11-16T00:00:00Z", Some(Mistrust::SelfSigned));
    let finding = judged(json!({}), expired);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::Broken,
            "the certificate of shop.example.com expired 2d ago"
        )
    );
}

#[test]
fn what_vouches_for_a_certificate_must_be_valid_as_long() {
    let between = |not_after: &str| {
        let mut handshake = until("2026-01-17T00:00:00Z", None).expect("a handshake");
        handshake.chain.push(Certificate {
            subject: "CN=Between".into(),
            not_after: Some(not_after.parse().expect("a time")),
            ..Certificate::default()
        });
        Ok(handshake)
    };
    for (fields, not_after, state, headline) in [
        (
            json!({"valid_for": "14d"}),
            "2025-11-18T01:00:00Z",
            State::Broken,
            "shop.example.com has a certificate valid for 60d, but CN=Between, which vouches for it, is valid for 1h, expected valid for at least 14d",
        ),
        (
            json!({}),
            "2025-11-18T01:00:00Z",
            State::Holds,
            "the certificate of shop.example.com is valid for 60d, but CN=Between, which vouches for it, is valid for 1h, over TLS 1.2",
        ),
        (
            json!({}),
            "2025-11-16T00:00:00Z",
            State::Broken,
            "a certificate that vouches for that of shop.example.com expired 2d ago: CN=Between",
        ),
        (
            json!({"valid_for": "14d"}),
            "2027-11-16T00:00:00Z",
            State::Holds,
            "the certificate of shop.example.com is valid for 60d, over TLS 1.2",
        ),
    ] {
        let finding = judged(fields, between(not_after));
        assert_eq!(
            (finding.state, finding.headline.as_str()),
            (state, headline)
        );
    }
}

#[test]
fn what_another_server_may_do_better_waits() {
    let issuer = "CN=Some CA".into();
    let unknown = until(TEN_DAYS, Some(Mistrust::UnknownIssuer { issuer }));
    let finding = judged(json!({}), unknown);
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "the certificate of shop.example.com is not to be trusted: its issuer (CN=Some CA) is not known"
        )
    );
    let finding = judged(json!({"version": "1.3"}), until(TEN_DAYS, None));
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "shop.example.com speaks TLS 1.2, expected 1.3 at least"
        )
    );
    let finding = judged(json!({"names": "www.example.com"}), until(TEN_DAYS, None));
    assert_eq!(finding.state, State::NotYet);
    assert!(finding.headline.ends_with("expected for www.example.com"));
    let both = judged(
        json!({"names": "www.example.com", "valid_for": "14d"}),
        until(TEN_DAYS, None),
    );
    assert_eq!(
        both.state,
        State::Broken,
        "what no waiting mends goes first"
    );
}

#[test]
fn what_was_not_seen_is_not_judged() {
    let bare = Ok(Handshake::default());
    assert_eq!(judged(json!({}), bare).state, State::Unobserved);
    let refused = Unreached::NoAnswer("Connection refused".into());
    assert_eq!(judged(json!({}), Err(refused)).state, State::NotYet);
    let nameless = Unreached::NameNotFound("no such host".into());
    assert_eq!(judged(json!({}), Err(nameless)).state, State::Unobserved);
}
