//! What a terminal shows.

use indicatif::InMemoryTerm;
use touchdown_checks::contract::State;

use super::*;
use crate::progress::Live;
use crate::report::tests::corpus;
use crate::report::tests::runners::assert_no_commands;

fn terminal(rows: u16, columns: u16) -> (InMemoryTerm, Live<InMemoryTerm>) {
    let terminal = InMemoryTerm::new(rows, columns);
    (terminal.clone(), Live::new(terminal, false, Charset::Utf8))
}

/// What is on the screen after someone else, a shell or Ctrl-C's echo, has written a `$`.
fn with_prompt(terminal: &InMemoryTerm) -> String {
    terminal.write_str("$").expect("a terminal in memory");
    terminal.contents()
}

#[test]
fn it_shows_what_is_going_on_and_keeps_what_has_settled() {
    let (terminal, mut live) = terminal(24, 50);
    follow(&mut live);
    seconds(&mut live, 13);
    assert_eq!(
        terminal.contents().trim_end(),
        "\
⠸ fresh: could not look: throttled (4m47s left)
⠸ stable: not yet: a task stopped (4m47s left)
  later: waits for what it needs"
    );
    live.event(&settled(0, Verdict::Failed, "still 1 of 3 tasks after 5m"));
    live.event(&looked_held(1, State::Holds, "up", Some(65), false));
    seconds(&mut live, 14);
    assert_eq!(
        terminal.contents().trim_end(),
        "\
✖ fresh: still 1 of 3 tasks after 5m (1m5s)
⠼ stable: up (held 1m5s of 10m)
  later: waits for what it needs"
    );
}

#[test]
fn the_last_state_is_drawn_however_many_came_before() {
    let (terminal, mut live) = terminal(24, 50);
    live.event(&started(&["fresh", "stable"]));
    live.event(&opened(1));
    for second in 1..=200 {
        live.event(&looked(1, State::NotYet, &format!("{second} tasks")));
        seconds(&mut live, second);
    }
    let shown = terminal.contents();
    assert!(
        shown.contains("stable: not yet: 200 tasks (1m40s left)"),
        "{shown}"
    );
}

#[test]
fn it_leaves_a_clean_terminal_however_it_ends() {
    let (terminal_, mut live) = terminal(24, 50);
    follow(&mut live);
    drop(live);
    assert_eq!(with_prompt(&terminal_), "$", "on a drop");

    let (terminal_, mut live) = terminal(24, 50);
    follow(&mut live);
    live.event(&Event::Stopping {
        reason: "interrupted".to_owned(),
    });
    seconds(&mut live, 13);
    live.event(&settled(1, Verdict::Inconclusive, "held 10s of 10m"));
    drop(live);
    assert_eq!(
        with_prompt(&terminal_),
        "stopping: interrupted\n? stable: held 10s of 10m (1m5s)\n$"
    );

    let (terminal_, mut live) = terminal(24, 50);
    live.event(&started(&["fresh"]));
    live.event(&settled(0, Verdict::Passed, "3 of 3 tasks"));
    drop(live);
    assert_eq!(
        with_prompt(&terminal_),
        "✔ fresh: 3 of 3 tasks (1m5s)\n$",
        "with nothing to take away"
    );
}

#[test]
fn what_others_write_meanwhile_begins_a_line_and_is_drawn_over() {
    let (terminal, mut live) = terminal(24, 50);
    follow(&mut live);
    let before = terminal.contents();
    assert_eq!(with_prompt(&terminal), format!("{before}$"));
    seconds(&mut live, 12);
    assert_eq!(
        terminal.contents().lines().count(),
        3,
        "and the block is whole"
    );
    assert!(!terminal.contents().contains('$'));
}

#[test]
fn it_never_draws_more_than_the_terminal_holds() {
    let (terminal, mut live) = terminal(2, 30);
    live.event(&started(&["a", "b", "c"]));
    live.event(&opened(0));
    live.event(&looked(0, State::NotYet, "部署 of many tasks is going on"));
    seconds(&mut live, 1);
    assert_eq!(
        terminal.contents(),
        "⠙ a: not yet: 部… (4m59s left)\n… and 2 more"
    );
}

#[test]
fn the_time_stays_in_sight_where_the_line_is_short() {
    let (terminal, mut live) = terminal(24, 30);
    live.event(&started(&["no-new-task-logs-the-old-line"]));
    live.event(&opened(0));
    live.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    seconds(&mut live, 1);
    let shown = terminal.contents();
    assert_eq!(shown.trim_end(), "⠙ no-new-task…: … (4m59s left)");
}

