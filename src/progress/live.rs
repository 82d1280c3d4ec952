//! Progress on a terminal: a line a check that is kept up to date until it settles.

use std::io::Write;
use std::time::Duration;

use touchdown_checks::contract::{Period, State};

use super::board::{Board, Change, Looking, Row, Stage, whole_seconds};
use super::screen::{Screen, Size};
use crate::report::text::{Ink, Paint, clip, width};
use crate::report::words;
use crate::run::{Event, Observer};

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Keeps a line a check up to date, and leaves a line for each that has settled.
#[derive(Debug)]
pub struct Live<W: Write> {
    screen: Screen<W>,
    paint: Paint,
    board: Board,
    frame: usize,
    stopping: bool,
}

impl<W: Write> Live<W> {
    /// Draws on `output`, a terminal of the size that `size` tells: [`Size::of_stderr`] as a
    /// rule. It is asked each time, because a window changes.
    pub fn new(output: W, size: fn() -> Size, color: bool) -> Self {
        Self {
            screen: Screen::new(output, size),
            paint: Paint { color },
            board: Board::default(),
            frame: 0,
            stopping: false,
        }
    }

    fn draw(&mut self, above: &[String]) {
        let columns = self.screen.columns();
        let block: Vec<String> = match self.stopping {
            true => Vec::new(),
            false => {
                let rows = self.board.unsettled();
                rows.map(|row| self.row(row, columns)).collect()
            }
        };
        self.screen.draw(above, &block);
    }

    fn row(&self, row: &Row, columns: usize) -> String {
        let Stage::Looking(looking) = &row.stage else {
            let text = format!("  {}: waits for what it needs", row.title);
            return self.paint.ink(Ink::Faint, &clip(&text, columns));
        };
        let spinner = SPINNER[self.frame % SPINNER.len()];
        let (ink, says) = said(looking);
        let time = format!(" ({})", self.time(looking));
        // The time stays in sight; the headline gives way first, then the title.
        let title = clip(&row.title, columns.saturating_sub(width(&time) + 4));
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

    fn settled(&self, change: &Change) -> Vec<String> {
        match change {
            Change::Settled {
                row,
                verdict,
                headline,
                took,
            } => {
                let mark = self.paint.ink((*verdict).into(), words::mark(*verdict));
                let title = self.board.title(*row);
                let took = self
                    .paint
                    .ink(Ink::Faint, &format!("({})", Period::from(*took)));
                vec![format!("{mark} {title}: {headline} {took}")]
            }
            Change::Stopping { reason } => vec![format!("stopping: {reason}")],
            _ => Vec::new(),
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

impl<W: Write> Observer for Live<W> {
    fn event(&mut self, event: &Event) {
        self.stopping |= matches!(event, Event::Stopping { .. });
        if let Some(change) = self.board.apply(event) {
            let above = self.settled(&change);
            self.draw(&above);
        }
    }

    fn tick(&mut self, elapsed: Duration) {
        self.board.elapsed = elapsed;
        self.frame += 1;
        if !self.stopping {
            self.draw(&[]);
        }
    }
}

/// However the run ends, the terminal is left with the lines that stay.
impl<W: Write> Drop for Live<W> {
    fn drop(&mut self) {
        self.screen.draw(&[], &[]);
    }
}
