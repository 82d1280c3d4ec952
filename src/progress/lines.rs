//! Progress as lines, for a log: one when something changes, and a sign of life now and then.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use touchdown_checks::contract::{Period, State, TaskCounts};

use super::board::{
    Board, CROWD, Change, Row, Stage, are_moving, are_settled, how_far, whole_seconds,
};
use crate::report::{Charset, Verdict, escape, words};
use crate::run::{Event, Observer};

/// After this long without a line, one says what is waited for. CI systems stop a job that
/// says nothing for minutes, and people wonder sooner.
const SILENCE: Duration = Duration::from_secs(30);
/// A headline in which only numbers change is told this often, and how far tasks are.
const COUNTING: Duration = Duration::from_secs(10);
/// A sign of life names so many checks.
const NAMED: usize = 3;

/// Writes a line when something changes, or for every look.
#[derive(Debug)]
pub struct Lines<W> {
    output: W,
    verbose: bool,
    charset: Charset,
    board: Board,
    last_line: Duration,
    stopping: bool,
    /// What the last look that was told said of each check, without its numbers, and when.
    latest: BTreeMap<usize, (String, Duration)>,
    /// What was told last of each target's tasks, and when.
    told_tasks: BTreeMap<String, (TaskCounts, Duration)>,
}

impl<W: Write> Lines<W> {
    /// Writes to `output`, standard error as a rule: what changes, or every look if `verbose`.
    pub fn new(output: W, verbose: bool, charset: Charset) -> Self {
        Self {
            output,
            verbose,
            charset,
            board: Board::new(charset),
            last_line: Duration::ZERO,
            stopping: false,
            latest: BTreeMap::new(),
            told_tasks: BTreeMap::new(),
        }
    }

    fn line(&mut self, text: &str) {
        let seconds = self.board.elapsed.as_secs();
        let line = format!("[{:>2}:{:02}] {text}\n", seconds / 60, seconds % 60);
        self.last_line = self.board.elapsed;
        // Whoever reads may have gone; the run goes on without them.
        let _ = self
            .output
            .write_all(escape::without_commands(&line).as_bytes());
        let _ = self.output.flush();
    }

    /// Whether the checks are too many for a line each.
    fn is_crowded(&self) -> bool {
        !self.verbose && self.board.rows.len() > CROWD
    }

    /// Whether a change is lost among those of so many checks.
    fn is_drowned(&self, change: &Change) -> bool {
        let matters = match change {
            Change::Started { .. } | Change::Stopping { .. } => true,
            Change::Settled { verdict, .. } => {
                matches!(verdict, Verdict::Failed | Verdict::Inconclusive)
            }
            _ => false,
        };
        self.is_crowded() && !matters
    }

    /// Whether a look says the same as the last line about its check but for numbers, and that
    /// line is fresh: a count of log lines grows with every look.
    fn only_counts_on(&mut self, change: &Change) -> bool {
        let Change::Looked { row, headline, .. } = change else {
            return false;
        };
        let words = headline.replace(|character: char| character.is_ascii_digit(), "");
        let now = self.board.elapsed;
        match self.latest.get(row) {
            Some((said, at)) if *said == words && now.saturating_sub(*at) < COUNTING => true,
            _ => {
                self.latest.insert(*row, (words, now));
                false
            }
        }
    }

