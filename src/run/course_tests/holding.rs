//! A statement that must keep holding: when it passes, what starts its hold anew, and what
//! ends it.

use super::*;

use Why::{Flapped, Held, LostSight};

const HOLD: u64 = 600_000;
const HELD: Why = Held(Duration::from_secs(600));

/// The first look of a walk at or after a time.
fn first_from(walk: &Walk, time: u64) -> u64 {
    let looks = walk.looks.iter().copied();
    looks.clone().find(|look| *look >= time).expect("a look")
}

#[test]
fn passes_when_it_has_held_long_enough() {
    for from in [0, 10_000, 299_000, AT] {
        let case = format!("first holds at {from}ms");
        let script = [(0, NOT_YET), (from, HOLDS)];
        let walk = expect(&case, holding(HOLD), &script, Passed, HELD);
        assert_eq!(walk.last(), first_from(&walk, from) + HOLD, "{case}");
        assert_eq!(walk.flaps, 0, "{case}");
    }
    let late = [(0, NOT_YET), (AT + 1, HOLDS)];
    expect("first holds too late", holding(HOLD), &late, Failed, STILL);
}

#[test]
fn is_seen_twice_at_least_and_closely() {
    let walk = expect(
        "hold 500ms",
        holding(500),
        &[(0, HOLDS)],
        Passed,
        Held(ms(500)),
    );
    assert_eq!(
        walk.looks,
        [0, 500],
        "a hold shorter than the pause is two looks"
    );
    let walk = expect("hold 0s", holding(0), &[(0, HOLDS)], Passed, Held(ms(0)));
    assert_eq!(walk.looks, [0, 2_000], "even nothing is held in two looks");
    let script = [(0, slowly(900, HOLDS))];
    let walk = expect("hold 500ms", holding(500), &script, Passed, Held(ms(500)));
    assert_eq!(
        walk.looks,
        [0, 1_400],
        "a look that is slower than the hold is not enough"
    );
    for takes in [0, 100, 1_999, 2_000, 15_000] {
        let script = [(0, slowly(takes, HOLDS))];
        let case = format!("looks of {takes}ms");
        let walk = expect(&case, holding(HOLD), &script, Passed, HELD);
        let gap = walk
            .pauses()
            .iter()
            .map(|pause| pause.saturating_sub(takes))
            .max();
        assert!(gap <= Some(4_000), "{case}: {gap:?}");
        let before = walk.looks.iter().rev().nth(1).copied().unwrap_or_default();
        assert_eq!(walk.last(), HOLD.max(before + takes), "{case}");
    }
}

#[test]
fn a_flap_starts_the_hold_anew_while_there_is_time() {
    let once = [(0, HOLDS), (60_000, NOT_YET), (70_000, HOLDS)];
    let walk = expect("one flap", holding(HOLD), &once, Passed, HELD);
    assert_eq!(walk.last(), first_from(&walk, 70_000) + HOLD, "one flap");
    assert_eq!(walk.flaps, 1, "not-yet for 10s is one flap");
    let thrice = [
        (0, HOLDS),
        (60_000, NOT_YET),
        (70_000, HOLDS),
        (120_000, NOT_YET),
        (130_000, HOLDS),
        (295_000, NOT_YET),
        (AT, HOLDS),
    ];
    let walk = expect("back at the deadline", holding(HOLD), &thrice, Passed, HELD);
    assert_eq!(
        (walk.last(), walk.flaps),
        (AT + HOLD, 3),
        "back at the deadline"
    );
    let never = [(0, HOLDS), (60_000, NOT_YET)];
    let walk = expect("never back", holding(HOLD), &never, Failed, STILL);
    assert_eq!((walk.last(), walk.flaps), (AT, 1), "never back");
}

