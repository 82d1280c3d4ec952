//! Values that only a run knows: `${run.id}`, and what one check saves for another.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use touchdown::checks::contract::{Check, Finding, Look, Outside, Period, Saves, Unobserved};
use touchdown::run::{Options, RunId};

use super::ran::{Ran, ran, ran_with};

/// Answers what it is told to, of which it saves values.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// JSON.
    answer: String,
    #[serde(default)]
    save: Saves,
    /// How much later than the deadline the truth may arrive.
    #[serde(default)]
    wait: Option<Period>,
    /// More of that, in seconds.
    #[serde(default)]
    late: Option<u64>,
    #[serde(default)]
    password: Option<String>,
}

impl Check for Answers {
    const KIND: &'static str = "answers";
    type Subject = Outside;
    type Facts = Value;

    async fn observe(&self, _: &Look<'_, Self>) -> Result<Value, Unobserved> {
        let answer = serde_json::from_str(&self.answer);
        answer.map_err(|error| Unobserved::lasting(format!("no JSON: {error}")))
    }

    fn judge(&self, _: &Outside, answer: &Value) -> Finding {
        match self.save.of(answer) {
            Ok(values) => Finding::holds(format!("answered {answer}")).saving(values),
            Err(why) => Finding::not_yet(why.to_string()),
        }
    }

    fn allowance(&self) -> std::time::Duration {
        let seconds = std::time::Duration::from_secs(self.late.unwrap_or_default());
        self.wait.map_or(seconds, |wait| seconds + wait.get())
    }

    fn secrets(&self) -> Vec<String> {
        self.password.iter().cloned().collect()
    }

    fn saves(&self) -> Vec<&str> {
        self.save.names().collect()
    }
}

async fn with_id(checks: &[&str]) -> Ran {
    let options = Options {
        run_id: RunId::new("4711"),
        ..Options::default()
    };
    ran_with(checks, options, std::future::pending()).await
}

#[tokio::test(start_paused = true)]
async fn a_value_is_used_where_its_check_is_named_and_makes_a_need() {
    let ran = ran(&[
        r#"check: answers, id: last, answer: '{"of": "${first.run} and ${first.many}"}'"#,
        r#"check: answers, id: first, answer: '{"run_id": "r-7", "items": [1, 2]}', save: { run: $.run_id, many: $.items }"#,
    ])
    .await;
    ran.expect(
        "saved",
        "last",
        r#"passed at 0s: answered {"of":"r-7 and [1,2]"}"#,
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_not_saved_and_whoever_needs_it_is_skipped() {
    let ran = ran(&[
        r#"check: answers, id: last, answer: '"${first.run}"'"#,
        r#"check: answers, id: first, answer: '{}', save: { run: $.run_id }, within: 4s"#,
    ])
    .await;
    ran.expect(
        "not saved",
        "first",
        "failed at 4s: after 4s still: nothing is at `$.run_id`, which is to be saved as `run`",
    );
    ran.expect(
        "not saved",
        "last",
        "skipped: not looked at: it needs `first`, which failed",
    );
}

#[tokio::test(start_paused = true)]
async fn the_runs_own_id_is_the_same_for_all_checks() {
    let ran = with_id(&[
        r#"check: answers, id: a, answer: '"${run.id}"'"#,
        r#"check: answers, id: b, answer: '["$${run.id}", "${run.id}"]', needs: [a]"#,
    ])
    .await;
    ran.expect("run", "a", r#"passed at 0s: answered "4711""#);
    ran.expect("run", "b", r#"passed at 0s: answered ["${run.id}","4711"]"#);
}

#[tokio::test(start_paused = true)]
async fn what_is_filled_in_counts_as_if_it_had_been_written() {
    let ran = ran(&[
        "id: slow, says: not-yet; 9s holds, within: 10s",
        r#"check: answers, id: first, answer: '{"n": 3, "wait": "2s"}', save: { n: $.n, wait: $.wait }, needs: [slow]"#,
        r#"check: answers, id: numbers, answer: '{}', wait: "${first.wait}", late: "${first.n}", save: { x: $.x }, within: 1s"#,
    ])
    .await;
    // The fields are read when the values are there: a number in quotes is a text.
    ran.expect(
        "a text",
        "numbers",
        "inconclusive about 9s: ${first.n} is \"3\", which does not fit: *",
    );
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_a_duration_may_stand_for_one() {
    let ran = ran(&[
        r#"check: answers, id: first, answer: '{"wait": "2s"}', save: { wait: $.wait }"#,
        r#"check: answers, id: second, answer: '{"a": 1}', wait: "${first.wait}""#,
    ])
    .await;
    ran.expect("a duration", "second", r#"passed at 0s: answered {"a":1}"#);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_does_not_fit_leaves_its_check_open_and_is_named() {
    let ran = ran(&[
        r#"check: answers, id: first, answer: '{"a": "soon"}', save: { a: $.a }"#,
        r#"check: answers, id: second, answer: '1', wait: "${first.a}""#,
        r#"check: answers, id: third, answer: '1', needs: [second]"#,
    ])
    .await;
    ran.expect(
        "no duration",
        "second",
        "inconclusive at 0s: ${first.a} is \"soon\", which does not fit: *",
    );
    let hint = ran.check("second").hint.as_deref().unwrap_or_default();
    assert!(hint.contains("`save`"), "{hint}");
    ran.expect("no duration", "third", "skipped: *");
}

#[tokio::test(start_paused = true)]
async fn what_is_saved_as_a_secret_is_in_no_report() {
    let ran = ran(&[
        r#"check: answers, id: login, answer: '{"access_token": "swordfish-1"}', save: { it: $.access_token }"#,
        r#"check: answers, id: known, answer: '{"seen": "swordfish-1"}', needs: [login]"#,
        r#"check: answers, id: named, answer: '{"pin": "hunter2-2"}', save: { pin: $.pin }"#,
        r#"check: answers, id: used, answer: '{"x": "${named.pin}"}', password: "${named.pin}""#,
    ])
    .await;
    for id in ["login", "known", "used"] {
        assert_eq!(
            ran.check(id).verdict,
            touchdown::report::Verdict::Passed,
            "{id}"
        );
    }
    let report = format!("{:?}", ran.report);
    assert!(!report.contains("swordfish"), "{report}");
    ran.expect(
        "a field that is secret",
        "used",
        r#"passed at 0s: answered {"x":"[redacted]"}"#,
    );
}
