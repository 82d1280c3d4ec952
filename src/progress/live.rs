//! Progress on a terminal: a line a check that is kept up to date until it settles.

use std::time::Duration;

use indicatif::TermLike;
use touchdown_checks::contract::{Period, State};

use super::board::{Board, Change, Looking, Row, Stage, whole_seconds};
use super::screen::Screen;
use crate::report::text::{Ink, Paint, clip, width};
use crate::report::words;
use crate::run::{Event, Observer};

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Keeps a line a check up to date, and leaves a line for each that has settled.
#[derive(Debug)]
pub struct Live<T: TermLike> {
    screen: Screen<T>,
    paint: Paint,
    board: Board,
    frame: usize,
    stopping: bool,
}

impl<T: TermLike + Clone + 'static> Live<T> {
    /// Draws on `terminal`, whose size is asked each time, because a window changes.
    pub fn new(terminal: T, color: bool) -> Self {
        Self {
            screen: Screen::new(terminal),
            paint: Paint { color },
            board: Board::default(),
            frame: 0,
            stopping: false,
        }
    }
}

impl<T: TermLike> Live<T> {
    fn draw(&mut self) {
        let columns = self.screen.columns();
        let block: Vec<String> = match self.stopping {
            true => Vec::new(),
            false => {
                let rows = self.board.unsettled();
                rows.map(|row| self.row(row, columns)).collect()
            }
        };
        self.screen.draw(&block);
    }

    fn row(&self, row: &Row, columns: usize) -> String {
        let Stage::Looking(looking) = &row.stage else {
            let text = format!("  {}: waits for what it needs", row.title);
            return self.paint.ink(Ink::Faint, &clip(&text, columns));
        };
        let spinner = SPINNER[self.frame % SPINNER.len()];
        let (ink, says) = said(looking);
        let time = format!(" ({})", self.time(looking));
        // The time stays in sight; the headline gives way first, to an ellipsis, then the title.
        let title = clip(&row.title, columns.saturating_sub(width(&time) + 5));
        let head = format!("{spinner} {title}: ");
        let room = columns.saturating_sub(width(&head) + width(&time));
        let says = self.paint.ink(ink, &clip(&says, room));
        let time = self.paint.ink(Ink::Faint, &time);
        format!("{head}{says}{time}")
    }

    fn time(&self, looking: &Looking) -> String {
        let (over, of) = match looking.held {
            Some(held) => (held.since, held.of),
            None => (looking.open_for(self.board.elapsed), looking.within),
        };
        let word = if looking.held.is_some() { "held " } else { "" };
        format!("{word}{} of {}", whole_seconds(over), Period::from(of))
    }

    /// What stays on the screen.
    fn lasting(&self, change: &Change) -> Option<String> {
        match change {
            Change::Settled {
                row,
                verdict,
                headline,
                took,
            } => {
                let mark = self.paint.ink((*verdict).into(), words::mark(*verdict));
                let title = self.board.title(*row);
                let took = format!("({})", Period::from(*took));
                let took = self.paint.ink(Ink::Faint, &took);
                Some(format!("{mark} {title}: {headline} {took}"))
            }
            Change::Stopping { reason } => Some(format!("stopping: {reason}")),
            _ => None,
        }
    }
}

fn said(looking: &Looking) -> (Ink, String) {
    match &looking.last {
        None => (Ink::Faint, "looking".to_owned()),
        Some((State::Holds, headline)) => (Ink::Good, headline.clone()),
        Some((State::NotYet, headline)) => (Ink::Plain, headline.clone()),
        Some((State::Broken, headline)) => (Ink::Bad, headline.clone()),
        Some((State::Unobserved, headline)) => {
            let word = words::state(State::Unobserved);
            (Ink::Unsure, format!("{word}: {headline}"))
        }
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
