//! The judge of `logs.line-absent`, with literal facts.

use serde_json::json;

use super::*;
use crate::contract::{Body, State};
use crate::diagnosis::literal::crash_loop;
use crate::ecs::literal::{at, target};
use crate::logs::lines::literal::{event, lines, no_group, stream};

const OLD: &str = "Parsing final buffered content: length=18998, platform='linkedin'";
const NEW: &str = "requested_platforms=['linkedin']";

fn judged(
    running: &[&str],
    desired: usize,
    written: &[(&str, &str, &str)],
    change: impl FnOnce(&mut Lines),
) -> Finding {
    let check: LineAbsent =
        serde_json::from_value(json!({"contains": "platform='linkedin'"})).expect("a check");
    let forbidden = check.forbidden();
    let meant = Meant {
        sought: &forbidden,
        broken_when: None,
    };
    let mut lines = lines(running, desired, meant, written);
    change(&mut lines);
    check.judge(&target("ecs-svc/1"), &Facts(lines))
}

fn unchanged(_: &mut Lines) {}

fn unreadable(lines: &mut Lines) {
    lines.unreadable = Some(Unobserved::lasting(
        "container `proxy` has no logConfiguration",
    ));
}

#[test]
fn the_forbidden_line_breaks_it_and_is_quoted() {
    let old = [
        ("be59a750f7", "23:48:00", OLD),
        ("be59a750f7", "23:48:30", OLD),
    ];
    let finding = judged(&["be59a750f7"], 1, &old, unchanged);
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        format!("task be59a750 wrote the forbidden line `{OLD}` (2 such lines)")
    );
    let Body::Excerpt { lines, omitted, .. } = &finding.evidence[0].body else {
        panic!("an excerpt")
    };
    assert_eq!((lines.len(), *omitted), (2, 0));
}

#[test]
fn other_lines_hold_and_are_counted() {
    let finding = judged(&["a"], 1, &[("a", "23:48:00", NEW)], unchanged);
    assert_eq!(finding.state, State::Holds);
    assert_eq!(
        finding.headline,
        "`platform='linkedin'` was not seen in 1 line of 1 task"
    );
}

#[test]
fn what_was_seen_was_seen_whatever_could_not_be_read() {
    let old = [("a", "23:48:00", OLD)];
    let changes: [fn(&mut Lines); 5] = [
        unreadable,
        |lines| lines.no_group = Some(no_group()),
        |lines| lines.read_to = Some(at("23:49:00")),
        |lines| lines.desired = 3,
        |lines| lines.staying.clear(),
    ];
    for change in changes {
        assert_eq!(judged(&["a"], 1, &old, change).state, State::Broken);
    }
}

#[test]
fn a_container_that_cannot_be_read_leaves_it_open() {
    let finding = judged(&["a"], 1, &[("a", "23:48:00", NEW)], unreadable);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "container `proxy` has no logConfiguration"
    );
}

#[test]
fn a_log_group_that_is_not_there_leaves_it_open() {
    let missing = |lines: &mut Lines| lines.no_group = Some(no_group());
    let finding = judged(&["a"], 1, &[("a", "23:48:00", NEW)], missing);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "there is no log group `/ecs/web` in us-east-1 (logs:FilterLogEvents)"
    );
    assert_eq!(finding.evidence[0].source.call, "logs:FilterLogEvents");
}

#[test]
fn silence_proves_nothing() {
    let finding = judged(&["a", "b"], 2, &[("a", "23:48:00", NEW)], unchanged);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "1 of 2 tasks wrote no line at all in container `app`, such as task b: silence proves nothing"
    );
}

#[test]
fn each_container_of_each_task_must_have_written() {
    let written = [("a", "23:48:00", NEW), ("b", "23:48:00", NEW)];
    let two = |lines: &mut Lines| lines.containers.push("proxy".into());
    let finding = judged(&["a", "b"], 2, &written, two);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "2 of 2 tasks wrote no line at all in container `proxy`, such as task a: silence proves nothing"
    );
    let both = |lines: &mut Lines| {
        lines.containers.push("proxy".into());
        let never = LineMatch::default();
        let meant = Meant {
            sought: &never,
            broken_when: None,
        };
        for task in ["a", "b"] {
            let stream = stream(task, "proxy");
            let ready = event(&stream, "23:48:00", "ready");
            let of_task = lines.by_task.get_mut(task).expect("its lines");
            of_task.add(meant, &stream, &ready);
        }
    };
    assert_eq!(judged(&["a", "b"], 2, &written, both).state, State::Holds);
}

#[test]
fn a_read_that_is_not_at_its_end_leaves_it_open() {
    let behind = |lines: &mut Lines| lines.read_to = Some(at("23:48:30"));
    let finding = judged(&["a"], 1, &[("a", "23:48:00", NEW)], behind);
    assert_eq!(finding.state, State::Unobserved);
    assert_eq!(
        finding.headline,
        "still reading: read up to 2025-11-18 23:48:30 UTC, 1 line of 1 task so far"
    );
}

#[test]
fn waits_for_a_first_task_and_knows_nothing_of_further_ones() {
    let none = judged(&[], 1, &[], unchanged);
    assert_eq!(none.state, State::NotYet);
    assert!(none.headline.starts_with("0 of 1 tasks"), "{none:?}");
    let ready = [("a", "23:48:00", NEW)];
    let fewer = judged(&["a"], 3, &ready, unchanged);
    assert_eq!(fewer.state, State::Unobserved);
    assert_eq!(fewer.headline, "1 of 3 tasks of the deployment run so far");
    let crashed = |lines: &mut Lines| lines.staying.clear();
    assert_eq!(judged(&["a"], 1, &ready, crashed).state, State::Unobserved);
    assert_eq!(judged(&["a"], 1, &[], crashed).state, State::Unobserved);
    let scaled_to_nothing = judged(&["a"], 0, &ready, crashed);
    assert_eq!(scaled_to_nothing.state, State::Unobserved);
}

#[test]
fn why_tasks_fail_is_told_and_settles_nothing() {
    let crashing = |lines: &mut Lines| lines.troubles = crash_loop(0);
    let other = [("a", "23:48:00", NEW)];
    for (written, state) in [(&[][..], State::NotYet), (&other[..], State::Unobserved)] {
        let finding = judged(&[], 2, written, crashing);
        assert_eq!(finding.state, state, "{}", finding.headline);
        let cause = "; 2 stopped: container app exited with 1";
        assert!(finding.headline.ends_with(cause), "{}", finding.headline);
    }
}
