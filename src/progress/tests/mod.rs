//! The observers, following the same runs.

mod jsonl;
mod lines;
mod live;

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use indicatif::TermLike;
use touchdown_checks::contract::{State, TaskCounts};

use crate::report::{AttemptReport, Charset, Verdict};
use crate::run::{Announced, Event, Held, Observer};

/// What was written, shared with the observer that writes.
#[derive(Clone, Debug, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
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

/// A terminal that only counts columns, or a reader or terminal that has gone.
#[derive(Clone, Debug)]
struct Blank {
    columns: u16,
    gone: bool,
}

const GONE: Blank = Blank {
    columns: 80,
    gone: true,
};

impl Blank {
    fn answer(&self) -> io::Result<()> {
        match self.gone {
            true => Err(io::ErrorKind::BrokenPipe.into()),
            false => Ok(()),
        }
    }
}

impl Write for Blank {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answer().map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.answer()
    }
}

impl TermLike for Blank {
    fn width(&self) -> u16 {
        self.columns
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        self.answer()
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        self.answer()
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        self.answer()
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        self.answer()
    }

    fn write_line(&self, _: &str) -> io::Result<()> {
        self.answer()
    }

    fn write_str(&self, _: &str) -> io::Result<()> {
        self.answer()
    }

    fn clear_line(&self) -> io::Result<()> {
        self.answer()
    }

    fn flush(&self) -> io::Result<()> {
        self.answer()
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
                target: None,
                required: true,
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

/// How far the tasks of `web` are, five of which are wanted.
fn tasks(started: usize, healthy: Option<usize>, old: usize) -> Event {
    Event::Tasks {
        target: "web".to_owned(),
        counts: TaskCounts {
            desired: 5,
            started,
            healthy,
            old,
        },
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

/// A run that tells a text from outside wherever one can come to.
fn follow_hostile(observer: &mut impl Observer, text: &str) {
    observer.event(&started(&[text, ":"]));
    observer.event(&opened(0));
    observer.event(&looked(0, State::NotYet, text));
    seconds(observer, 1);
    observer.event(&looked_held(0, State::Holds, text, Some(2), false));
    observer.event(&looked_held(0, State::NotYet, text, None, true));
    observer.event(&settled(0, Verdict::Failed, text));
    observer.event(&Event::Stopping {
        reason: text.to_owned(),
    });
}

/// Events of checks that were never announced.
fn follow_stray(observer: &mut impl Observer) {
    observer.event(&opened(7));
    observer.event(&looked(7, State::Holds, "up"));
    seconds(observer, 1);
}
