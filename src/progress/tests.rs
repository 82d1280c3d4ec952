//! Both observers, following the same runs.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use touchdown_checks::contract::State;

use super::{Lines, Live, Size};
use crate::report::{AttemptReport, Verdict};
use crate::run::{Announced, Event, Held, Observer};

/// What was written, shared with the observer that writes.
#[derive(Clone, Debug, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// What a terminal of endless height shows after all of it.
    fn shown(&self) -> String {
        let mut lines = vec![String::new()];
        let text = self.text();
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            if let Some(code) = rest.strip_prefix("\u{1b}[") {
                let end = code
                    .find(|c: char| c.is_ascii_alphabetic())
                    .expect("a code");
                let number: usize = code[..end].parse().unwrap_or(0);
                match &code[end..=end] {
                    // Clearing follows each move at once, so both are done here.
                    "A" => lines.truncate(lines.len() - number),
                    "J" => *lines.last_mut().expect("a line") = String::new(),
                    other => panic!("{other} is not drawn here"),
                }
                rest = &code[end + 1..];
                continue;
            }
            match c {
                '\n' => lines.push(String::new()),
                '\r' => {}
                c => lines.last_mut().expect("a line").push(c),
            }
            rest = &rest[c.len_utf8()..];
        }
        assert_eq!(
            lines.pop().as_deref(),
            Some(""),
            "the cursor is below the block"
        );
        lines.join("\n")
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader that has gone.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

fn small() -> Size {
    Size {
        rows: 24,
        columns: 50,
    }
}

fn started(ids: &[&str]) -> Event {
    Event::Started {
        suite: "inventory".to_owned(),
        checks: ids
            .iter()
            .map(|&id| Announced {
                id: id.to_owned(),
                kind: "ecs.stable".to_owned(),
                name: id.to_owned(),
            })
            .collect(),
    }
}

fn opened(check: usize) -> Event {
    Event::Opened {
        check,
        within: Duration::from_secs(300),
    }
}

fn looked(check: usize, state: State, headline: &str) -> Event {
    looked_held(check, state, headline, None, false)
}

fn looked_held(check: usize, state: State, headline: &str, held: Option<u64>, flap: bool) -> Event {
    Event::Looked {
        check,
        attempt: AttemptReport {
            number: 1,
            at: "2025-11-18T23:46:00Z".parse().expect("a time"),
            took_ms: 10,
            state,
            headline: headline.to_owned(),
            flap,
        },
        held: held.map(|since| Held {
            since: Duration::from_secs(since),
            of: Duration::from_secs(600),
        }),
    }
}

fn settled(check: usize, verdict: Verdict, headline: &str) -> Event {
    Event::Settled {
        check,
        verdict,
        headline: headline.to_owned(),
        took: Duration::from_secs(65),
    }
}

fn seconds(observer: &mut impl Observer, seconds: u64) {
    observer.tick(Duration::from_secs(seconds));
}

fn follow(observer: &mut impl Observer) {
    observer.event(&started(&["fresh", "stable", "later"]));
    observer.event(&opened(0));
    observer.event(&opened(1));
    observer.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    seconds(observer, 2);
    observer.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    observer.event(&looked_held(1, State::Holds, "up", Some(0), false));
    seconds(observer, 12);
    observer.event(&looked_held(1, State::Holds, "up", Some(10), false));
    observer.event(&looked_held(1, State::NotYet, "a task stopped", None, true));
    observer.event(&looked(0, State::Unobserved, "throttled"));
}

#[test]
fn lines_tell_what_changes_and_nothing_twice() {
    let written = Written::default();
    let mut lines = Lines::new(written.clone());
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
    let mut lines = Lines::new(written.clone());
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
fn live_shows_what_is_going_on_and_keeps_what_has_settled() {
    let written = Written::default();
    let mut live = Live::new(written.clone(), small, false);
    follow(&mut live);
    assert_eq!(
        written.shown(),
        "\
⠹ fresh: could not look: throttled (12s of 5m)
⠹ stable: a task stopped (12s of 5m)
  later: waits for what it needs"
    );
    live.event(&settled(0, Verdict::Failed, "still 1 of 3 tasks after 5m"));
    live.event(&looked_held(1, State::Holds, "up", Some(65), false));
    assert_eq!(
        written.shown(),
        "\
✖ fresh: still 1 of 3 tasks after 5m (1m5s)
⠹ stable: up (held 1m5s of 10m)
  later: waits for what it needs"
    );
}

#[test]
fn live_leaves_a_clean_terminal_however_it_ends() {
    let written = Written::default();
    let mut live = Live::new(written.clone(), small, false);
    follow(&mut live);
    drop(live);
    assert_eq!(written.shown(), "", "on a drop");

    let written = Written::default();
    let mut live = Live::new(written.clone(), small, false);
    follow(&mut live);
    live.event(&Event::Stopping {
        reason: "interrupted".to_owned(),
    });
    seconds(&mut live, 13);
    live.event(&settled(1, Verdict::Inconclusive, "held 10s of 10m"));
    assert_eq!(
        written.shown(),
        "stopping: interrupted\n? stable: held 10s of 10m (1m5s)"
    );
}

#[test]
fn live_never_draws_more_than_the_terminal_holds() {
    fn tiny() -> Size {
        Size {
            rows: 3,
            columns: 30,
        }
    }
    let written = Written::default();
    let mut live = Live::new(written.clone(), tiny, true);
    live.event(&started(&["a", "b", "c"]));
    live.event(&opened(0));
    live.event(&looked(0, State::NotYet, "部署 of many tasks is going on"));
    let text = written.text();
    let last = text.rsplit("\u{1b}[J").next().expect("a frame");
    let plain = console::strip_ansi_codes(last).into_owned();
    assert_eq!(plain, "⠋ a: 部署 of many… (0s of 5m)\n… and 2 more\n");
}

#[test]
fn what_comes_from_outside_stays_text() {
    let hostile = "\u{1b}[2J\n::error::x ##[error]";
    let (a, b) = (Written::default(), Written::default());
    let mut lines = Lines::new(a.clone());
    let mut live = Live::new(b.clone(), small, false);
    let observers: [&mut dyn Observer; 2] = [&mut lines, &mut live];
    for observer in observers {
        observer.event(&started(&[hostile]));
        observer.event(&opened(0));
        observer.event(&looked(0, State::NotYet, hostile));
        observer.event(&settled(0, Verdict::Failed, hostile));
        observer.event(&Event::Stopping {
            reason: hostile.to_owned(),
        });
    }
    assert!(!a.text().contains('\u{1b}'));
    for text in [a.text(), b.text()] {
        assert!(
            !text.contains("\u{1b}[2J") && !text.contains("##["),
            "{text}"
        );
        assert!(
            text.lines()
                .all(|line| !line.trim_start().starts_with("::")),
            "{text}"
        );
    }
}

#[test]
fn a_closed_pipe_or_a_stray_event_stops_nothing() {
    follow(&mut Lines::new(Closed));
    follow(&mut Live::new(Closed, small, true));
    let mut lines = Lines::new(Written::default());
    lines.event(&opened(7));
    lines.event(&looked(7, State::Holds, "up"));
    lines.event(&settled(7, Verdict::Passed, "up"));
}
