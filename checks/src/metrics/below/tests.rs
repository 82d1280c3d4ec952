//! The judge of `metrics.below`, with literal facts.

use super::*;
use crate::contract::State;
use crate::ecs::literal::{at, seen, target};

fn below(of: Option<&str>, threshold: f64, missing: Missing) -> Below {
    Below {
        namespace: "AWS/ApplicationELB".into(),
        metric: "HTTPCode_Target_5XX_Count".into(),
        dimensions: BTreeMap::new(),
        stat: Stat::Sum,
        period: minute(),
        of: of.map(str::to_owned),
        threshold,
        since: Since::default(),
        missing,
    }
}

fn points(values: &[f64]) -> Seen<Vec<MetricPoint>> {
    let point = |(minute, value): (usize, &f64)| MetricPoint {
        at: at(&format!("23:{:02}:00", 24 + minute)),
        value: *value,
    };
    seen(values.iter().enumerate().map(point).collect())
}

fn window(from: &str, to: &str) -> Window {
    Window {
        from: at(from),
        to: at(to),
        cut: false,
    }
}

fn judged(check: &Below, metric: &[&[f64]], of: Option<&[f64]>) -> Finding {
    let facts = Facts {
        window: window("23:24:00", "23:43:00"),
        seen: Some(Points {
            metric: metric.iter().map(|values| points(values)).collect(),
            of: of.map(points),
        }),
    };
    check.judge(&target("ecs-svc/1"), &facts)
}

#[test]
fn a_share_is_of_the_whole_window_and_can_sink_again() {
    let check = below(Some("RequestCount"), 5.0, Missing::Unknown);
    let holds = judged(&check, &[&[0.0, 4.0]], Some(&[100.0, 300.0]));
    assert_eq!(holds.state, State::Holds);
    assert_eq!(
        holds.headline,
        "HTTPCode_Target_5XX_Count is 1% of RequestCount (4 of 400) since \
         2025-11-18 23:24:00 UTC: below 5%"
    );
    assert_eq!(holds.evidence.len(), 2);
    let high = judged(&check, &[&[20.0, 4.0]], Some(&[100.0, 300.0]));
    assert_eq!(high.state, State::NotYet);
    assert!(
        high.headline.ends_with(
            "is 6% of RequestCount (24 of 400) since 2025-11-18 23:24:00 UTC: not below 5%"
        ),
        "{}",
        high.headline
    );
    assert!(
        high.hint
            .expect("a hint")
            .contains("--task-definition web:BEFORE")
    );
}

#[test]
fn what_only_grows_breaks_and_what_may_sink_waits() {
    let mut check = below(None, 10.0, Missing::Unknown);
    let broken = judged(&check, &[&[7.0, 3.0]], None);
    assert_eq!(broken.state, State::Broken);
    assert_eq!(
        broken.headline,
        "Sum of HTTPCode_Target_5XX_Count is 10 since 2025-11-18 23:24:00 UTC: not below 10"
    );
    assert_eq!(judged(&check, &[&[12.0, -1.0]], None).state, State::NotYet);
    check.stat = Stat::Maximum;
    assert_eq!(judged(&check, &[&[7.0, 11.0]], None).state, State::Broken);
    check.stat = Stat::Average;
    let mean = judged(&check, &[&[70.0, 50.0], &[5.0, 5.0]], None);
    assert_eq!(mean.state, State::NotYet);
    check.stat = Stat::Extended("p99".into());
    assert_eq!(judged(&check, &[&[7.0, 11.0]], None).state, State::NotYet);
}

#[test]
fn no_data_is_unknown_unless_it_is_said_to_be_zero() {
    let unknown = judged(&below(None, 10.0, Missing::Unknown), &[&[]], None);
    assert_eq!((unknown.state, unknown.lasting), (State::Unobserved, false));
    assert_eq!(
        unknown.headline,
        "HTTPCode_Target_5XX_Count has no data since 2025-11-18 23:24:00 UTC"
    );
    let hint = unknown.hint.expect("a hint");
    assert!(hint.contains("`missing: zero`") && hint.contains("aws cloudwatch list-metrics"));
    let zero = judged(&below(None, 10.0, Missing::Zero), &[&[]], None);
    assert_eq!(zero.state, State::Holds);
    assert_eq!(
        zero.headline,
        "Sum of HTTPCode_Target_5XX_Count is 0 since 2025-11-18 23:24:00 UTC, \
         no data being taken as zero: below 10"
    );
}

#[test]
fn without_traffic_there_is_no_share() {
    let check = below(Some("RequestCount"), 5.0, Missing::Zero);
    for of in [&[][..], &[0.0]] {
        let finding = judged(&check, &[&[]], Some(of));
        assert_eq!(finding.state, State::Unobserved);
        assert!(
            finding
                .headline
                .starts_with("RequestCount is zero or has no data since"),
            "{}",
            finding.headline
        );
    }
}

#[test]
fn before_a_period_is_over_nothing_is_known() {
    let facts = Facts {
        window: window("23:45:00", "23:43:00"),
        seen: None,
    };
    let finding = below(None, 1.0, Missing::Zero).judge(&target("ecs-svc/1"), &facts);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "no period of 1m from 2025-11-18 23:45:00 UTC on has been over for 3m yet"
    );
}

#[test]
fn a_window_that_cloudwatch_has_no_longer_is_told_as_cut() {
    let cut = |check: &Below, values: &[f64]| {
        let facts = Facts {
            window: Window {
                cut: true,
                ..window("23:24:00", "23:43:00")
            },
            seen: Some(Points {
                metric: vec![points(values)],
                of: None,
            }),
        };
        check.judge(&target("ecs-svc/1"), &facts).headline
    };
    let check = below(None, 10.0, Missing::Unknown);
    let from = "since 2025-11-18 23:24:00 UTC, as far back as CloudWatch keeps points of 1m";
    assert_eq!(
        cut(&check, &[7.0]),
        format!("Sum of HTTPCode_Target_5XX_Count is 7 {from}: below 10")
    );
    assert_eq!(
        cut(&check, &[]),
        format!("HTTPCode_Target_5XX_Count has no data {from}")
    );
}
