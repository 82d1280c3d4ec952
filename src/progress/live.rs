//! Progress on a terminal: a line a check that is kept up to date until it settles.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::TermLike;
use touchdown_checks::contract::{Period, State};

use super::board::{Board, CROWD, Change, Looking, Row, Stage, are_moving, how_far, whole_seconds};
use super::screen::Screen;
use crate::report::text::{Ink, Paint, clip, width};
use crate::report::{Charset, Verdict, words};
use crate::run::{Event, Observer};

/// Of more checks without a verdict, the first are shown and the others counted; how far the tasks of
/// each target are would take as many lines again.
const MOST_ROWS: usize = 20;

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ASCII_SPINNER: [&str; 4] = ["|", "/", "-", "\\"];

/// Keeps a line a check up to date, and leaves a line for each that has settled.
#[derive(Debug)]
pub struct Live<T: TermLike> {
    screen: Screen<T>,
    paint: Paint,
    charset: Charset,
    board: Board,
    frame: usize,
    stopping: bool,
}

/// A line about a check. Where it is too long, first its title gives way, down to two fifths of the
/// line, and then what it says. The sign and the time stay in sight.
struct Entry<'a> {
    sign: Cow<'a, str>,
    title: &'a str,
    ink: Ink,
    says: String,
    time: String,
}

impl<T: TermLike + Clone + 'static> Live<T> {
    /// Draws on `terminal`, whose size is asked each time, because a window changes.
    pub fn new(terminal: T, color: bool, charset: Charset) -> Self {
        Self {
            screen: Screen::new(terminal, charset),
            paint: Paint { color },
            charset,
            board: Board::new(charset),
            frame: 0,
            stopping: false,
        }
    }
}

impl<T: TermLike> Live<T> {
    fn draw(&mut self) {
        let block = match self.stopping {
            true => Vec::new(),
            false => self.block(),
        };
        self.screen.draw(&block);
    }

    /// How far the tasks are, and every check that has no verdict yet.
    fn block(&self) -> Vec<String> {
        let tasks = self.board.tasks.iter();
        let tasks = tasks
            .filter(|(_, counts)| are_moving(**counts))
            .map(|(target, counts)| self.clipped(&format!("  {target}: {}", how_far(*counts))));
        let rows = self.board.unsettled().map(|row| self.row(row));
        let unsettled = self.board.unsettled().count();
        if unsettled <= MOST_ROWS {
            return tasks.chain(rows).collect();
        }
        let all = self.board.rows.len();
        let further = format!("  and {} more of {all} checks", unsettled - MOST_ROWS);
        let further = self.paint.ink(Ink::Faint, &self.clipped(&further));
        rows.take(MOST_ROWS).chain([further]).collect()
    }

    fn clipped(&self, text: &str) -> String {
        clip(text, self.screen.columns(), self.charset)
    }

    fn row(&self, row: &Row) -> String {
        let Stage::Looking(looking) = &row.stage else {
            let text = self.clipped(&format!("  {}: waits for what it needs", row.title));
            return self.paint.ink(Ink::Faint, &text);
        };
        let (ink, says) = said(looking);
        self.line(&Entry {
            sign: self.spinner().into(),
            title: &row.title,
            ink,
            says,
            time: self.time(looking),
        })
    }

    fn line(&self, entry: &Entry<'_>) -> String {
        let columns = self.screen.columns();
        let time = format!(" ({})", entry.time);
        let around = width(&entry.sign) + width(": …") + 1;
        let room = columns.saturating_sub(width(&time) + around);
        let wanted = room.saturating_sub(width(&entry.says));
        let title = wanted.max(columns * 2 / 5).min(room);
        let title = clip(entry.title, title, self.charset);
        let head = format!("{} {title}: ", entry.sign);
        let room = columns.saturating_sub(width(&head) + width(&time));
        let says = clip(&entry.says, room, self.charset);
        let says = self.paint.ink(entry.ink, &says);
        format!("{head}{says}{}", self.paint.ink(Ink::Faint, &time))
    }

    fn spinner(&self) -> &'static str {
        match self.charset {
            Charset::Utf8 => SPINNER[self.frame % SPINNER.len()],
            Charset::Ascii => ASCII_SPINNER[self.frame % ASCII_SPINNER.len()],
        }
    }

    fn time(&self, looking: &Looking) -> String {
        match looking.held {
            Some(held) => format!(
                "held {} of {}",
                whole_seconds(held.since),
                Period::from(held.of)
            ),
            None => format!("{} left", whole_seconds(looking.left(self.board.elapsed))),
        }
    }

    /// What stays on the screen.
    fn lasting(&self, change: &Change) -> Option<String> {
        match change {
            // Among so many, what passed is counted.
            Change::Settled {
                verdict: Verdict::Passed | Verdict::Skipped,
                ..
            } if self.board.rows.len() > CROWD => None,
            Change::Settled {
                row,
                verdict,
                headline,
                took,
            } => {
                let mark = self.charset.signs(words::mark(*verdict));
                Some(self.line(&Entry {
                    sign: self.paint.ink((*verdict).into(), &mark).into(),
                    title: self.board.title(*row),
                    ink: Ink::Plain,
                    says: headline.clone(),
                    time: Period::from(*took).to_string(),
                }))
            }
            Change::Stopping { reason } => Some(self.clipped(&format!("stopping: {reason}"))),
            _ => None,
        }
    }
}

/// The state and the headline of the last look. That it holds is told by how long it has.
fn said(looking: &Looking) -> (Ink, String) {
    let Some((state, headline)) = &looking.last else {
        return (Ink::Faint, "looking".to_owned());
    };
    let ink = match state {
        State::Holds => Ink::Good,
        State::NotYet => Ink::Plain,
        State::Broken => Ink::Bad,
        State::Unobserved => Ink::Unsure,
    };
    match looking.held {
        Some(_) => (ink, headline.clone()),
        None => (ink, format!("{}: {headline}", words::state(*state))),
    }
}

impl<T: TermLike> Observer for Live<T> {
    /// Looks only change what the next tick draws: many checks look at the same time.
    fn event(&mut self, event: &Event) {
        self.stopping |= matches!(event, Event::Stopping { .. });
        let Some(change) = self.board.apply(event) else {
            return;
        };
        if let Some(line) = self.lasting(&change) {
            self.screen.keep(&line);
            self.draw();
        }
    }

    fn tick(&mut self, elapsed: Duration) {
        self.board.elapsed = elapsed;
        self.frame += 1;
        self.draw();
    }
}

/// However the run ends, the terminal is left with the lines that stay.
impl<T: TermLike> Drop for Live<T> {
    fn drop(&mut self) {
        self.screen.close();
    }
}
