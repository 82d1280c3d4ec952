//! `hold`: it must keep holding.

use super::ran::{expect_each, ran};

#[tokio::test(start_paused = true)]
async fn passes_when_it_has_held_long_enough() {
    let held = "3 of 3 tasks; held for 10m in * looks";
    expect_each(&[
        ("says: holds, hold: 10m", &format!("passed at 10m: {held}")),
        (
            "says: not-yet; 10s holds, hold: 10m",
            &format!("passed about 610s: {held}"),
        ),
        (
            "says: unobserved; 10s holds, hold: 10m",
            &format!("passed about 610s: {held}"),
        ),
        (
            "says: not-yet; 5m holds, hold: 10m",
            &format!("passed at 15m: {held}"),
        ),
        (
            "says: not-yet; 300001ms holds, hold: 10m",
            "failed at 5m: after 5m still: 1 of 3 tasks",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn looks_twice_at_least_and_counts_the_looks_that_held() {
    let cases = [
        (
            "says: holds, hold: 100ms",
            "passed at 100ms: 3 of 3 tasks; held for 100ms in 2 looks",
        ),
        (
            "says: holds in 3s, hold: 1s",
            "passed at 9s: 3 of 3 tasks; held for 1s in 3 looks",
        ),
        (
            "says: not-yet; 30s holds, within: 30s, hold: 1s",
            "passed at 31s: 3 of 3 tasks; held for 1s in 2 looks",
        ),
    ];
    expect_each(&cases).await;
}

#[tokio::test(start_paused = true)]
async fn no_gap_is_over_two_pauses() {
    let ran = ran(&["id: it, says: holds, hold: 10m"]).await;
    let pauses = ran.pauses("it");
    assert!(pauses.iter().all(|pause| *pause <= 4_000), "{pauses:?}");
    assert_eq!(ran.looks("it").last(), Some(&600_000));
}

#[tokio::test(start_paused = true)]
async fn a_flap_starts_it_anew_and_is_recorded() {
    let once = "says: holds; 60s not-yet; 70s holds, hold: 10m";
    let held = "3 of 3 tasks; held for 10m in * looks, after it had stopped holding";
    let twice = "says: holds; 60s not-yet; 70s holds; 290s not-yet; 5m holds, hold: 10m";
    expect_each(&[
        (once, &format!("passed about 670s: {held} once")),
        (twice, &format!("passed at 15m: {held} 2 times")),
        (
            "says: holds; 60s not-yet, hold: 10m",
            "failed at 5m: after 5m still: 1 of 3 tasks",
        ),
    ])
    .await;
    let ran = ran(&[&format!("id: it, {once}")]).await;
    let flaps = ran
        .check("it")
        .attempts
        .iter()
        .filter(|attempt| attempt.flap);
    let flaps: Vec<_> = flaps.map(|attempt| attempt.headline.as_str()).collect();
    assert_eq!(flaps, ["1 of 3 tasks"], "one flap, however long it lasted");
}

#[tokio::test(start_paused = true)]
async fn a_flap_after_the_deadline_fails() {
    let stopped = "it stopped holding after 6m*: 1 of 3 tasks";
    expect_each(&[
        (
            "says: holds; 6m not-yet, hold: 10m",
            &format!("failed about 6m: {stopped}"),
        ),
        (
            "says: holds; 6m not-yet; 370s holds, hold: 10m",
            &format!("failed about 6m: {stopped}"),
        ),
        (
            "says: holds; 10m not-yet, hold: 10m",
            "failed at 10m: it stopped holding after 10m: 1 of 3 tasks",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_waiting_cannot_help_ends_it() {
    expect_each(&[
        (
            "says: holds; 60s broken, hold: 10m",
            "failed about 60s: 0 of 3 tasks",
        ),
        (
            "says: holds; 6m broken, hold: 10m",
            "failed about 6m: 0 of 3 tasks",
        ),
        (
            "says: holds; 60s denied, hold: 10m",
            "inconclusive about 60s: access denied",
        ),
        (
            "says: holds; 6m denied, hold: 10m",
            "inconclusive about 6m: access denied",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_moment_out_of_sight_does_not_matter() {
    let held = "passed at 10m: 3 of 3 tasks; held for 10m in * looks";
    let lost = "it could not be watched closely enough while it should hold: ";
    expect_each(&[
        (
            "says: holds; 60s unobserved; 61200ms holds, hold: 10m",
            held,
        ),
        (
            "says: holds; 6m unobserved; 361200ms holds, hold: 10m",
            held,
        ),
        ("says: holds; 6m throttled; 361200ms holds, hold: 10m", held),
        (
            "says: holds; 6m unobserved; 370s holds, hold: 10m",
            &format!("inconclusive: {lost}*"),
        ),
        (
            "says: holds; 6m unobserved, hold: 10m",
            &format!("inconclusive: {lost}no answer"),
        ),
        (
            "says: holds; 6m hangs; 363s holds, hold: 10m",
            &format!("inconclusive: {lost}*"),
        ),
        (
            "says: holds; 60s unobserved; 70s holds, hold: 10m",
            "passed about 670s: 3 of 3 tasks; held for 10m in * looks",
        ),
        (
            "says: holds; 60s unobserved, hold: 10m",
            "inconclusive at 5m: after 5m still: no answer",
        ),
    ])
    .await;
}
