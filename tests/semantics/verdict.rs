//! What a run ends in: failed beats inconclusive beats passed, among the checks that gate.

use touchdown::report::Counts;

use super::ran::{name, ran};

const PASSES: &str = "id: passes, says: holds";
const FAILS: &str = "id: fails, says: broken";
const DARK: &str = "id: dark, says: denied";
const OPTIONAL_PASSES: &str = "id: o-passes, says: holds, required: false";
const OPTIONAL_FAILS: &str = "id: o-fails, says: broken, required: false";
const OPTIONAL_DARK: &str = "id: o-dark, says: denied, required: false";
const AFTER_PASSES: &str = "id: after-passes, says: holds, needs: [passes]";
const AFTER_FAILS: &str = "id: after-fails, says: holds, needs: [fails]";
const AFTER_OPTIONAL: &str = "id: after-optional, says: holds, needs: [o-fails]";
const BOTH_OPTIONAL: &str = "id: both, says: holds, needs: [o-fails], required: false";

#[tokio::test(start_paused = true)]
async fn failed_beats_inconclusive_beats_passed() {
    let cases: [(&[&str], &str, u8); 14] = [
        (&[PASSES], "passed", 0),
        (&[FAILS], "failed", 1),
        (&[DARK], "inconclusive", 3),
        (&[PASSES, AFTER_PASSES], "passed", 0),
        (&[PASSES, FAILS], "failed", 1),
        (&[PASSES, DARK], "inconclusive", 3),
        (&[DARK, FAILS, PASSES], "failed", 1),
        (&[FAILS, AFTER_FAILS], "failed", 1),
        (&[PASSES, OPTIONAL_PASSES], "passed", 0),
        (&[PASSES, OPTIONAL_FAILS], "passed", 0),
        (&[PASSES, OPTIONAL_DARK], "passed", 0),
        (&[DARK, OPTIONAL_FAILS], "inconclusive", 3),
        // What gates was not looked at, so that nobody knows.
        (&[PASSES, OPTIONAL_FAILS, AFTER_OPTIONAL], "inconclusive", 3),
        (&[PASSES, OPTIONAL_FAILS, BOTH_OPTIONAL], "passed", 0),
    ];
    for (checks, verdict, exit_code) in cases {
        let report = ran(checks).await.report;
        let ended = (name(report.verdict), report.exit_code);
        assert_eq!(ended, (verdict, exit_code), "{checks:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_gate_is_reported_all_the_same() {
    let ran = ran(&[
        PASSES,
        FAILS,
        DARK,
        OPTIONAL_FAILS,
        AFTER_OPTIONAL,
        AFTER_PASSES,
    ])
    .await;
    ran.expect("reported", "o-fails", "failed at 0s: 0 of 3 tasks");
    assert!(!ran.check("o-fails").required);
    let counts = Counts {
        passed: 2,
        failed: 2,
        inconclusive: 1,
        skipped: 1,
    };
    assert_eq!(ran.report.counts, counts);
    let ids: Vec<_> = ran
        .report
        .checks
        .iter()
        .map(|check| check.id.as_str())
        .collect();
    let order = [
        "passes",
        "fails",
        "dark",
        "o-fails",
        "after-optional",
        "after-passes",
    ];
    assert_eq!(ids, order, "in the suite's order");
}

#[tokio::test(start_paused = true)]
async fn a_run_takes_as_long_as_its_last_check() {
    let report = ran(&[PASSES, "id: held, says: holds, hold: 10m"])
        .await
        .report;
    assert_eq!(report.took_ms, 600_000);
    assert_eq!(report.started_at.to_string(), "2025-11-18T23:46:00Z");
    assert_eq!(
        (report.calls, report.targets.len()),
        (Vec::new(), 0),
        "AWS was not asked"
    );
}
