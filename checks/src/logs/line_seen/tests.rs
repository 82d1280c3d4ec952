//! The judge of `logs.line-seen`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::State;
use crate::diagnosis::literal::crash_loop;
use crate::ecs::literal::{at, target};
use crate::logs::lines::literal::{lines, no_group};

const LINE: &str = "requested_platforms=['linkedin', 'twitter']";

fn judged(
    fields: Value,
    running: &[&str],
    desired: usize,
    written: &[(&str, &str, &str)],
) -> Finding {
    judged_with(fields, running, desired, written, |_| ())
}

fn judged_with(
    fields: Value,
    running: &[&str],
    desired: usize,
    written: &[(&str, &str, &str)],
    change: impl FnOnce(&mut Lines),
) -> Finding {
    let check: LineSeen = serde_json::from_value(fields).expect("a check");
    let sought = check.sought();
    let meant = Meant {
        sought: &sought,
        broken_when: check.broken_when.as_ref(),
    };
    let mut lines = lines(running, desired, meant, written);
    change(&mut lines);
    check.judge(&target("ecs-svc/1"), &Facts(lines))
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
        "`requested_platforms=` was not seen in 1 line of 1 task"
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
fn what_could_not_be_read_is_unobserved() {
    let missing = |lines: &mut Lines| lines.no_group = Some(no_group());
    let other = [("a", "23:48:00", "platform='linkedin'")];
    for written in [&[][..], &other[..]] {
        let finding = judged_with(sought(), &["a"], 1, written, missing);
        assert_eq!(
            (finding.state, &*finding.headline),
            (
                State::Unobserved,
                "there is no log group `/ecs/web` in us-east-1 (logs:FilterLogEvents)"
            )
        );
        assert_eq!(finding.evidence[0].source.call, "logs:FilterLogEvents");
    }
    let behind = |lines: &mut Lines| lines.read_to = Some(at("23:49:00"));
    let finding = judged_with(sought(), &["a"], 1, &other, behind);
    assert_eq!(finding.state, State::Unobserved, "it may be further on");
    assert!(
        finding
            .headline
            .starts_with("still reading: read up to 2025-11-18 23:49:00")
    );
}

#[test]
fn what_was_seen_needs_no_further_reading() {
    let behind = |lines: &mut Lines| lines.read_to = Some(at("23:49:00"));
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    let both = [("a", "23:48:00", LINE), ("b", "23:48:01", LINE)];
    let state = |fields, written| judged_with(fields, &["a", "b"], 2, written, behind).state;
    assert_eq!(state(sought(), &both[..1]), State::Holds);
    assert_eq!(state(each.clone(), &both[..1]), State::Unobserved);
    assert_eq!(state(each, &both), State::Holds);
}

#[test]
fn the_line_of_a_crashed_task_counts_beside_a_running_one() {
    let crashed = [("b", "23:48:00", LINE)];
    assert_eq!(judged(sought(), &["a"], 2, &crashed).state, State::Holds);
    for fields in [
        sought(),
        json!({"contains": "requested_platforms=", "in": "each-task"}),
    ] {
        let finding = judged(fields, &[], 2, &crashed);
        assert_eq!(
            (finding.state, &*finding.headline),
            (
                State::NotYet,
                "`requested_platforms=` was written by task b, but 0 of 2 tasks run"
            )
        );
    }
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    assert_eq!(
        judged(each, &["a"], 1, &crashed).headline,
        "`requested_platforms=` was written by 0 of 1 task, not by task a"
    );
}

#[test]
fn tasks_that_can_not_run_write_no_line() {
    let other = [("b", "23:48:00", "KeyError")];
    for written in [&[][..], &other[..]] {
        let finding = judged_with(sought(), &[], 2, written, |lines| {
            lines.troubles = crash_loop(0)
        });
        assert_eq!(finding.state, State::Broken, "{}", finding.headline);
        let cause = "; 2 stopped: container app exited with 1";
        assert!(finding.headline.ends_with(cause), "{}", finding.headline);
    }
}

#[test]
fn a_task_that_runs_may_yet_write_the_line_for_all_or_for_itself_alone() {
    let any = judged_with(sought(), &["c"], 2, &[], |lines| {
        lines.troubles = crash_loop(1)
    });
    assert_eq!(any.state, State::NotYet, "one is enough");
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    let each = judged_with(each, &["c"], 2, &[], |lines| lines.troubles = crash_loop(1));
    assert_eq!(each.state, State::Broken, "one of them never can");
}

#[test]
fn a_line_of_each_new_task_is_not_enough_while_an_old_one_runs() {
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    let written = [("a", "23:48:00", LINE)];
    let finding = judged_with(each, &["a"], 1, &written, |lines| lines.old = 1);
    assert_eq!(
        (finding.state, &*finding.headline),
        (
            State::NotYet,
            "`requested_platforms=` was written by 1 task, but 1 old still run"
        )
    );
}

#[test]
fn tasks_that_all_run_may_each_write_the_line_yet() {
    let each = json!({"contains": "requested_platforms=", "in": "each-task"});
    let finding = judged_with(each, &["c", "d"], 2, &[], |lines| {
        lines.troubles = crash_loop(2);
    });
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
}
