//! Whatever a request's way takes, AWS has a token for it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const ALLOWANCE: Allowance = Allowance {
    burst: 5.0,
    per_second: 10.0,
};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// AWS's bucket: it takes a token for each request when that arrives, or refuses it.
struct Aws {
    tokens: f64,
    at: Instant,
}

impl Aws {
    fn admits(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * ALLOWANCE.per_second).min(ALLOWANCE.burst);
        self.at = now;
        let admitted = self.tokens > 1.0 - 1e-6;
        self.tokens -= if admitted { 1.0 } else { 0.0 };
        admitted
    }
}

/// One request: how long after the one before it is asked for, how long it takes to arrive, and its
/// answer to come back, in milliseconds.
type Asked = (u64, u64, u64);

/// How many of the requests AWS refuses, and when the last is sent.
fn refused(requests: &[Asked]) -> (usize, Duration) {
    let began = Instant::now();
    let mut level = Level::full(ALLOWANCE, began);
    let mut aws = Aws {
        tokens: ALLOWANCE.burst,
        at: began,
    };
    let mut asked_at = 0;
    let mut waiting: Vec<(u64, Option<u32>, Asked)> = Vec::new();
    for request in requests {
        asked_at += request.0;
        waiting.push((asked_at, None, *request));
    }
    let mut arriving: Vec<u64> = Vec::new();
    let mut answered: Vec<(u64, (Instant, u32))> = Vec::new();
    let (mut refused, mut last) = (0, 0);
    for time in 0.. {
        let now = began + ms(time);
        let due = |at: &mut u64| *at == time;
        refused += arriving
            .extract_if(.., due)
            .filter(|_| !aws.admits(now))
            .count();
        for (_, sent) in answered.extract_if(.., |(at, _)| *at == time) {
            level.end(&sent, now);
        }
        waiting.retain_mut(|(at, place, (_, there, back))| {
            if *at > time {
                return true;
            }
            let place = *place.get_or_insert_with(|| level.enlist());
            if !level.wait(place, now).is_zero() {
                return true;
            }
            last = time;
            arriving.push(time + *there + 1);
            answered.push((time + *there + *back + 1, level.send(place, now)));
            false
        });
        if waiting.is_empty() && arriving.is_empty() {
            break;
        }
    }
    (refused, ms(last))
}

proptest! {
    #[test]
    fn aws_has_a_token_for_every_request(
        requests in vec((0_u64..300, 0_u64..2900, 0_u64..2000), 1..40),
    ) {
        prop_assert_eq!(refused(&requests).0, 0);
    }
}

#[test]
fn a_round_that_arrives_spread_is_followed_by_one_that_arrives_at_once() {
    let spread = (0..5).map(|number| (0, 100 * number, 0));
    // The bucket is full again half a second later, counted from when they were sent.
    let bunched = (0..5).map(|number| (if number == 0 { 500 } else { 0 }, 0, 0));
    let requests: Vec<Asked> = spread.chain(bunched).collect();
    let (refused, last) = refused(&requests);
    assert_eq!(refused, 0);
    assert!(last > ms(500), "the last waits: {last:?}");
    assert!(
        last < ms(1000),
        "no longer than the way has taken: {last:?}"
    );
}

#[test]
fn what_is_never_answered_does_not_stop_the_others() {
    let never = (0, 10, 60_000);
    let requests: Vec<Asked> = vec![never; 12];
    let (refused, last) = refused(&requests);
    assert_eq!(refused, 0);
    assert!(last <= 2 * ARRIVED + ms(1000), "{last:?}");
}

#[test]
fn who_gives_up_while_it_waits_takes_its_token_along() {
    let now = Instant::now();
    let mut level = Level::full(ALLOWANCE, now);
    let places: Vec<u32> = (0..7).map(|_| level.enlist()).collect();
    assert_eq!(level.wait(places[4], now), Duration::ZERO);
    assert_eq!(level.wait(places[6], now), ms(200));
    level.leave(now);
    assert_eq!(level.wait(places[6], now), ms(200), "it may have been sent");
    assert_eq!(level.short_of(1, now), ms(300));
}