#[test]
fn a_flap_after_the_deadline_fails() {
    for at in [AT, AT + 1, AT + 5_000, HOLD] {
        let script = [(0, HOLDS), (at, NOT_YET), (at + 1, HOLDS)];
        // Only the look at that moment sees it, whatever the jitter.
        let world = |since: u64, _| {
            if since >= at {
                NOT_YET
            } else {
                shown(&script, since)
            }
        };
        for jitter in JITTERS {
            let walk = walk(holding(HOLD), None, jitter, &world);
            let since = first_from(&walk, at);
            assert_eq!(walk.verdict, Failed, "not-yet at {at}ms: {walk:?}");
            assert_eq!(walk.why, Flapped(ms(since)), "not-yet at {at}ms");
            assert_eq!((walk.last(), walk.flaps), (since, 1), "not-yet at {at}ms");
        }
    }
}

#[test]
fn what_waiting_cannot_help_ends_a_hold() {
    let cases = [("broken", BROKEN, Failed), ("denied", DENIED, Inconclusive)];
    for (state, seen, verdict) in cases {
        for at in [4_000, AT, 400_000, HOLD] {
            let case = format!("{state} at {at}ms");
            let script = [(0, HOLDS), (at, seen)];
            let walk = expect(&case, holding(HOLD), &script, verdict, AsSeen);
            assert_eq!(walk.last(), first_from(&walk, at), "{case}");
        }
    }
}

#[test]
fn one_look_that_could_not_be_made_does_not_tear_a_hold() {
    let looks = [
        ("unobserved", UNOBSERVED),
        ("slow and unobserved", slowly(1_500, UNOBSERVED)),
        ("throttled", throttled(UNOBSERVED)),
        ("throttled, but seen", throttled(HOLDS)),
    ];
    for (what, seen) in looks {
        for nth in [2, 100, 200] {
            let case = format!("look {nth} {what}");
            let one = |_, number| if number == nth { seen } else { HOLDS };
            let walk = settles(&case, holding(HOLD), Passed, HELD, &one);
            assert_eq!((walk.last(), walk.flaps), (HOLD, 0), "{case}");
        }
        let case = format!("every second look {what}");
        let half = |_, number: usize| {
            if number.is_multiple_of(2) {
                seen
            } else {
                HOLDS
            }
        };
        settles(&case, holding(HOLD), Passed, HELD, &half);
    }
    let at_its_end = |since, _| if since == HOLD { UNOBSERVED } else { HOLDS };
    let walk = settles("at its end", holding(HOLD), Passed, HELD, &at_its_end);
    assert!(walk.last() > HOLD, "an unobserved end is no end: {walk:?}");
}

#[test]
fn a_hold_is_not_torn_when_throttling_comes_and_goes() {
    for (from, to) in [(2, 3), (2, 6), (2, 12), (160, 163), (160, 170)] {
        let case = format!("looks {from} to {to} throttled");
        let world = |_, number| match (from..=to).contains(&number) {
            true => throttled(HOLDS),
            false => HOLDS,
        };
        let walk = settles(&case, holding(HOLD), Passed, HELD, &world);
        assert_eq!(walk.last(), HOLD, "{case}");
    }
    let world = |_, number| match number {
        160..163 => throttled(HOLDS),
        163 => UNOBSERVED,
        _ => HOLDS,
    };
    let case = "out of sight for a moment while the pause relaxes";
    settles(case, holding(HOLD), Passed, HELD, &world);
}

