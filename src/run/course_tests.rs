//! The course of one check, look by look. A script says what the world shows from when on;
//! the walk makes every look that the course asks for, when it asks for it.

#[path = "course_tests/holding.rs"]
mod holding;
#[path = "course_tests/pace.rs"]
mod pace;

use super::*;

/// What a look meets.
#[derive(Clone, Copy)]
struct Seen {
    state: State,
    lasting: bool,
    throttled: bool,
    takes: u64,
}

const fn seen(state: State) -> Seen {
    Seen {
        state,
        lasting: false,
        throttled: false,
        takes: 0,
    }
}

const HOLDS: Seen = seen(State::Holds);
const NOT_YET: Seen = seen(State::NotYet);
const BROKEN: Seen = seen(State::Broken);
const UNOBSERVED: Seen = seen(State::Unobserved);
const DENIED: Seen = Seen {
    lasting: true,
    ..UNOBSERVED
};

/// It takes so many milliseconds to see that.
const fn slowly(takes: u64, seen: Seen) -> Seen {
    Seen { takes, ..seen }
}

/// AWS asks to slow down meanwhile.
const fn throttled(seen: Seen) -> Seen {
    Seen {
        throttled: true,
        ..seen
    }
}

/// What is seen from a time on, in milliseconds since the window opened.
type Script<'a> = &'a [(u64, Seen)];

/// What a look at a time meets; looks are numbered from 1.
type World<'a> = &'a dyn Fn(u64, usize) -> Seen;

/// Where a course came to: all times in milliseconds since the window opened.
#[derive(Clone, Debug)]
struct Walk {
    looks: Vec<u64>,
    flaps: usize,
    verdict: Verdict,
    why: Why,
}

impl Walk {
    fn last(&self) -> u64 {
        self.looks.last().copied().unwrap_or_default()
    }

    fn pauses(&self) -> Vec<u64> {
        self.looks.windows(2).map(|two| two[1] - two[0]).collect()
    }
}

const JITTERS: [f64; 3] = [0.9, 1.0, 1.1];

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The defaults of a suite.
fn bounds() -> Bounds {
    Bounds {
        within: ms(300_000),
        every: ms(2_000),
        hold: None,
        forbids: false,
        run_ends: None,
    }
}

fn holding(hold: u64) -> Bounds {
    Bounds {
        hold: Some(ms(hold)),
        ..bounds()
    }
}

/// Makes the looks of a course, as the rounds would.
fn walk(bounds: Bounds, run_ends: Option<u64>, jitter: f64, world: World<'_>) -> Walk {
    let opened = Instant::now();
    let run_ends = run_ends.map(|ends| opened + ms(ends));
    let mut course = Course::open(Bounds { run_ends, ..bounds }, opened);
    let (mut looks, mut flaps) = (Vec::new(), 0);
    let mut due = course.first();
    loop {
        // Tokio's timers never fire early, and are as fine as a millisecond.
        let since = (due.at - opened).as_micros().div_ceil(1_000);
        let since = u64::try_from(since).expect("a course is shorter than that");
        looks.push(since);
        assert!(looks.len() < 20_000, "a course comes to an end");
        let seen = world(since, looks.len());
        let look = Looked {
            began: opened + ms(since),
            ended: opened + ms(since + seen.takes),
            state: seen.state,
            lasting: seen.lasting,
            throttled: seen.throttled,
            least_pause: Duration::ZERO,
        };
        let next = course.after(look, jitter);
        flaps += usize::from(course.flapped());
        match next {
            Next::Again(again) => {
                assert!(again.at >= look.ended, "one look at a time");
                due = again;
            }
            Next::Settled(verdict, why) => {
                return Walk {
                    looks,
                    flaps,
                    verdict,
                    why,
                };
            }
        }
    }
}

/// Walks at every jitter, expects the same verdict of each, and returns the middle one.
#[track_caller]
fn settles(case: &str, bounds: Bounds, verdict: Verdict, why: Why, world: World<'_>) -> Walk {
    let mut walks = JITTERS
        .map(|jitter| walk(bounds, None, jitter, world))
        .to_vec();
    for (walk, jitter) in walks.iter().zip(JITTERS) {
        let came_to = (walk.verdict, walk.why);
        assert_eq!(came_to, (verdict, why), "{case}, jitter {jitter}: {walk:?}");
    }
    walks.swap_remove(1)
}

/// The same, where what is seen changes at certain times.
#[track_caller]
fn expect(case: &str, bounds: Bounds, script: Script<'_>, verdict: Verdict, why: Why) -> Walk {
    settles(case, bounds, verdict, why, &|since, _| shown(script, since))
}