    fn text(&self, change: &Change) -> Option<String> {
        let title = |row: &usize| self.board.title(*row);
        Some(match change {
            Change::Started { suite, checks: 1 } => format!("{suite}: 1 check"),
            Change::Started { suite, checks } => format!("{suite}: {checks} checks"),
            Change::Opened { row, within } => {
                format!("{}: looking, for up to {}", title(row), period(*within))
            }
            // The verdict follows at once and says the same.
            Change::Looked {
                state: State::Holds | State::Broken,
                ..
            } => return None,
            Change::Looked {
                row,
                state,
                headline,
            } => format!("{}: {}: {headline}", title(row), words::state(*state)),
            Change::HoldBegan { row, of, headline } => {
                let of = period(*of);
                format!("{}: holds, and has to for {of}: {headline}", title(row))
            }
            Change::HoldLost { row, headline } => {
                let title = title(row);
                format!("{title}: held no longer, and starts anew: {headline}")
            }
            Change::Settled {
                row,
                verdict,
                headline,
                took,
            } => {
                let mark = self.charset.signs(words::mark(*verdict));
                let word = words::verdict(*verdict);
                let took = period(*took);
                format!("{mark} {word} {}: {headline} ({took})", title(row))
            }
            Change::Stopping { reason } => format!("stopping: {reason}"),
        })
    }

    /// A look that changed nothing, or whose verdict follows: worth a line to those who want all.
    fn untold(&self, event: &Event) -> Option<String> {
        let Event::Looked { check, attempt, .. } = event else {
            return None;
        };
        let row = self.board.rows.get(*check).filter(|_| self.verbose)?;
        let (state, headline) = (words::state(attempt.state), &attempt.headline);
        let headline = self.board.clean(headline);
        Some(format!("{}: {state}: {headline}", row.title))
    }

    /// Tells how far tasks are, where that is news: now and then while they are on their way, and
    /// when they have arrived.
    fn tell_tasks(&mut self) {
        if self.is_crowded() {
            return;
        }
        let now = self.board.elapsed;
        for (target, counts) in self.board.tasks.clone() {
            let told = self.told_tasks.get(&target);
            let is_due = match told {
                None => are_moving(counts),
                Some((before, _)) if *before == counts => false,
                Some((_, at)) => are_settled(counts) || now.saturating_sub(*at) >= COUNTING,
            };
            if is_due {
                self.line(&format!("{target}: {}", how_far(counts)));
                self.told_tasks.insert(target, (counts, now));
            }
        }
    }

    fn sign_of_life(&mut self) {
        let waiting: Vec<String> = self.board.unsettled().map(waits_for).collect();
        if waiting.is_empty() {
            return;
        }
        let (of, all) = (waiting.len(), self.board.rows.len());
        let mut text = format!("still waiting for {of} of {all} checks: ");
        text.push_str(&waiting[..of.min(NAMED)].join("; "));
        if of > NAMED {
            text.push_str(&format!("; and {} more", of - NAMED));
        }
        self.line(&text);
    }
}

fn waits_for(row: &Row) -> String {
    match &row.stage {
        Stage::Looking(looking) => match (&looking.held, &looking.last) {
            (Some(held), _) => format!(
                "{} (holds for {} of {})",
                row.title,
                whole_seconds(held.since),
                period(held.of)
            ),
            (None, Some((_, headline))) => format!("{} ({headline})", row.title),
            (None, None) => row.title.clone(),
        },
        Stage::Waiting | Stage::Settled => format!("{} (not begun)", row.title),
    }
}

fn period(duration: Duration) -> Period {
    Period::from(duration)
}

impl<W: Write> Observer for Lines<W> {
    fn event(&mut self, event: &Event) {
        self.stopping |= matches!(event, Event::Stopping { .. });
        let change = self.board.apply(event);
        let change = change.filter(|change| !self.is_drowned(change));
        let change = change.filter(|change| !self.only_counts_on(change));
        let told = change.and_then(|change| self.text(&change));
        if let Some(text) = told.or_else(|| self.untold(event)) {
            self.line(&text);
        }
        if matches!(event, Event::Tasks { .. }) {
            self.tell_tasks();
        }
    }

    fn tick(&mut self, elapsed: Duration) {
        self.board.elapsed = elapsed;
        if self.stopping {
            return;
        }
        self.tell_tasks();
        if elapsed.saturating_sub(self.last_line) >= SILENCE {
            self.sign_of_life();
        }
    }
}
