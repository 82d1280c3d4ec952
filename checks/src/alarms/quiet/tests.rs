//! The judge of `alarms.quiet`, with literal facts; the deployment began 23:24:00.

use super::*;
use crate::ecs::literal::{at, seen, target};

fn alarm(name: &str, state: &str, since: Option<&str>) -> Asked {
    let alarm = Alarm {
        name: name.into(),
        state: state.into(),
        since: since.map(at),
        reason: Some("Threshold Crossed".into()),
        ..Alarm::default()
    };
    Asked {
        name: name.into(),
        seen: seen(Some(alarm)),
    }
}

fn absent(name: &str) -> Asked {
    Asked {
        name: name.into(),
        seen: seen(None),
    }
}

fn judged(asked: Vec<Asked>) -> Finding {
    Quiet { alarms: None }.judge(&target("ecs-svc/1"), &Facts(asked))
}

#[test]
fn all_that_are_ok_hold() {
    let finding = judged(vec![alarm("5xx", "OK", None), alarm("cpu", "OK", None)]);
    assert_eq!(finding.state, State::Holds);
    assert_eq!(finding.headline, "2 of 2 alarms are OK");
    assert_eq!(finding.evidence.len(), 1);
    assert_eq!(
        judged(vec![alarm("5xx", "OK", None)]).headline,
        "alarm 5xx is OK"
    );
}

#[test]
fn one_that_went_off_after_the_deployment_breaks_whatever_else_is_open() {
    let finding = judged(vec![
        absent("gone"),
        alarm("cpu", "ALARM", Some("20:00:00")),
        alarm("5xx", "ALARM", Some("23:27:00")),
    ]);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "1 of 3 alarms: alarm 5xx went off 2025-11-18 23:27:00 UTC, 3m after the deployment \
         began: Threshold Crossed"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("describe-alarm-history --region us-east-1 --alarm-name '5xx'"),
        "{hint}"
    );
}

#[test]
fn one_that_had_gone_off_before_may_become_ok() {
    let finding = judged(vec![alarm("5xx", "ALARM", Some("20:00:00"))]);
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "alarm 5xx is in ALARM since 2025-11-18 20:00:00 UTC, before the deployment began: \
         Threshold Crossed"
    );
    let timeless = judged(vec![alarm("5xx", "ALARM", None)]);
    assert_eq!(timeless.state, State::NotYet);
}

#[test]
fn one_without_data_says_nothing_and_one_that_is_not_there_never_will() {
    let silent = judged(vec![alarm("5xx", "INSUFFICIENT_DATA", Some("23:27:00"))]);
    assert_eq!((silent.state, silent.lasting), (State::Unobserved, false));
    assert_eq!(
        silent.headline,
        "alarm 5xx says nothing: INSUFFICIENT_DATA since 2025-11-18 23:27:00 UTC"
    );
    let gone = judged(vec![alarm("cpu", "OK", None), absent("5xx")]);
    assert_eq!((gone.state, gone.lasting), (State::Unobserved, true));
    assert_eq!(
        gone.headline,
        "1 of 2 alarms: there is no alarm `5xx` in us-east-1"
    );
}

#[test]
fn a_service_whose_deployments_watch_no_alarm_leaves_it_open_for_good() {
    let none = watched(&[], &target("ecs-svc/1")).expect_err("none");
    assert!(none.lasting && none.hint.is_some());
    assert_eq!(
        none.headline,
        "the deployments of service `web` watch no alarm, and the check names none"
    );
}
