//! `needs`: order, windows that open later, skipping, and `since: check:<id>`.

use schemars::JsonSchema;
use serde::Deserialize;
use touchdown::checks::contract::{Check, Finding, Look, Outside, State, Unobserved};

use super::ran::ran;
use super::scripted::Script;

/// Says from when it counts: the look that made another check hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Following {
    says: Script,
    since: String,
}

impl Check for Following {
    const KIND: &'static str = "following";
    type Subject = Outside;
    type Facts = (State, Vec<String>);

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Self::Facts, Unobserved> {
        let times = look.times;
        let since = times.held_since.iter().map(|(id, at)| {
            let since = at.duration_since(times.run_started).as_millis();
            format!("{id} held from {since}ms on")
        });
        let state = self.says.look(times).await?;
        Ok((state, since.collect()))
    }

    fn judge(&self, _: &Outside, (state, since): &Self::Facts) -> Finding {
        Finding::new(*state, since.join(", "))
    }

    fn follows(&self) -> Option<&str> {
        Some(&self.since)
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_opens_when_the_needs_have_passed() {
    let ran = ran(&[
        "id: last, needs: [slow, held], says: not-yet, within: 1m",
        "id: slow, says: holds in 7s",
        "id: held, says: holds, hold: 10s",
        "id: alone, says: not-yet; 1m holds, within: 1m",
    ])
    .await;
    ran.expect("no needs", "alone", "passed at 1m: 3 of 3 tasks");
    ran.expect("no needs", "slow", "passed at 7s: 3 of 3 tasks");
    assert_eq!(ran.opened("last"), 10_000, "after both of its needs");
    assert_eq!(ran.looks("last").first(), Some(&10_000), "it looks at once");
    ran.expect(
        "a minute from then",
        "last",
        "failed at 70s: after 1m still: 1 of 3 tasks",
    );
}

#[tokio::test(start_paused = true)]
async fn a_chain_of_needs_goes_in_order() {
    let ran = ran(&[
        "id: c, needs: [b], says: holds",
        "id: b, needs: [a], says: holds in 2s",
        "id: a, says: holds in 3s",
    ])
    .await;
    let opened = ["a", "b", "c"].map(|id| ran.opened(id));
    assert_eq!(opened, [0, 3_000, 5_000]);
}

#[tokio::test(start_paused = true)]
async fn where_a_need_did_not_pass_it_is_skipped_naming_it() {
    let ran = ran(&[
        "id: end, needs: [mid], says: holds",
        "id: mid, needs: [fine, bad, worse], says: holds",
        "id: unsure, needs: [dark], says: holds",
        "id: fine, says: holds",
        "id: bad, says: not-yet; 10s broken",
        "id: worse, says: broken",
        "id: dark, says: denied",
    ])
    .await;
    let skipped = "skipped: not looked at: it needs";
    ran.expect("failed", "mid", &format!("{skipped} `bad`, which failed"));
    ran.expect(
        "in its turn",
        "end",
        &format!("{skipped} `mid`, which was skipped"),
    );
    ran.expect(
        "inconclusive",
        "unsure",
        &format!("{skipped} `dark`, which was inconclusive"),
    );
    for id in ["end", "mid", "unsure"] {
        assert_eq!(ran.looks(id), [0_u64; 0], "`{id}` was not looked at");
        assert_eq!(ran.check(id).took_ms, 0, "`{id}` took no time");
    }
    assert_eq!(ran.report.counts.skipped, 3);
}

#[tokio::test(start_paused = true)]
async fn a_followed_check_tells_which_look_made_it_hold() {
    let cases = [
        ("says: holds", "passed at 0s: gate held from 0ms on"),
        // The deployment may have become so at any time in a look: count from its beginning.
        ("says: holds in 3s", "passed at 3s: gate held from 0ms on"),
        (
            "says: not-yet; 1m holds, within: 1m",
            "passed at 1m: gate held from 60000ms on",
        ),
        (
            "says: holds, hold: 10m",
            "passed at 10m: gate held from 0ms on",
        ),
        (
            "says: holds; 10s not-yet; 1m holds, within: 1m, hold: 5m",
            "passed at 6m: gate held from 60000ms on",
        ),
        (
            "says: holds; 10s unobserved; 1m holds, within: 1m, hold: 5m",
            "passed at 6m: gate held from 60000ms on",
        ),
    ];
    for (gate, expected) in cases {
        let gate = format!("id: gate, {gate}");
        let ran = ran(&["check: following, id: it, says: holds, since: gate", &gate]).await;
        ran.expect(&gate, "it", expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_followed_check_is_a_need() {
    let ran = ran(&[
        "check: following, id: it, says: holds, since: gate",
        "id: gate, says: broken",
    ])
    .await;
    ran.expect(
        "it follows",
        "it",
        "skipped: not looked at: it needs `gate`, which failed",
    );
}
