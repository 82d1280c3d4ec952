//! `within`, and the one last look at the deadline.

use super::ran::{expect_each, ran};

#[tokio::test(start_paused = true)]
async fn before_the_deadline() {
    expect_each(&[
        ("says: holds", "passed at 0s: 3 of 3 tasks"),
        ("says: not-yet; 10s holds", "passed about 10s: 3 of 3 tasks"),
        (
            "says: unobserved; 10s holds",
            "passed about 10s: 3 of 3 tasks",
        ),
        ("says: broken", "failed at 0s: 0 of 3 tasks"),
        (
            "says: not-yet; 10s broken",
            "failed about 10s: 0 of 3 tasks",
        ),
        (
            "says: unobserved; 10s broken",
            "failed about 10s: 0 of 3 tasks",
        ),
        ("says: denied", "inconclusive at 0s: access denied"),
        (
            "says: not-yet; 10s denied",
            "inconclusive about 10s: access denied",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline() {
    expect_each(&[
        (
            "says: not-yet",
            "failed at 5m: after 5m still: 1 of 3 tasks",
        ),
        (
            "says: unobserved",
            "inconclusive at 5m: after 5m still: no answer",
        ),
        (
            "says: missing",
            "inconclusive at 5m: after 5m still: 0 of 3 tasks",
        ),
        (
            "says: throttled",
            "inconclusive at 5m: after 5m still: slow down",
        ),
        ("says: not-yet; 5m holds", "passed at 5m: 3 of 3 tasks"),
        ("says: not-yet; 5m broken", "failed at 5m: 0 of 3 tasks"),
        (
            "says: not-yet; 5m unobserved",
            "inconclusive at 5m: after 5m still: no answer",
        ),
        (
            "says: not-yet; 5m denied",
            "inconclusive at 5m: access denied",
        ),
        (
            "says: unobserved; 5m not-yet",
            "failed at 5m: after 5m still: 1 of 3 tasks",
        ),
        ("says: unobserved; 5m holds", "passed at 5m: 3 of 3 tasks"),
        (
            "says: not-yet, within: 90s",
            "failed at 90s: after 1m30s still: 1 of 3 tasks",
        ),
        ("says: not-yet, within: 0s", "failed at 0s: 1 of 3 tasks"),
        ("says: holds, within: 0s", "passed at 0s: 3 of 3 tasks"),
        (
            "says: unobserved, within: 0s",
            "inconclusive at 0s: no answer",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_the_deadline_nothing_counts() {
    let still = "failed at 5m: after 5m still: 1 of 3 tasks";
    expect_each(&[
        ("says: not-yet; 300001ms holds", still),
        ("says: not-yet; 300001ms broken", still),
        ("says: not-yet; 300001ms unobserved", still),
        ("says: not-yet; 300001ms denied", still),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_last_look_is_made_at_the_deadline_whatever_the_pause() {
    for every in ["100ms", "700ms", "2s", "7s", "59s", "1m", "61s", "1h"] {
        let check = format!("id: it, says: not-yet, within: 1m, every: {every}");
        let ran = ran(&[&check]).await;
        let looks = ran.looks("it");
        assert_eq!(looks.last(), Some(&60_000), "every {every}");
        assert_eq!(
            looks.iter().filter(|look| **look >= 60_000).count(),
            1,
            "every {every}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_look_is_not_made_early_to_share_a_round() {
    let rare = "id: rare, says: not-yet; 10s holds, within: 10s, every: 1h";
    let frequent = "id: frequent, says: not-yet, within: 20s, every: 100ms";
    let ran = ran(&[rare, frequent]).await;
    assert_eq!(ran.looks("rare"), [0, 10_000]);
    ran.expect("at its deadline", "rare", "passed at 10s: 3 of 3 tasks");
}

#[tokio::test(start_paused = true)]
async fn a_slow_look_is_given_up_at_the_deadline_where_the_last_one_begins() {
    let still = "failed at 22s: after 20s still: 1 of 3 tasks";
    expect_each(&[
        (
            "says: not-yet in 7s; 20s holds, within: 20s",
            "passed at 20s: 3 of 3 tasks",
        ),
        (
            "says: not-yet in 7s; 20s broken, within: 20s",
            "failed at 20s: 0 of 3 tasks",
        ),
        ("says: not-yet in 7s; 20s not-yet in 2s, within: 20s", still),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_allowance_adds_to_the_deadline() {
    expect_each(&[
        (
            "says: not-yet, late: 1m",
            "failed at 6m: after 6m still: 1 of 3 tasks",
        ),
        (
            "says: not-yet; 6m holds, late: 1m",
            "passed at 6m: 3 of 3 tasks",
        ),
        ("says: holds, late: 1m", "passed at 0s: 3 of 3 tasks"),
    ])
    .await;
}
