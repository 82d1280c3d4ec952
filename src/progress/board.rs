//! Where every check of a run stands, as far as the events tell. It writes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use touchdown_checks::contract::{Period, State, TaskCounts};

use crate::report::{AttemptReport, Charset, Verdict, words};
use crate::run::{Announced, Event, Held};

/// Of more checks than this, only what is wrong is told one by one.
pub(super) const CROWD: usize = 100;

/// Where every check stands.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// The checks, in the plan's order.
    pub(super) rows: Vec<Row>,
    /// How far the tasks of each target are; the names are made harmless.
    pub(super) tasks: BTreeMap<String, TaskCounts>,
    /// The time since the run's start, as of the last tick.
    pub(super) elapsed: Duration,
    charset: Charset,
}

/// One check.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is called, made harmless.
    pub(super) title: String,
    /// Where it stands.
    pub(super) stage: Stage,
}

/// Where a check stands.
#[derive(Debug)]
pub(super) enum Stage {
    /// It waits for the checks that it needs.
    Waiting,
    /// It is being looked at.
    Looking(Looking),
    /// It has its verdict.
    Settled,
}

/// A check that is being looked at.
#[derive(Debug)]
pub(super) struct Looking {
    /// When its window opened, since the run's start.
    opened: Duration,
    /// How long its window is.
    within: Duration,
    /// What the last look said; the headline is made harmless.
    pub(super) last: Option<(State, String)>,
    /// How far its hold has come.
    pub(super) held: Option<Held>,
}

/// What an event changed, for those who tell changes only. Texts are made harmless.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Started {
        suite: String,
        checks: usize,
    },
    Opened {
        row: usize,
        within: Duration,
    },
    Looked {
        row: usize,
        state: State,
        headline: String,
    },
    HoldBegan {
        row: usize,
        of: Duration,
        headline: String,
    },
    HoldLost {
        row: usize,
        headline: String,
    },
    Settled {
        row: usize,
        verdict: Verdict,
        headline: String,
        took: Duration,
    },
    Stopping {
        reason: String,
    },
}

impl Board {
    pub(super) fn new(charset: Charset) -> Self {
        Self {
            charset,
            ..Self::default()
        }
    }

    /// Outside text of one line, made harmless.
    pub(super) fn clean(&self, text: &str) -> String {
        self.charset.clean()(text)
    }

    /// Takes in an event. An event that tells nothing new is no change.
    pub(super) fn apply(&mut self, event: &Event) -> Option<Change> {
        match event {
            Event::Started { suite, checks } => {
                self.rows = checks.iter().map(|check| self.waiting(check)).collect();
                Some(Change::Started {
                    suite: self.clean(suite),
                    checks: checks.len(),
                })
            }
            Event::Opened { check, within } => self.open(*check, *within),
            Event::Looked {
                check,
                attempt,
                held,
            } => self.look(*check, attempt, *held),
            Event::Tasks { target, counts } => {
                self.tasks.insert(self.clean(target), *counts);
                None
            }
            Event::Settled {
                check,
                verdict,
                headline,
                took,
            } => {
                self.rows.get_mut(*check)?.stage = Stage::Settled;
                Some(Change::Settled {
                    row: *check,
                    verdict: *verdict,
                    headline: self.clean(headline),
                    took: *took,
                })
            }
            Event::Stopping { reason } => Some(Change::Stopping {
                reason: self.clean(reason),
            }),
        }
    }

    fn open(&mut self, row: usize, within: Duration) -> Option<Change> {
        let opened = self.elapsed;
        self.rows.get_mut(row)?.stage = Stage::Looking(Looking {
            opened,
            within,
            last: None,
            held: None,
        });
        Some(Change::Opened { row, within })
    }

    fn look(&mut self, row: usize, attempt: &AttemptReport, held: Option<Held>) -> Option<Change> {
        let headline = self.clean(&attempt.headline);
        let Stage::Looking(looking) = &mut self.rows.get_mut(row)?.stage else {
            return None;
        };
        let now = Some((attempt.state, headline.clone()));
        let before = std::mem::replace(&mut looking.last, now.clone());
        let was_held = std::mem::replace(&mut looking.held, held);
        if attempt.flap {
            return Some(Change::HoldLost { row, headline });
        }
        match (was_held, held) {
            (None, Some(held)) => Some(Change::HoldBegan {
                row,
                of: held.of,
                headline,
            }),
            _ if before == now => None,
            _ => Some(Change::Looked {
                row,
                state: attempt.state,
                headline,
            }),
        }
    }

    /// The checks that have no verdict yet.
    pub(super) fn unsettled(&self) -> impl Iterator<Item = &Row> {
        let settled = |row: &&Row| matches!(row.stage, Stage::Settled);
        self.rows.iter().filter(move |row| !settled(row))
    }

    fn waiting(&self, check: &Announced) -> Row {
        Row {
            title: self.clean(&words::title(&check.id, &check.name)),
            stage: Stage::Waiting,
        }
    }

    /// What the row is called.
    pub(super) fn title(&self, row: usize) -> &str {
        self.rows.get(row).map_or("", |row| &row.title)
    }
}

/// Whether several tasks are on their way. Of a single one, the headlines say as much.
pub(super) fn are_moving(counts: TaskCounts) -> bool {
    counts.desired + counts.old > 1 && !are_settled(counts)
}

/// Whether there is nothing to wait for: all that are wanted run and are healthy, as far as that
/// is told, and no old one is left.
pub(super) fn are_settled(counts: TaskCounts) -> bool {
    let healthy = counts.healthy.unwrap_or(counts.desired);
    counts.started == counts.desired && healthy == counts.desired && counts.old == 0
}

/// `3 of 5 tasks started, 2 healthy, 4 old ones left`.
pub(super) fn how_far(counts: TaskCounts) -> String {
    let mut text = format!("{} of {} tasks started", counts.started, counts.desired);
    if let Some(healthy) = counts.healthy {
        text.push_str(&format!(", {healthy} healthy"));
    }
    match counts.old {
        0 => {}
        1 => text.push_str(", 1 old one left"),
        old => text.push_str(&format!(", {old} old ones left")),
    }
    text
}

impl Looking {
    /// How much of its window is left.
    pub(super) fn left(&self, elapsed: Duration) -> Duration {
        self.within
            .saturating_sub(elapsed.saturating_sub(self.opened))
    }
}

/// `12s`, `1m5s`: how long something goes on. Tenths would only flicker.
pub(super) fn whole_seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "0s".to_owned(),
        seconds => Period::seconds(seconds).to_string(),
    }
}
