//! Where the axis is cut, and that nothing is drawn out of its order.

use proptest::prelude::*;

use super::*;

const WIDE: Extent = (200.0, 990.0);

fn at(text: &str) -> Timestamp {
    format!("{text}Z").parse().expect("a time")
}

fn scale(moments: &[&str]) -> Scale {
    Scale::of(moments.iter().map(|text| at(text)).collect(), WIDE)
}

fn pauses(scale: &Scale) -> Vec<i64> {
    scale.breaks().map(|one| one.lasted.as_secs()).collect()
}

#[test]
fn what_belongs_together_is_on_one_ruler() {
    let scale = scale(&[
        "2025-11-18T23:41:00",
        "2025-11-18T23:42:00",
        "2025-11-18T23:43:00",
    ]);
    assert_eq!(pauses(&scale), Vec::<i64>::new());
    let [from, middle, to] = ["23:41:00", "23:42:00", "23:43:00"]
        .map(|clock| scale.x(at(&format!("2025-11-18T{clock}"))));
    assert_eq!((from, to), (WIDE.0 + INSET, WIDE.1 - INSET));
    assert!((middle - f64::midpoint(from, to)).abs() < 0.001);
}

#[test]
fn long_pauses_are_cut_out_and_what_is_short_can_be_read() {
    let scale = scale(&[
        "2025-11-11T14:05:20",
        "2025-11-20T09:13:05",
        "2025-11-20T09:13:50",
        "2025-11-20T09:30:00",
        "2025-11-20T09:30:00.008",
    ]);
    assert_eq!(pauses(&scale), [760_065, 970]);
    for stretch in scale.stretches() {
        let (left, right) = stretch.extent;
        assert!(right - left >= LEAST_STRETCH - 2.0 * INSET - 0.001);
    }
}

#[test]
fn pauses_of_like_length_are_a_rhythm_and_stay() {
    let scale = scale(&[
        "2025-11-20T09:00:00",
        "2025-11-20T09:05:00",
        "2025-11-20T09:10:00",
        "2025-11-20T09:15:00",
    ]);
    assert_eq!(pauses(&scale), Vec::<i64>::new());
}

#[test]
fn what_was_before_is_at_the_edge() {
    let scale = scale(&["2025-11-20T09:00:00", "2025-11-20T09:00:10"]);
    let early = at("2025-11-20T08:00:00");
    assert_eq!(scale.x(early), WIDE.0 + INSET);
    assert_eq!(
        scale.before(early).map(|before| before.as_secs()),
        Some(3600)
    );
    assert_eq!(scale.before(at("2025-11-20T09:00:00")), None);
}

#[test]
fn a_single_moment_is_in_the_middle() {
    let scale = scale(&["2025-11-20T09:00:00"]);
    let middle = f64::midpoint(WIDE.0, WIDE.1);
    assert!((scale.x(at("2025-11-20T09:00:00")) - middle).abs() < 0.001);
    assert_eq!(scale.before(at("2025-11-20T09:00:00")), None);
}

proptest! {
    #[test]
    fn later_is_never_further_left(seconds in prop::collection::vec(0_i64..10_000_000, 1..40)) {
        let moments: Vec<Timestamp> = seconds
            .iter()
            .map(|&second| Timestamp::from_second(second).expect("a time"))
            .collect();
        let scale = Scale::of(moments.clone(), WIDE);
        let mut sorted = moments;
        sorted.sort_unstable();
        let places: Vec<f64> = sorted.iter().map(|&at| scale.x(at)).collect();
        prop_assert!(places.is_sorted(), "{:?}", places);
        prop_assert!(places.iter().all(|x| (WIDE.0..=WIDE.1).contains(x)), "{:?}", places);
    }
}
