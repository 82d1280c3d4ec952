//! A run that ends before its checks: its own time-out, Ctrl-C and SIGTERM.

use std::time::Duration;

use touchdown::report::{Counts, Interruption, Verdict};
use touchdown::run::{Event, Options};

use super::ran::{Ran, ran_with};

const SUITE: [&str; 8] = [
    "id: passed, says: holds",
    "id: failed, says: broken",
    "id: open, says: not-yet",
    "id: dark, says: unobserved",
    "id: holding, says: holds, hold: 10m",
    "check: forbids, id: forbids, says: holds",
    "id: waiting, needs: [open], says: holds",
    "id: skipped, needs: [failed], says: holds",
];

async fn bounded(checks: &[&str], seconds: u64) -> Ran {
    let timeout = Some(Duration::from_secs(seconds));
    ran_with(
        checks,
        Options {
            timeout,
            ..Options::default()
        },
        std::future::pending(),
    )
    .await
}

async fn stopped(checks: &[&str], seconds: u64, how: Interruption) -> Ran {
    let stop = async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        how
    };
    ran_with(checks, Options::default(), stop).await
}

#[tokio::test(start_paused = true)]
async fn the_runs_own_time_cuts_short_what_has_no_verdict() {
    let ran = bounded(&SUITE, 60).await;
    let over = "inconclusive at 1m: the run's time was over first; last seen:";
    ran.expect("settled", "passed", "passed at 0s: 3 of 3 tasks");
    ran.expect("settled", "failed", "failed at 0s: 0 of 3 tasks");
    ran.expect("open", "open", &format!("{over} 1 of 3 tasks"));
    ran.expect("open", "dark", &format!("{over} no answer"));
    ran.expect("open", "holding", &format!("{over} 3 of 3 tasks"));
    ran.expect(
        "open",
        "forbids",
        &format!("{over} nothing forbidden was seen"),
    );
    let need = "skipped: not looked at: it needs `open`, which was inconclusive";
    ran.expect("its need has no verdict", "waiting", need);
    assert_eq!(ran.report.took_ms, 60_000);
    assert_eq!(ran.report.interrupted, None, "nobody interrupted it");
    assert_eq!(
        (ran.report.verdict, ran.report.exit_code),
        (Verdict::Failed, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn one_last_look_is_made_at_the_runs_end() {
    let ran = bounded(
        &[
            "id: last, says: not-yet; 1m holds",
            "id: held, says: holds, hold: 1m",
            "id: broken, says: not-yet; 1m broken",
            "id: deadline, says: not-yet, within: 1m",
            "id: unopened, needs: [last], says: holds",
        ],
        60,
    )
    .await;
    ran.expect("holds then", "last", "passed at 1m: 3 of 3 tasks");
    ran.expect(
        "held till then",
        "held",
        "passed at 1m: 3 of 3 tasks; held for 1m in * looks",
    );
    ran.expect("broken then", "broken", "failed at 1m: 0 of 3 tasks");
    ran.expect(
        "deadline",
        "deadline",
        "failed at 1m: after 1m still: 1 of 3 tasks",
    );
    let never = "inconclusive: the run's time was over first; it was never looked at";
    ran.expect("its need passed too late", "unopened", never);
}

#[tokio::test(start_paused = true)]
async fn a_run_cut_short_is_inconclusive_never_passed() {
    let ran = bounded(
        &["id: a, says: holds", "id: b, says: not-yet; 61s holds"],
        60,
    )
    .await;
    assert_eq!(
        (ran.report.verdict, ran.report.exit_code),
        (Verdict::Inconclusive, 3)
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_in_time_knows_nothing_of_its_bound() {
    let ran = bounded(&["id: a, says: not-yet; 10s holds, hold: 30s"], 60).await;
    assert_eq!(
        (ran.report.verdict, ran.report.exit_code),
        (Verdict::Passed, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn no_look_begins_after_the_runs_end() {
    let ran = bounded(
        &["id: slow, says: not-yet in 9s", "id: hangs, says: hangs"],
        60,
    )
    .await;
    for id in ["slow", "hangs"] {
        let looks = ran.looks(id);
        assert!(
            looks.iter().all(|look| *look <= 60_000),
            "`{id}`: {looks:?}"
        );
    }
    assert!(
        ran.report.took_ms <= 60_000 + 15_500,
        "one look longer at most"
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_run_reports_what_is_known() {
    let cases = [
        (Interruption::Interrupt, 130, "the run was interrupted"),
        (Interruption::Terminate, 143, "the run was terminated"),
    ];
    for (how, exit_code, why) in cases {
        let ran = stopped(&SUITE, 30, how).await;
        let last_seen = format!("inconclusive at 30s: {why}; last seen:");
        ran.expect("settled", "passed", "passed at 0s: 3 of 3 tasks");
        ran.expect("settled", "failed", "failed at 0s: 0 of 3 tasks");
        ran.expect(
            "settled",
            "skipped",
            "skipped: not looked at: it needs `failed`, which failed",
        );
        ran.expect("open", "open", &format!("{last_seen} 1 of 3 tasks"));
        ran.expect("open", "dark", &format!("{last_seen} no answer"));
        ran.expect("open", "holding", &format!("{last_seen} 3 of 3 tasks"));
        ran.expect(
            "open",
            "forbids",
            &format!("{last_seen} nothing forbidden was seen"),
        );
        ran.expect(
            "not open",
            "waiting",
            &format!("inconclusive: {why}; it was never looked at"),
        );
        let report = &ran.report;
        assert_eq!(
            (report.exit_code, report.interrupted),
            (exit_code, Some(how))
        );
        assert_eq!((report.verdict, report.took_ms), (Verdict::Failed, 30_000));
        let counts = Counts {
            passed: 1,
            failed: 1,
            inconclusive: 5,
            skipped: 1,
        };
        assert_eq!(report.counts, counts);
        let events = &ran.seen.events;
        let told = events
            .iter()
            .filter(|event| matches!(event, Event::Settled { .. }));
        assert_eq!(told.count(), SUITE.len(), "each check is told once");
        let stops = |event: &Event| matches!(event, Event::Stopping { reason } if reason == why);
        assert!(events.iter().any(stops), "and why it stops");
    }
}

#[tokio::test(start_paused = true)]
async fn an_interruption_waits_for_no_look() {
    let ran = stopped(&["id: hangs, says: hangs"], 5, Interruption::Interrupt).await;
    ran.expect(
        "in flight",
        "hangs",
        "inconclusive at 5s: the run was interrupted; it was never looked at",
    );
    assert_eq!(ran.report.took_ms, 5_000);
    let ran = ran_with(&SUITE, Options::default(), async {
        Interruption::Terminate
    })
    .await;
    assert_eq!(
        ran.report.counts.inconclusive,
        SUITE.len(),
        "stopped before it began"
    );
    assert_eq!(
        (ran.report.verdict, ran.report.exit_code),
        (Verdict::Inconclusive, 143)
    );
}

#[tokio::test(start_paused = true)]
async fn an_interruption_after_the_last_verdict_is_none() {
    let ran = stopped(
        &["id: a, says: not-yet; 10s holds"],
        60,
        Interruption::Interrupt,
    )
    .await;
    assert_eq!((ran.report.interrupted, ran.report.exit_code), (None, 0));
}