#[test]
fn a_terminal_of_any_size_stops_nothing() {
    for (columns, charset) in (0..=30).flat_map(|c| [(c, Charset::Utf8), (c, Charset::Ascii)]) {
        let gone = false;
        let mut live = Live::new(Blank { columns, gone }, true, charset);
        follow(&mut live);
        live.event(&looked(
            0,
            State::NotYet,
            "部署完了です部署完了です部署完了です",
        ));
        seconds(&mut live, 13);
        live.event(&settled(0, Verdict::Failed, "部署完了です"));
    }
}

#[test]
fn what_comes_from_outside_stays_text() {
    for (name, hostile) in corpus::texts() {
        let (terminal, mut live) = terminal(24, 200);
        follow_hostile(&mut live, &hostile);
        // What is written is told as Rust would write it, one move of the cursor a line.
        let written = terminal.moves_since_last_check();
        let texts = written
            .lines()
            .filter_map(|line| line.strip_prefix("Str(\""));
        let acting = [
            "\\u{1b}",
            "\\u{7}",
            "\\u{8}",
            "\\u{9b}",
            "\\u{202e}",
            "\\u{2028}",
            "\\n",
        ];
        for text in texts {
            assert_no_commands(text);
            for code in acting {
                assert!(!text.contains(code), "{name}: {text}");
            }
        }
    }
}

#[test]
fn a_closed_terminal_or_a_stray_event_stops_nothing() {
    follow(&mut Live::new(GONE, true, Charset::Utf8));
    let (terminal, mut live) = terminal(24, 50);
    follow_stray(&mut live);
    assert_eq!(terminal.contents(), "");
}

/// A run in which everything is long, and a target's tasks are on their way.
fn follow_at_length(live: &mut Live<InMemoryTerm>) {
    let long = "the service that answers the dashboard's questions about the inventory";
    live.event(&started(&[
        long,
        "部署完了の確認は長い名前を持っている",
        "short",
    ]));
    for check in 0..3 {
        live.event(&opened(check));
        live.event(&looked(
            check,
            State::NotYet,
            &format!("{check} of 3 tasks of {long}"),
        ));
    }
    live.event(&tasks(3, Some(2), 4));
    live.event(&settled(
        2,
        Verdict::Failed,
        &format!("no task of {long} is healthy"),
    ));
    seconds(live, 13);
}

#[test]
fn at_sixty_columns_no_line_wraps_and_sign_and_time_stay_in_sight() {
    let (terminal, mut live) = terminal(24, 60);
    follow_at_length(&mut live);
    assert_eq!(
        terminal.contents().trim_end(),
        "\
✖ short: no task of the service that answers the das… (1m5s)
  web: 3 of 5 tasks started, 2 healthy, 4 old ones left
⠙ the service that answer…: not yet: 0 of 3 ta… (4m47s left)
⠙ 部署完了の確認は長い名…: not yet: 1 of 3 tas… (4m47s left)"
    );
}

#[test]
fn a_terminal_of_ascii_gets_nothing_else() {
    let terminal = InMemoryTerm::new(24, 60);
    let mut live = Live::new(terminal.clone(), false, Charset::Ascii);
    follow_at_length(&mut live);
    let shown = terminal.contents();
    assert!(shown.is_ascii(), "{shown}");
    assert!(shown.starts_with("x short: no task of"), "{shown}");
    assert!(shown.lines().all(|line| line.len() <= 60), "{shown}");
}

#[test]
fn tasks_are_told_while_they_are_on_their_way() {
    let (terminal, mut live) = terminal(24, 60);
    live.event(&started(&["fresh"]));
    live.event(&opened(0));
    let mut shown = |event: Event| {
        live.event(&event);
        seconds(&mut live, 1);
        let shown = terminal.contents();
        let line = shown.lines().find_map(|line| line.strip_prefix("  web: "));
        line.map(str::to_owned)
    };
    let told = "1 of 5 tasks started, 5 old ones left";
    assert_eq!(shown(tasks(1, None, 5)).as_deref(), Some(told));
    let told = "5 of 5 tasks started, 4 healthy, 1 old one left";
    assert_eq!(shown(tasks(5, Some(4), 1)).as_deref(), Some(told));
    assert_eq!(
        shown(tasks(5, Some(5), 0)),
        None,
        "all there is to wait for"
    );
}
