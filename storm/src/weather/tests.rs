//! The weather of a seed is always the same, and all kinds come up.

use std::collections::BTreeSet;

use super::*;

const RUN: SignedDuration = SignedDuration::from_mins(10);

#[test]
fn a_seed_has_its_weather() {
    for seed in 0..50 {
        let (one, other) = (Weather::drawn(seed, RUN), Weather::drawn(seed, RUN));
        assert_eq!(one.name(), other.name());
        assert_eq!(
            format!("{:?}", one.faults()),
            format!("{:?}", other.faults())
        );
    }
}

#[test]
fn every_kind_comes_up_alone_and_together() {
    let drawn: Vec<Weather> = (0..2_000).map(|seed| Weather::drawn(seed, RUN)).collect();
    let alone = drawn
        .iter()
        .filter(|weather| !weather.name().contains(" + "));
    let alone: BTreeSet<&str> = alone.map(Weather::name).collect();
    for front in &FRONTS {
        assert!(
            alone.iter().any(|name| name.starts_with(front.name)),
            "{}",
            front.name
        );
    }
    assert!(drawn.iter().any(|weather| weather.name().contains(" + ")));
}

#[test]
fn only_its_own_cause_excuses() {
    let early = SignedDuration::ZERO;
    assert!(!Weather::calm().excuses("ecs:ListTasks on web was throttled", early));
    let mut weather = Weather::calm();
    weather.add(&FRONTS[0], &Lot(1), RUN);
    let throttled = "ecs:ListTasks on web was throttled (ThrottlingException)";
    assert!(weather.excuses(throttled, early));
    assert!(!weather.excuses(
        "ecs:ListTasks on web was denied (AccessDeniedException)",
        early
    ));
    let over = weather
        .faults()
        .iter()
        .map(fronts::is_felt_until)
        .max()
        .expect("a fault");
    assert!(over < SignedDuration::MAX, "it comes in bursts");
    assert!(weather.excuses(throttled, over));
    assert!(!weather.excuses(throttled, over + SignedDuration::from_secs(1)));
    assert!(!weather.faults().is_empty() && weather.later().is_positive());
}
