//! The judge of `grpc.healthy`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Source, State};
use crate::reads::Unreached;

fn check(more: Value) -> Healthy {
    let mut fields = json!({"address": "shop:50051"});
    let fields_of = fields.as_object_mut().expect("a map");
    fields_of.extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn judged(more: Value, answer: Result<Health, HealthError>) -> Finding {
    let source = Source {
        call: "grpc.health.v1.Health/Check".into(),
        resource: "http://shop:50051/".into(),
        request_id: None,
    };
    let at = "2025-11-18T23:50:00Z".parse().expect("a time");
    let answer = Seen {
        value: answer,
        source,
        at,
    };
    let within = Duration::from_secs(5);
    check(more).judge(&Outside, &Facts { answer, within })
}

fn status(name: &str) -> Result<Health, HealthError> {
    Ok(Health {
        status: name.into(),
        took: Duration::from_millis(12),
    })
}

fn refused(code: &'static str, message: &str) -> Result<Health, HealthError> {
    let message = message.into();
    Err(HealthError::Refused { code, message })
}

#[test]
fn only_serving_holds() {
    let told = judged(json!({}), status("SERVING"));
    assert_eq!(told.state, State::Holds);
    assert_eq!(
        told.headline,
        "shop:50051 says SERVING of the server, after 12ms"
    );
    for other in ["NOT_SERVING", "UNKNOWN", "SERVICE_UNKNOWN", "status 7"] {
        let told = judged(json!({"service": "shop.v1.Cart"}), status(other));
        assert_eq!(told.state, State::NotYet, "{other}");
        let headline = format!("shop:50051 says {other} of service shop.v1.Cart, expected SERVING");
        assert_eq!(told.headline, headline);
        let body = Body::compared("status of service shop.v1.Cart", "SERVING", other);
        assert_eq!(told.evidence[0].body, body);
    }
}

#[test]
fn an_older_version_that_answers_is_waited_out_and_what_is_withheld_is_not_seen() {
    for (code, state, lasting) in [
        ("NOT_FOUND", State::NotYet, false),
        ("UNIMPLEMENTED", State::NotYet, false),
        ("UNAVAILABLE", State::NotYet, false),
        ("INTERNAL", State::NotYet, false),
        ("PERMISSION_DENIED", State::Unobserved, true),
        ("UNAUTHENTICATED", State::Unobserved, true),
    ] {
        let told = judged(json!({}), refused(code, "no"));
        assert_eq!((told.state, told.lasting), (state, lasting), "{code}");
        assert!(told.headline.contains(&format!("answered {code} (no)")));
        assert!(told.hint.is_some() && told.evidence.len() == 1);
    }
}

#[test]
fn what_is_not_there_may_come_and_what_can_not_be_asked_is_not_seen() {
    let why = |why| judged(json!({}), Err(HealthError::Unreached(why)));
    let told = why(Unreached::NoAnswer("Connection refused".into()));
    assert_eq!(told.state, State::NotYet);
    assert_eq!(
        told.headline,
        "shop:50051 does not answer: Connection refused"
    );
    let told = why(Unreached::TimedOut);
    assert_eq!(
        (told.state, told.headline.as_str()),
        (State::NotYet, "shop:50051 did not answer within 5s")
    );
    let told = why(Unreached::NameNotFound("no such host".into()));
    assert_eq!((told.state, told.lasting), (State::Unobserved, false));
    let told = why(Unreached::Unsendable("ca.pem can't be read".into()));
    assert_eq!((told.state, told.lasting), (State::Unobserved, true));
}

#[test]
fn what_is_sent_under_a_secret_name_is_secret_and_never_shown() {
    let sent = check(json!({"metadata": {"authorization": "Bearer abc", "x-tenant": "smoke"}}));
    let mut secrets = sent.secrets();
    secrets.sort_unstable();
    assert_eq!(secrets, ["Bearer abc", "abc"]);
    assert!(!format!("{sent:?}").contains("abc"));
}
