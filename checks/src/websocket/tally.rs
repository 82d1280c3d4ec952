//! How many of the messages that were received are as wanted, and what that leaves to wait for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::statement::Statement;
use super::turn::Said;
use crate::contract::{Saved, Saves};
use crate::reads::websocket::{Awaited, Exchange};

/// What an exchange is expected to bring.
pub(super) struct Wanted<'c> {
    pub turns: Vec<Said<'c>>,
    pub broken_when: Option<&'c Statement>,
    pub saves: &'c Saves,
    pub quiet: Duration,
}

/// What was received so far, beside what is wanted.
pub(super) struct Tally<'c> {
    wanted: Wanted<'c>,
    /// How many messages fit each statement, in each of the turns that have begun.
    found: Vec<Vec<usize>>,
    /// The first message that is `broken_when`.
    pub broken_by: Option<String>,
    /// The values of the first message that has them all.
    pub saved: Option<BTreeMap<String, Saved>>,
}

/// A statement, and how many messages of its turn fit it.
#[derive(Clone, Copy)]
pub(super) struct Counted<'c> {
    /// The first turn is 0.
    pub turn: usize,
    pub statement: &'c Statement,
    /// None where the turn has not begun.
    pub found: Option<usize>,
}

impl Counted<'_> {
    pub fn is_met(&self) -> bool {
        self.found
            .is_some_and(|found| self.statement.is_met_by(found))
    }

    pub fn is_exceeded(&self) -> bool {
        self.found
            .is_some_and(|found| self.statement.is_exceeded_by(found))
    }
}

impl<'c> Tally<'c> {
    /// Before the first turn.
    pub fn new(wanted: Wanted<'c>) -> Self {
        Self {
            found: Vec::new(),
            broken_by: None,
            saved: wanted.saves.is_empty().then(BTreeMap::new),
            wanted,
        }
    }

    /// Of a whole exchange.
    pub fn of(exchange: &Exchange, wanted: Wanted<'c>) -> Self {
        let mut tally = Self::new(wanted);
        for turn in 0..exchange.begun {
            tally.begin();
            let messages = exchange.messages.iter();
            let received = messages.filter(|message| message.received && message.turn == turn);
            received.for_each(|message| tally.note(&message.text));
        }
        tally
    }

    /// Begins the next turn.
    pub fn begin(&mut self) {
        let next = self.wanted.turns.get(self.found.len());
        self.found
            .extend(next.map(|turn| vec![0; turn.expect.len()]));
    }

    /// Counts a message that was received in the turn that began last.
    pub fn note(&mut self, message: &str) {
        let turn = self.begun().and_then(|turn| self.wanted.turns.get(turn));
        if let (Some(turn), Some(found)) = (turn, self.found.last_mut()) {
            for (statement, found) in turn.expect.iter().zip(found) {
                *found += usize::from(statement.fits(message));
            }
        }
        let breaks = |statement: &Statement| statement.fits(message);
        if self.broken_by.is_none() && self.wanted.broken_when.is_some_and(breaks) {
            self.broken_by = Some(message.to_owned());
        }
        if self.saved.is_none() {
            let document: Option<Value> = serde_json::from_str(message).ok();
            self.saved = document.and_then(|document| self.wanted.saves.of(&document).ok());
        }
    }

    /// What is left to wait for in the turn that began last.
    pub fn awaited(&self) -> Awaited {
        if self.broken_by.is_some() || self.exceeded().is_some() {
            return Awaited::Nothing;
        }
        let is_last = self.found.len() == self.wanted.turns.len();
        let has_values = self.saved.is_some() || !is_last;
        match (self.lacking().is_none() && has_values, self.is_exact()) {
            (false, _) => Awaited::More,
            (true, true) => Awaited::Quiet(self.wanted.quiet),
            (true, false) => Awaited::Quiet(Duration::ZERO),
        }
    }

    /// The first statement of which there are too many messages.
    pub fn exceeded(&self) -> Option<Counted<'c>> {
        self.counted().find(Counted::is_exceeded)
    }

    /// The first statement that is not met, of the turns that have begun.
    pub fn lacking(&self) -> Option<Counted<'c>> {
        let mut begun = self.counted().filter(|one| one.found.is_some());
        begun.find(|one| !one.is_met())
    }

    /// Whether it must be listened on, in the turn that began last, where everything is there.
    pub fn is_exact(&self) -> bool {
        let turn = self.begun().and_then(|turn| self.wanted.turns.get(turn));
        turn.is_some_and(Said::is_exact)
    }

    /// The turn that began last.
    fn begun(&self) -> Option<usize> {
        self.found.len().checked_sub(1)
    }

    /// How many turns there should be.
    pub fn turns(&self) -> usize {
        self.wanted.turns.len()
    }

    /// Each statement of each turn, and how many fit it.
    pub fn counted(&self) -> impl Iterator<Item = Counted<'c>> {
        let turns = self.wanted.turns.iter().enumerate();
        turns.flat_map(|(turn, said)| {
            let found = self.found.get(turn);
            let statements = said.expect.iter().enumerate();
            statements.map(move |(index, statement)| Counted {
                turn,
                statement,
                found: found.and_then(|found| found.get(index).copied()),
            })
        })
    }
}