fn shown(script: Script<'_>, since: u64) -> Seen {
    let shown = script.iter().rfind(|(from, _)| *from <= since);
    shown.expect("a script says what is seen at first").1
}

use Verdict::{Failed, Inconclusive, Passed};
use Why::{AsSeen, Deadline};

const AT: u64 = 300_000;
const STILL: Why = Deadline(Duration::from_secs(300));

#[test]
fn every_state_before_at_and_after_the_deadline() {
    // What comes after the deadline is never looked at: at it, there still was nothing.
    let cases = [
        ("holds", HOLDS, Passed, AsSeen, Passed, AsSeen),
        ("not yet", NOT_YET, Failed, STILL, Failed, STILL),
        ("broken", BROKEN, Failed, AsSeen, Failed, AsSeen),
        (
            "unobserved",
            UNOBSERVED,
            Inconclusive,
            STILL,
            Inconclusive,
            STILL,
        ),
        ("denied", DENIED, Inconclusive, AsSeen, Inconclusive, AsSeen),
    ];
    for (state, seen, verdict, why, at_verdict, at_why) in cases {
        let case = |when: &str| format!("{state} {when}");
        let b = bounds();
        let first = expect(&case("at once"), b, &[(0, seen)], verdict, why);
        expect(
            &case("from 10s on"),
            b,
            &[(0, NOT_YET), (10_000, seen)],
            verdict,
            why,
        );
        let at = [(0, NOT_YET), (AT, seen)];
        let at = expect(&case("at the deadline"), b, &at, at_verdict, at_why);
        let after = [(0, NOT_YET), (AT + 1, seen)];
        let after = expect(&case("after the deadline"), b, &after, Failed, STILL);
        let first_at = if why == STILL { AT } else { 0 };
        assert_eq!(
            [first.last(), at.last(), after.last()],
            [first_at, AT, AT],
            "{state}: the look that settled it"
        );
    }
}

#[test]
fn what_was_unobserved_before_the_deadline_does_not_count() {
    let script = [(0, UNOBSERVED), (AT, HOLDS)];
    expect("seen at last", bounds(), &script, Passed, AsSeen);
    let script = [(0, UNOBSERVED), (AT, NOT_YET)];
    expect("seen not to hold", bounds(), &script, Failed, STILL);
}

#[test]
fn one_last_look_at_the_deadline_whatever_the_pause() {
    for every in [100, 700, 2_000, 7_000, 299_999, 300_000, 300_001, 3_600_000] {
        for jitter in JITTERS {
            let b = Bounds {
                every: ms(every),
                ..bounds()
            };
            let walk = walk(b, None, jitter, &|_, _| NOT_YET);
            assert_eq!(walk.last(), AT, "every {every}ms, jitter {jitter}");
            let at_deadline = walk.looks.iter().filter(|look| **look >= AT).count();
            assert_eq!(at_deadline, 1, "every {every}ms, jitter {jitter}");
        }
    }
}

#[test]
fn a_slow_look_across_the_deadline_is_not_the_last() {
    for takes in [1, 300, 1_999, 2_000, 3_000, 7_000, 299_999, 400_000] {
        let slow = walk(bounds(), None, 1.0, &|_, _| slowly(takes, NOT_YET));
        assert_eq!(
            (slow.verdict, slow.why),
            (Failed, STILL),
            "{takes}ms a look"
        );
        let before: Vec<u64> = slow
            .looks
            .iter()
            .copied()
            .filter(|look| *look < AT)
            .collect();
        let in_flight = before.last().map_or(0, |last| last + takes);
        assert_eq!(slow.last(), in_flight.max(AT), "{takes}ms a look: {slow:?}");
        assert_eq!(slow.looks.len(), before.len() + 1, "{takes}ms a look");
    }
    let script = [(0, slowly(3_000, NOT_YET)), (AT, HOLDS)];
    expect("it holds at last", bounds(), &script, Passed, AsSeen);
}

#[test]
fn a_window_of_nothing_is_one_look() {
    let b = Bounds {
        within: Duration::ZERO,
        ..bounds()
    };
    let still = Deadline(Duration::ZERO);
    let cases = [
        (HOLDS, Passed, AsSeen),
        (NOT_YET, Failed, still),
        (UNOBSERVED, Inconclusive, still),
    ];
    for (seen, verdict, why) in cases {
        let walk = expect("within 0s", b, &[(0, seen)], verdict, why);
        assert_eq!(walk.looks, [0], "within 0s is one look");
    }
}
