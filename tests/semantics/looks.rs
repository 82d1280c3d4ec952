//! One look: its time-out, its panics, its pace, and the round that it shares with others.

use touchdown::checks::contract::State;

use super::ran::ran;

#[tokio::test(start_paused = true)]
async fn a_hanging_look_is_given_up_and_others_go_on_meanwhile() {
    let ran = ran(&[
        "id: hangs, says: hangs, timeout: 5s, within: 20s",
        "id: mends, says: hangs; 1s holds, timeout: 5s",
        "id: other, says: holds, hold: 20s",
    ])
    .await;
    let none = "there was no answer within 5s";
    ran.expect(
        "all the time",
        "hangs",
        &format!("inconclusive: after 20s still: {none}"),
    );
    let attempts = &ran.check("hangs").attempts;
    assert!(
        attempts.iter().all(|look| look.state == State::Unobserved),
        "{attempts:?}"
    );
    // The one before the last is given up at the deadline.
    let took: Vec<u64> = attempts.iter().map(|look| look.took_ms).collect();
    assert!(took.iter().all(|took| *took < 5_500), "{took:?}");
    assert!(
        took.iter().filter(|took| **took < 5_000).count() <= 1,
        "{took:?}"
    );
    assert!(took.last() >= Some(&5_000), "{took:?}");
    let last = ran.looks("hangs").pop();
    assert!(last < Some(20_500), "{last:?}");
    assert_eq!(
        ran.check("mends").attempts.len(),
        2,
        "the next look is made for itself"
    );
    ran.expect(
        "meanwhile",
        "other",
        "passed at 20s: 3 of 3 tasks; held for 20s in * looks",
    );
    let pauses = ran.pauses("other");
    assert!(
        pauses.iter().all(|pause| *pause <= 2_200),
        "nobody waits for it: {pauses:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_look_may_take_its_time_out() {
    let ran = ran(&[
        "id: just, says: holds in 5s, timeout: 5s",
        "id: bounded, says: unobserved in 5100ms, timeout: 5s, within: 0s",
        "id: over, says: holds in 6s, timeout: 5s, within: 0s",
    ])
    .await;
    ran.expect("in time", "just", "passed at 5s: 3 of 3 tasks");
    // A check that bounds itself says better what it waited for, and a moment later.
    let own = "inconclusive: no answer";
    ran.expect("in its own words", "bounded", own);
    let over = "inconclusive: there was no answer within 5s";
    ran.expect("too late", "over", over);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_inconclusive_and_the_others_report() {
    let ran = ran(&[
        "id: defect, says: not-yet; 10s explodes",
        "id: other, says: not-yet; 1m holds",
        "id: after, needs: [defect], says: holds",
    ])
    .await;
    let told = "the check scripted panicked: the script says `explodes`";
    ran.expect(
        "a defect",
        "defect",
        &format!("inconclusive about 10s: {told}"),
    );
    let last = ran.check("defect").attempts.last();
    assert_eq!(last.map(|look| look.state), Some(State::Unobserved));
    ran.expect("goes on", "other", "passed about 1m: 3 of 3 tasks");
    let skipped = "skipped: not looked at: it needs `defect`, which was inconclusive";
    ran.expect("needs it", "after", skipped);
    assert_eq!(ran.report.exit_code, 3);
}

/// Whether a pause is one of so many milliseconds, jitter included.
fn is_about(pause: u64, millis: u64) -> bool {
    (millis * 9 / 10..=millis * 11 / 10 + 1).contains(&pause)
}

#[tokio::test(start_paused = true)]
async fn jitter_stays_within_ten_percent_and_is_there() {
    let ran = ran(&["id: it, says: not-yet"]).await;
    let mut pauses = ran.pauses("it");
    pauses.pop();
    assert!(
        pauses.iter().all(|pause| is_about(*pause, 2_000)),
        "{pauses:?}"
    );
    pauses.sort_unstable();
    pauses.dedup();
    assert!(
        pauses.len() > 20,
        "many touchdowns do not stay in step: {pauses:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn throttling_stretches_the_pause_and_relaxes_again() {
    let ran = ran(&["id: it, says: throttled; 50s not-yet, within: 10m"]).await;
    let pauses = ran.pauses("it");
    let expected = [4, 8, 16, 30, 16, 8, 4, 2, 2, 2].map(|seconds| seconds * 1_000);
    for (pause, expected) in pauses.iter().zip(expected) {
        assert!(
            is_about(*pause, expected),
            "{expected}ms in {:?}",
            &pauses[..10]
        );
    }
    assert_eq!(ran.settled("it"), 600_000, "the deadline stays where it is");
}

#[tokio::test(start_paused = true)]
async fn what_is_due_together_looks_together() {
    let ran = ran(&[
        "id: one, says: not-yet, within: 1m",
        "id: same, says: not-yet, within: 1m",
        "id: nearly, says: not-yet, within: 1m, every: 2200ms",
    ])
    .await;
    assert_eq!(ran.looks("one"), ran.looks("same"));
    // The look at a deadline is for itself, so the last pause is left out.
    let shared = |id| {
        let looks = ran.looks(id).into_iter();
        looks.filter(|look| *look < 57_500).collect::<Vec<_>>()
    };
    assert_eq!(
        shared("one"),
        shared("nearly"),
        "near enough to share a picture"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_one_does_not_delay_the_others() {
    let ran = ran(&[
        "id: slow, says: not-yet in 9s, within: 1m",
        "id: fast, says: not-yet, within: 1m",
    ])
    .await;
    let pauses = ran.pauses("fast");
    assert!(pauses.iter().all(|pause| *pause <= 2_200), "{pauses:?}");
    let mut slow = ran.pauses("slow");
    // The one before the last is given up at the deadline.
    slow.pop();
    assert!(
        slow.iter().all(|pause| *pause >= 9_000),
        "never two looks at a time: {slow:?}"
    );
}
