//! A check that forbids something.

use super::ran::expect_each;

#[tokio::test(start_paused = true)]
async fn passes_only_at_the_end_of_its_window_and_breaks_at_once() {
    let still = "nothing forbidden was seen";
    let passed = format!("passed at 5m: {still}; looked at for 5m");
    expect_each(&[
        ("forbids says: holds", &passed),
        (
            "forbids says: broken",
            "failed at 0s: the forbidden was seen",
        ),
        (
            "forbids says: holds; 10s broken",
            "failed about 10s: the forbidden was seen",
        ),
        (
            "forbids says: holds; 10s broken; 11s holds, every: 500ms",
            "failed about 10s: the forbidden was seen",
        ),
        (
            "forbids says: holds; 5m broken",
            "failed at 5m: the forbidden was seen",
        ),
        ("forbids says: holds; 300001ms broken", &passed),
        ("forbids says: holds; 10s unobserved; 20s holds", &passed),
        (
            "forbids says: holds; 5m unobserved",
            "inconclusive at 5m: after 5m still: no answer",
        ),
        (
            "forbids says: unobserved",
            "inconclusive at 5m: after 5m still: no answer",
        ),
        (
            "forbids says: holds; 5m not-yet",
            &format!("failed at 5m: after 5m still: {still}"),
        ),
        (
            "forbids says: holds; 10s denied",
            "inconclusive about 10s: access denied",
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn late_evidence_and_a_hold_add_to_the_window() {
    let still = "nothing forbidden was seen";
    expect_each(&[
        (
            "forbids says: holds, late: 30s",
            &format!("passed at 330s: {still}; looked at for 5m30s"),
        ),
        (
            "forbids says: holds; 330s broken, late: 30s",
            "failed at 330s: the forbidden was seen",
        ),
        (
            "forbids says: holds, hold: 1m",
            &format!("passed at 6m: {still}; looked at for 6m"),
        ),
        (
            "forbids says: holds; 6m broken, hold: 1m",
            "failed at 6m: the forbidden was seen",
        ),
        (
            "forbids says: holds, late: 30s, hold: 1m, within: 2m",
            &format!("passed at 210s: {still}; looked at for 3m30s"),
        ),
    ])
    .await;
}
