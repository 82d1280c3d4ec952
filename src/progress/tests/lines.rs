//! What a log gets to read.

use touchdown_checks::contract::State;

use super::*;
use crate::progress::Lines;
use crate::report::escape;
use crate::report::tests::corpus;
use crate::report::tests::runners::assert_no_commands;

#[test]
fn lines_tell_what_changes_and_nothing_twice() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), false, Charset::Utf8);
    follow(&mut lines);
    seconds(&mut lines, 65);
    lines.event(&looked(0, State::Holds, "3 of 3 tasks"));
    lines.event(&settled(0, Verdict::Passed, "3 of 3 tasks"));
    assert_eq!(
        written.text(),
        "\
[ 0:00] inventory: 3 checks
[ 0:00] fresh: looking, for up to 5m
[ 0:00] stable: looking, for up to 5m
[ 0:00] fresh: not yet: 1 of 3 tasks
[ 0:02] stable: holds, and has to for 10m: up
[ 0:12] stable: held no longer, and starts anew: a task stopped
[ 0:12] fresh: could not look: throttled
[ 1:05] still waiting for 3 of 3 checks: fresh (throttled); stable (a task stopped); later (not begun)
[ 1:05] ✔ passed fresh: 3 of 3 tasks (1m5s)
"
    );
}

#[test]
fn a_sign_of_life_comes_after_half_a_minute_of_silence() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), false, Charset::Utf8);
    lines.event(&started(&["a", "b", "c", "d", "e"]));
    lines.event(&opened(0));
    lines.event(&looked_held(0, State::Holds, "up", Some(0), false));
    let before = written.text().lines().count();
    for second in 1..=65 {
        seconds(&mut lines, second);
    }
    let text = written.text();
    let since: Vec<&str> = text.lines().skip(before).collect();
    let waits = "a (holds for 0s of 10m); b (not begun); c (not begun); and 2 more";
    assert_eq!(
        since,
        [
            format!("[ 0:30] still waiting for 5 of 5 checks: {waits}"),
            format!("[ 1:00] still waiting for 5 of 5 checks: {waits}"),
        ]
    );
}

#[test]
fn every_look_is_a_line_for_those_who_want_all() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), true, Charset::Utf8);
    lines.event(&started(&["fresh"]));
    lines.event(&opened(0));
    lines.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    lines.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    lines.event(&looked_held(0, State::Holds, "up", Some(0), false));
    lines.event(&looked_held(0, State::Holds, "up", Some(2), false));
    lines.event(&looked(0, State::Holds, "up"));
    lines.event(&settled(0, Verdict::Passed, "up"));
    assert_eq!(
        written.text(),
        "\
[ 0:00] inventory: 1 check
[ 0:00] fresh: looking, for up to 5m
[ 0:00] fresh: not yet: 1 of 3 tasks
[ 0:00] fresh: not yet: 1 of 3 tasks
[ 0:00] fresh: holds, and has to for 10m: up
[ 0:00] fresh: holds: up
[ 0:00] fresh: holds: up
[ 0:00] ✔ passed fresh: up (1m5s)
"
    );
}

#[test]
fn what_comes_from_outside_stays_text() {
    for (name, hostile) in corpus::texts() {
        for charset in [Charset::Utf8, Charset::Ascii] {
            let written = Written::default();
            follow_hostile(&mut Lines::new(written.clone(), true, charset), &hostile);
            let text = written.text();
            let acts = |c: char| (c.is_control() && c != '\n') || escape::is_invisible(c);
            assert!(!text.contains(acts), "{name}: {text:?}");
            assert!(
                charset == Charset::Utf8 || text.is_ascii(),
                "{name}: {text:?}"
            );
            let told = text.lines().all(|line| line.starts_with("[ 0:0"));
            assert!(told, "{name}: {text}");
            assert_no_commands(&text);
        }
    }
}

#[test]
fn a_closed_pipe_or_a_stray_event_stops_nothing() {
    follow(&mut Lines::new(GONE, false, Charset::Utf8));
    let written = Written::default();
    follow_stray(&mut Lines::new(written.clone(), true, Charset::Utf8));
    assert_eq!(written.text(), "");
}

#[test]
fn a_count_that_grows_with_every_look_is_told_now_and_then() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), false, Charset::Utf8);
    lines.event(&started(&["line"]));
    lines.event(&opened(0));
    for second in 0..=20 {
        seconds(&mut lines, second);
        lines.event(&looked(
            0,
            State::NotYet,
            &format!("not seen in {second} lines"),
        ));
    }
    lines.event(&looked(0, State::NotYet, "no task runs"));
    let text = written.text();
    let told: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        told,
        [
            "[ 0:00] line: not yet: not seen in 0 lines",
            "[ 0:10] line: not yet: not seen in 10 lines",
            "[ 0:20] line: not yet: not seen in 20 lines",
            "[ 0:20] line: not yet: no task runs",
        ]
    );
}

#[test]
fn tasks_are_told_now_and_then_and_when_they_have_arrived() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), false, Charset::Utf8);
    lines.event(&started(&["fresh"]));
    for second in 0..=12 {
        seconds(&mut lines, second);
        lines.event(&tasks(second.min(4) as usize, None, 5));
    }
    lines.event(&tasks(5, Some(5), 0));
    lines.event(&tasks(5, Some(5), 0));
    let text = written.text();
    let told: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        told,
        [
            "[ 0:00] web: 0 of 5 tasks started, 5 old ones left",
            "[ 0:10] web: 4 of 5 tasks started, 5 old ones left",
            "[ 0:12] web: 5 of 5 tasks started, 5 healthy",
        ]
    );
}

#[test]
fn tasks_that_are_all_there_from_the_start_are_not_worth_a_line() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), false, Charset::Utf8);
    lines.event(&started(&["fresh"]));
    lines.event(&tasks(5, Some(5), 0));
    assert_eq!(written.text(), "[ 0:00] inventory: 1 check\n");
}

#[test]
fn a_log_of_ascii_gets_nothing_else() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone(), true, Charset::Ascii);
    follow(&mut lines);
    lines.event(&settled(0, Verdict::Passed, "部署 …"));
    let text = written.text();
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("+ passed"), "{text}");
}