#[test]
fn out_of_sight_for_long_starts_the_hold_anew_while_there_is_time() {
    let cases: [(&str, Script<'_>); 2] = [
        (
            "for 10s",
            &[(0, HOLDS), (10_000, UNOBSERVED), (20_000, HOLDS)],
        ),
        (
            "at the deadline",
            &[(0, HOLDS), (10_000, UNOBSERVED), (AT, HOLDS)],
        ),
    ];
    for (case, script) in cases {
        let walk = expect(case, holding(HOLD), script, Passed, HELD);
        let back = script.last().map_or(0, |(from, _)| *from);
        assert_eq!(walk.last(), first_from(&walk, back) + HOLD, "{case}");
        assert_eq!(walk.flaps, 0, "{case}: nobody saw it stop holding");
    }
    let script = [(0, HOLDS), (10_000, UNOBSERVED)];
    expect("for good", holding(HOLD), &script, Inconclusive, STILL);
}

#[test]
fn out_of_sight_for_long_after_the_deadline_is_inconclusive() {
    let hanging = slowly(15_250, UNOBSERVED);
    let cases: [(&str, Script<'_>); 3] = [
        (
            "for 10s",
            &[(0, HOLDS), (AT, UNOBSERVED), (AT + 10_000, HOLDS)],
        ),
        ("for good", &[(0, HOLDS), (AT - 1_000, UNOBSERVED)]),
        ("hanging", &[(0, HOLDS), (AT, hanging), (AT + 4_000, HOLDS)]),
    ];
    for (case, script) in cases {
        expect(case, holding(HOLD), script, Inconclusive, LostSight);
    }
}

#[test]
fn looks_too_far_apart_prove_nothing() {
    for (at, expected) in [(10_000, None), (AT, Some((Inconclusive, LostSight)))] {
        let opened = Instant::now();
        let mut course = Course::open(holding(HOLD), opened);
        let look = |at| Looked {
            began: opened + ms(at),
            ended: opened + ms(at),
            state: State::Holds,
            lasting: false,
            throttled: false,
            least_pause: Duration::ZERO,
        };
        // A process that was stopped meanwhile, for example.
        course.after(look(at - 4_001), 1.0);
        match course.after(look(at), 1.0) {
            Next::Settled(verdict, why) => assert_eq!(Some((verdict, why)), expected, "at {at}ms"),
            Next::Again(_) => {
                assert_eq!(expected, None, "at {at}ms");
                assert_eq!(
                    course.holding_since(),
                    Some(opened + ms(at)),
                    "it holds anew"
                );
            }
        }
    }
}

/// A look that sees it hold, and takes no time.
fn held(at: Instant, least_pause: Duration) -> Looked {
    Looked {
        began: at,
        ended: at,
        state: State::Holds,
        lasting: false,
        throttled: false,
        least_pause,
    }
}

#[test]
fn a_pause_that_the_budget_stretches_tears_no_hold() {
    let opened = Instant::now();
    let mut course = Course::open(holding(HOLD), opened);
    let mut at = opened;
    let verdict = loop {
        match course.after(held(at, ms(20_000)), 1.0) {
            Next::Again(due) => {
                assert!(due.exact || due.at - at >= ms(20_000), "no sooner");
                at = due.at;
            }
            Next::Settled(verdict, why) => break (verdict, why),
        }
    };
    assert_eq!(verdict, (Passed, HELD));
}

/// What follows the last of looks that see it hold, each 6 s after the one before, with a pause of 2 s.
fn far_apart(put_off: bool) -> Next {
    let opened = Instant::now();
    let mut course = Course::open(holding(60_000), opened);
    let mut after = |at: u64| {
        let at = opened + ms(at);
        let next = course.after(held(at, Duration::ZERO), 1.0);
        if put_off {
            course.put_off(at + ms(6_000));
        }
        next
    };
    let looks: Vec<Next> = (0..=60_000).step_by(6_000).map(&mut after).collect();
    looks.into_iter().next_back().expect("eleven looks")
}

#[test]
fn looks_that_the_budget_puts_off_do_not_tear_a_hold() {
    assert!(matches!(
        far_apart(true),
        Next::Settled(Passed, Held(hold)) if hold == ms(60_000)
    ));
    assert!(matches!(far_apart(false), Next::Again(_)));
}

#[test]
fn a_hold_counts_from_when_the_look_that_began_it_was_over() {
    // What a look of 10 s sees may have begun to hold at its end.
    let world = |_, number| match number {
        1 => slowly(10_000, HOLDS),
        _ => HOLDS,
    };
    let walk = walk(holding(60_000), None, 1.0, &world);
    assert_eq!((walk.verdict, walk.why), (Passed, Held(ms(60_000))));
    assert_eq!(walk.last(), 70_000);
}
