//! How often it looks, a statement that forbids something, and the run's own end.

use super::*;

use Why::{Held, RunOver, WindowOver};

fn every(every: u64) -> Bounds {
    Bounds {
        every: ms(every),
        within: ms(3_600_000),
        ..bounds()
    }
}

/// The first pauses of a course at a jitter, whose first looks are throttled.
fn pauses(bounds: Bounds, jitter: f64, throttled_looks: usize) -> Vec<u64> {
    let world = |_, number| match number <= throttled_looks {
        true => throttled(UNOBSERVED),
        false => NOT_YET,
    };
    walk(bounds, None, jitter, &world).pauses()
}

#[test]
fn jitter_stays_within_ten_percent() {
    for (jitter, pause) in [(0.9, 1_800), (1.0, 2_000), (1.1, 2_200)] {
        let pauses = pauses(bounds(), jitter, 0);
        let all_but_the_last = &pauses[..pauses.len() - 1];
        assert!(
            all_but_the_last.iter().all(|found| *found == pause),
            "jitter {jitter}: {pauses:?}"
        );
    }
}

#[test]
fn throttling_stretches_the_pause_and_relaxes_again() {
    let stretched = pauses(every(2_000), 1.0, 3);
    assert_eq!(stretched[..6], [4_000, 8_000, 16_000, 8_000, 4_000, 2_000]);
    let long = pauses(every(2_000), 1.0, 40);
    assert_eq!(long[3..39], [30_000; 36], "never over half a minute");
    assert_eq!(
        long[39..44],
        [30_000, 16_000, 8_000, 4_000, 2_000],
        "and soon back"
    );
    assert_eq!(pauses(every(20_000), 1.0, 2)[..3], [30_000, 30_000, 20_000]);
    assert_eq!(
        pauses(every(60_000), 1.0, 5)[..7],
        [60_000; 7],
        "a pause is never cut"
    );
}

#[test]
fn a_stretched_pause_does_not_miss_the_deadline() {
    let world = |_, _| throttled(NOT_YET);
    let walk = settles("throttled all the time", bounds(), Failed, STILL, &world);
    assert_eq!(walk.last(), AT);
}

#[test]
fn what_forbids_passes_only_at_the_end_of_its_window() {
    let forbids = Bounds {
        forbids: true,
        ..bounds()
    };
    let over = WindowOver(ms(AT));
    let gap: Script<'_> = &[(0, HOLDS), (10_000, UNOBSERVED), (AT, HOLDS)];
    let cases: [(&str, Script<'_>, Verdict, Why, u64); 9] = [
        ("never seen", &[(0, HOLDS)], Passed, over, AT),
        ("seen at once", &[(0, BROKEN)], Failed, AsSeen, 0),
        (
            "seen meanwhile",
            &[(0, HOLDS), (10_000, BROKEN)],
            Failed,
            AsSeen,
            10_000,
        ),
        (
            "seen at the end",
            &[(0, HOLDS), (AT, BROKEN)],
            Failed,
            AsSeen,
            AT,
        ),
        (
            "seen too late",
            &[(0, HOLDS), (AT + 1, BROKEN)],
            Passed,
            over,
            AT,
        ),
        ("out of sight meanwhile", gap, Passed, over, AT),
        (
            "out of sight at the end",
            &[(0, HOLDS), (AT, UNOBSERVED)],
            Inconclusive,
            STILL,
            AT,
        ),
        (
            "not to be told at the end",
            &[(0, HOLDS), (AT, NOT_YET)],
            Failed,
            STILL,
            AT,
        ),
        ("denied", &[(0, DENIED)], Inconclusive, AsSeen, 0),
    ];
    for (case, script, verdict, why, at) in cases {
        let walk = expect(case, forbids, script, verdict, why);
        assert_eq!(walk.last(), at, "{case}");
    }
    let slow = expect(
        "slow looks",
        forbids,
        &[(0, slowly(3_000, HOLDS))],
        Passed,
        over,
    );
    assert!(
        slow.last() >= AT,
        "the last look begins at the end, not before: {slow:?}"
    );
    let longer = Bounds {
        hold: Some(ms(60_000)),
        ..forbids
    };
    let over = WindowOver(ms(AT + 60_000));
    expect(
        "a hold adds to the window",
        longer,
        &[(0, HOLDS)],
        Passed,
        over,
    );
    let script = [(0, HOLDS), (AT + 60_000, BROKEN)];
    expect(
        "and it is watched till then",
        longer,
        &script,
        Failed,
        AsSeen,
    );
}

#[test]
fn the_runs_end_comes_first() {
    const END: u64 = 100_000;
    let forbids = Bounds {
        forbids: true,
        ..bounds()
    };
    let cases: [(&str, Bounds, Script<'_>, Verdict, Why); 10] = [
        ("not yet", bounds(), &[(0, NOT_YET)], Inconclusive, RunOver),
        (
            "unobserved",
            bounds(),
            &[(0, UNOBSERVED)],
            Inconclusive,
            RunOver,
        ),
        (
            "holds then",
            bounds(),
            &[(0, NOT_YET), (END, HOLDS)],
            Passed,
            AsSeen,
        ),
        (
            "holds too late",
            bounds(),
            &[(0, NOT_YET), (END + 1, HOLDS)],
            Inconclusive,
            RunOver,
        ),
        (
            "broken then",
            bounds(),
            &[(0, NOT_YET), (END, BROKEN)],
            Failed,
            AsSeen,
        ),
        (
            "denied then",
            bounds(),
            &[(0, NOT_YET), (END, DENIED)],
            Inconclusive,
            AsSeen,
        ),
        (
            "in a hold",
            holding(END + 1),
            &[(0, HOLDS)],
            Inconclusive,
            RunOver,
        ),
        (
            "at its hold's end",
            holding(END),
            &[(0, HOLDS)],
            Passed,
            Held(ms(END)),
        ),
        ("forbids", forbids, &[(0, HOLDS)], Inconclusive, RunOver),
        (
            "flaps then",
            holding(END),
            &[(0, HOLDS), (END, NOT_YET)],
            Inconclusive,
            RunOver,
        ),
    ];
    for (case, bounds, script, verdict, why) in cases {
        for jitter in JITTERS {
            let walk = walk(bounds, Some(END), jitter, &|since, _| shown(script, since));
            assert_eq!((walk.verdict, walk.why), (verdict, why), "{case}: {walk:?}");
            assert_eq!(walk.last(), END, "{case}: one last look at the run's end");
        }
    }
    let same = walk(bounds(), Some(AT), 1.0, &|_, _| NOT_YET);
    assert_eq!(
        (same.verdict, same.why),
        (Failed, STILL),
        "the deadline is the run's end"
    );
}

#[test]
fn no_look_begins_after_the_runs_end() {
    for takes in [300, 3_000, 15_250] {
        let slow = walk(bounds(), Some(100_000), 1.0, &|_, _| slowly(takes, NOT_YET));
        assert_eq!(
            (slow.verdict, slow.why),
            (Inconclusive, RunOver),
            "{takes}ms a look"
        );
        assert!(slow.last() <= 100_000, "{takes}ms a look: {slow:?}");
    }
}
