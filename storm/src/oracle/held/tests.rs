use touchdown::report::{CheckReport, Verdict};

use super::*;

/// What may be said for so many steps each.
fn says(stretches: &[(Says, usize)]) -> Vec<Says> {
    let stretches = stretches.iter();
    stretches
        .flat_map(|(says, steps)| std::iter::repeat_n(*says, *steps))
        .collect()
}

fn check(verdict: Verdict, took: Duration) -> CheckReport {
    CheckReport {
        id: "x".into(),
        kind: "ecs.stable".into(),
        name: "x".into(),
        target: None,
        required: true,
        verdict,
        headline: "2 of 2 tasks run".into(),
        hint: None,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        took_ms: u64::try_from(took.as_millis()).expect("short"),
        attempts: Vec::new(),
        evidence: Vec::new(),
    }
}

fn found(says: &[Says], hold: u64, stops: &[i64], verdict: Verdict, seconds: f64) -> Vec<Sort> {
    let held = Held {
        says,
        before: None,
        bounds: Bounds {
            within: Duration::from_secs(60),
            hold: Duration::from_secs(hold),
            forbids: false,
        },
        stops: stops
            .iter()
            .map(|at| SignedDuration::from_secs(*at))
            .collect(),
        delays: Delays::default(),
    };
    let found = held.against(&check(verdict, Duration::from_secs_f64(seconds)));
    found.misses.into_iter().map(|(sort, _)| sort).collect()
}

#[test]
fn a_verdict_must_be_so_when_it_is_given() {
    let truth = says(&[(Says::NOT_YET, 50), (Says::HOLDS, 50), (Says::BROKEN, 50)]);
    let calm = |verdict, seconds| found(&truth, 0, &[], verdict, seconds);
    assert_eq!(calm(Verdict::Passed, 11.0), []);
    assert_eq!(calm(Verdict::Passed, 9.0), [Sort::FalseGreen]);
    assert_eq!(calm(Verdict::Failed, 9.0), [Sort::FalseRed]);
    assert_eq!(calm(Verdict::Failed, 15.0), [Sort::FalseRed]);
    assert_eq!(calm(Verdict::Inconclusive, 15.0), [Sort::LeftOpen]);
}

#[test]
fn the_deadline_makes_what_is_not_yet_a_failure_and_what_is_unknown_open() {
    for (truth, verdict) in [
        (Says::NOT_YET, Verdict::Failed),
        (Says::UNKNOWN, Verdict::Inconclusive),
    ] {
        let truth = says(&[(truth, 400)]);
        assert_eq!(found(&truth, 0, &[], verdict, 60.0), []);
        assert_ne!(found(&truth, 0, &[], verdict, 50.0), []);
        assert_eq!(found(&truth, 0, &[], verdict, 65.0), [Sort::Late]);
        assert_eq!(
            found(&truth, 0, &[], Verdict::Passed, 60.0),
            [Sort::FalseGreen]
        );
    }
}

#[test]
fn a_verdict_is_late_after_a_round_and_a_broken_one_after_two() {
    let holds = says(&[(Says::NOT_YET, 50), (Says::HOLDS, 200)]);
    assert_eq!(found(&holds, 0, &[], Verdict::Passed, 12.3), []);
    assert_eq!(found(&holds, 0, &[], Verdict::Passed, 12.6), [Sort::Late]);
    assert_eq!(found(&holds, 20, &[], Verdict::Passed, 32.3), []);
    let broken = says(&[(Says::NOT_YET, 50), (Says::BROKEN, 200)]);
    assert_eq!(found(&broken, 0, &[], Verdict::Failed, 14.5), []);
    assert_eq!(found(&broken, 0, &[], Verdict::Failed, 14.8), [Sort::Late]);
}

#[test]
fn what_holds_shorter_than_a_round_need_not_be_seen() {
    let truth = says(&[(Says::NOT_YET, 50), (Says::HOLDS, 5), (Says::NOT_YET, 345)]);
    assert_eq!(found(&truth, 0, &[], Verdict::Failed, 60.0), []);
    let longer = says(&[(Says::NOT_YET, 50), (Says::HOLDS, 20), (Says::NOT_YET, 330)]);
    assert_eq!(found(&longer, 0, &[], Verdict::Failed, 60.0), [Sort::Late]);
}

#[test]
fn a_hold_must_have_held_and_no_stop_in_it() {
    let broken_off = says(&[(Says::HOLDS, 50), (Says::NOT_YET, 20), (Says::HOLDS, 50)]);
    assert_eq!(
        found(&broken_off, 20, &[], Verdict::Passed, 20.0),
        [Sort::FalseGreen]
    );
    let holds = says(&[(Says::HOLDS, 200)]);
    assert_eq!(found(&holds, 20, &[], Verdict::Passed, 20.0), []);
    assert_eq!(
        found(&holds, 20, &[10], Verdict::Passed, 20.0),
        [Sort::FalseGreen]
    );
}
