//! The judge of `logs.line-seen`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::State;
use crate::ecs::literal::target;
use crate::logs::lines::literal::lines;

const LINE: &str = "requested_platforms=['linkedin', 'twitter']";

fn judged(
    fields: Value,
    running: &[&str],
    desired: usize,
    written: &[(&str, &str, &str)],
) -> Finding {
    let check: LineSeen = serde_json::from_value(fields).expect("a check");
    let question = Question {
        sought: &check.sought(),
        broken_when: check.broken_when.as_ref(),
        container: None,
        since: &Since::TaskStart,
        all_containers: false,
    };
    check.judge(
        &target("ecs-svc/1"),
        &Facts(lines(running, desired, &question, written)),
    )
}

fn sought() -> Value {
    json!({"contains": "requested_platforms="})
}

#[test]
fn one_task_is_enough_and_the_line_is_quoted() {
    let finding = judged(
        sought(),
        &["aaaaaaaaaa", "bbbbbbbbbb"],
        2,
        &[("bbbbbbbbbb", "23:48:00", LINE)],
    );
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "`requested_platforms=` was written by task bbbbbbbb"
    );
    let Body::Excerpt { lines, .. } = &finding.evidence[0].body else {
        panic!("an excerpt")
    };
    assert_eq!(lines[0].text, LINE);
    assert_eq!(lines[0].origin.as_deref(), Some("task bbbbbbbb, app"));
}

#[test]
fn each_task_must_write_it() {
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    let both = [("a", "23:48:00", LINE), ("b", "23:48:01", LINE)];
    assert_eq!(
        judged(each.clone(), &["a", "b"], 2, &both).state,
        State::Holds
    );
    let one = judged(each.clone(), &["a", "b"], 2, &both[..1]);
    assert_eq!(one.state, State::NotYet);
    assert_eq!(
        one.headline,
        "`requested_platforms=` was written by 1 of 2 tasks, not by task b"
    );
    assert_eq!(
        judged(each, &["a"], 2, &both[..1]).state,
        State::NotYet,
        "one more is wanted"
    );
}

#[test]
fn what_there_was_instead_is_shown() {
    let finding = judged(
        sought(),
        &["a"],
        1,
        &[("a", "23:48:00", "platform='linkedin'")],
    );
    assert_eq!(finding.state, State::NotYet);
    assert_eq!(
        finding.headline,
        "`requested_platforms=` was not seen in 1 lines of 1 tasks"
    );
    let Body::Excerpt { lines, .. } = &finding.evidence[0].body else {
        panic!("an excerpt")
    };
    assert_eq!(lines[0].text, "platform='linkedin'");
    assert_eq!(
        judged(sought(), &["a"], 1, &[]).state,
        State::NotYet,
        "silence"
    );
    assert_eq!(
        judged(sought(), &[], 1, &[]).state,
        State::NotYet,
        "no task"
    );
}

#[test]
fn a_line_that_settles_it_is_broken() {
    let fields = json!({"contains": "ready", "broken_when": {"contains": "exec format error"}});
    let finding = judged(
        fields,
        &["a"],
        1,
        &[("a", "23:48:00", "exec /app: exec format error")],
    );
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "task a wrote `exec /app: exec format error`, which is `broken_when`"
    );
}

#[test]
fn a_log_group_that_is_not_there_is_unobserved() {
    let check: LineSeen = serde_json::from_value(sought()).expect("a check");
    let question = Question {
        sought: &check.sought(),
        broken_when: None,
        container: None,
        since: &Since::TaskStart,
        all_containers: false,
    };
    let mut none = lines(&["a"], 1, &question, &[]);
    none.no_group.insert("/ecs/web".into());
    let finding = check.judge(&target("ecs-svc/1"), &Facts(none));
    assert_eq!(
        (finding.state, &*finding.headline),
        (State::Unobserved, "there is no log group `/ecs/web`")
    );
}
