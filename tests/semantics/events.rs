//! What an observer is told of a run, in order.

use std::time::Duration;

use touchdown::checks::contract::Period;
use touchdown::run::Event;

use super::ran::{Ran, name, ran};

fn story(ran: &Ran) -> Vec<String> {
    let id = |check: &usize| ran.report.checks[*check].id.clone();
    let period = |duration: &Duration| Period::from(*duration);
    let told = |event: &Event| match event {
        Event::Started { suite, checks } => {
            let checks = checks.iter();
            let ids: Vec<_> = checks
                .map(|check| format!("{} ({})", check.id, check.name))
                .collect();
            format!("started {suite}: {}", ids.join(", "))
        }
        Event::Opened { check, within } => format!("{} opened for {}", id(check), period(within)),
        Event::Looked {
            check,
            attempt,
            held,
        } => {
            let held = held.map(|held| {
                format!(
                    ", holding for {} of {}",
                    period(&held.since),
                    period(&held.of)
                )
            });
            let flap = if attempt.flap { ", a flap" } else { "" };
            let told = format!(
                "{} look {}: {}",
                id(check),
                attempt.number,
                attempt.headline
            );
            format!("{told}{flap}{}", held.unwrap_or_default())
        }
        Event::Tasks { target, .. } => format!("tasks of {target}"),
        Event::Settled {
            check,
            verdict,
            headline,
            took,
        } => {
            let verdict = name(*verdict);
            format!("{} {verdict} after {}: {headline}", id(check), period(took))
        }
        Event::Stopping { reason } => format!("stopping: {reason}"),
    };
    ran.seen.events.iter().map(told).collect()
}

#[tokio::test(start_paused = true)]
async fn a_small_run_is_told_in_order() {
    let ran = ran(&[
        "id: up, name: three tasks run, says: not-yet; 10s holds, within: 10s, every: 1h",
        "id: stays, needs: [up], says: holds, hold: 30s, every: 1h",
        "id: bad, says: denied",
        "id: after, needs: [bad], says: holds",
    ])
    .await;
    let expected = [
        "started semantics: up (three tasks run), stays (stays), bad (bad), after (after)",
        "up opened for 10s",
        "bad opened for 5m",
        "up look 1: 1 of 3 tasks",
        "bad look 1: access denied",
        "bad inconclusive after 0ms: access denied",
        "after skipped after 0ms: not looked at: it needs `bad`, which was inconclusive",
        "up look 2: 3 of 3 tasks",
        "up passed after 10s: 3 of 3 tasks",
        "stays opened for 5m",
        "stays look 1: 3 of 3 tasks, holding for 0ms of 30s",
        "stays look 2: 3 of 3 tasks, holding for 30s of 30s",
        "stays passed after 30s: 3 of 3 tasks; held for 30s in 2 looks",
    ];
    assert_eq!(story(&ran), expected);
}

#[tokio::test(start_paused = true)]
async fn a_flap_is_told() {
    let ran =
        ran(&["id: it, says: holds; 10s not-yet; 1m holds, within: 1m, hold: 10s, every: 1h"])
            .await;
    let expected = [
        "started semantics: it (it)",
        "it opened for 1m",
        "it look 1: 3 of 3 tasks, holding for 0ms of 10s",
        "it look 2: 1 of 3 tasks, a flap",
        "it look 3: 3 of 3 tasks, holding for 0ms of 10s",
        "it look 4: 3 of 3 tasks, holding for 10s of 10s",
        "it passed after 1m10s: 3 of 3 tasks; held for 10s in 2 looks, after it had stopped holding once",
    ];
    assert_eq!(story(&ran), expected);
}

#[tokio::test(start_paused = true)]
async fn an_observer_hears_at_least_once_a_second() {
    let ran = ran(&["id: it, says: hangs, within: 1m"]).await;
    let ticks = &ran.seen.ticks;
    let quiet = ticks.windows(2).map(|two| two[1] - two[0]).max();
    assert!(
        quiet <= Some(Duration::from_secs(1)),
        "also while nothing is seen: {quiet:?}"
    );
    let last = ticks.last().map_or(0, Duration::as_secs);
    assert_eq!(last, ran.report.took_ms / 1_000, "until the end");
}
