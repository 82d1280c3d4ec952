//! What a check remembers from look to look, and what stays as evidence.

use schemars::JsonSchema;
use serde::Deserialize;
use touchdown::checks::contract::{Body, Check, Finding, Look, Outside, State, Unobserved};

use super::ran::ran;
use super::scripted::Script;

/// Counts its own looks, as far as they could be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    says: Script,
}

impl Check for Counting {
    const KIND: &'static str = "counting";
    const REMEMBERS: bool = true;
    type Subject = Outside;
    type Facts = (State, usize);

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Self::Facts, Unobserved> {
        let before = look.before().map_or(0, |(_, looks)| *looks);
        Ok((self.says.look(look.times).await?, before + 1))
    }

    fn judge(&self, _: &Outside, (state, looks): &Self::Facts) -> Finding {
        Finding::new(*state, format!("look {looks}"))
    }
}

#[tokio::test(start_paused = true)]
async fn the_latest_look_that_could_be_made_is_remembered() {
    let script = "not-yet; 10s unobserved; 20s not-yet; 30s hangs; 50s throttled; 60s not-yet";
    let check = format!("check: counting, id: it, says: {script}, within: 2m");
    let other = "check: counting, id: other, says: holds, within: 2m, hold: 5s";
    let ran = ran(&[&check, other]).await;
    let attempts = &ran.check("it").attempts;
    let made = attempts
        .iter()
        .filter(|attempt| attempt.state != State::Unobserved);
    let numbers: Vec<_> = made.map(|attempt| attempt.headline.clone()).collect();
    let counted: Vec<_> = (1..=numbers.len())
        .map(|look| format!("look {look}"))
        .collect();
    assert_eq!(numbers, counted, "nothing was forgotten");
    assert!(
        numbers.len() < attempts.len(),
        "some looks could not be made"
    );
    let first = ran
        .check("other")
        .attempts
        .first()
        .map(|look| look.headline.as_str());
    assert_eq!(first, Some("look 1"), "each check remembers its own");
}

#[tokio::test(start_paused = true)]
async fn the_evidence_is_that_of_the_last_telling_look() {
    let cases = [
        ("not-yet; 5m unobserved", "1 of 3 tasks"),
        ("not-yet; 10s denied", "1 of 3 tasks"),
        ("not-yet; 5m broken", "0 of 3 tasks"),
    ];
    for (script, expected) in cases {
        let ran = ran(&[&format!("id: it, says: {script}")]).await;
        let evidence = &ran.check("it").evidence;
        let seen = evidence.iter().map(|evidence| match &evidence.body {
            Body::Compared { seen, .. } => seen.as_str(),
            _ => "something else",
        });
        assert_eq!(seen.collect::<Vec<_>>(), [expected], "{script}");
    }
    let ran = ran(&["id: it, says: unobserved"]).await;
    assert!(ran.check("it").evidence.is_empty(), "nothing was ever seen");
}

#[tokio::test(start_paused = true)]
async fn the_hint_is_that_of_the_last_look() {
    let ran = ran(&["id: it, says: not-yet; 10s denied"]).await;
    assert_eq!(ran.check("it").hint.as_deref(), Some("Allow it."));
}
