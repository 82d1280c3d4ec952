//! How many of the messages that were received are as wanted, and what that leaves to wait for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::statement::Statement;
use crate::contract::{Saved, Saves};
use crate::reads::websocket::Awaited;

/// What an exchange is expected to bring.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'c> {
    pub statements: &'c [Statement],
    pub broken_when: Option<&'c Statement>,
    pub saves: &'c Saves,
    pub quiet: Duration,
}

/// What was received so far, beside what is wanted.
pub(super) struct Tally<'c> {
    wanted: Wanted<'c>,
    /// How many messages fit each statement.
    pub found: Vec<usize>,
    /// The first message that is `broken_when`.
    pub broken_by: Option<String>,
    /// The values of the first message that has them all.
    pub saved: Option<BTreeMap<String, Saved>>,
}

impl<'c> Tally<'c> {
    pub fn new(wanted: Wanted<'c>) -> Self {
        Self {
            wanted,
            found: vec![0; wanted.statements.len()],
            broken_by: None,
            saved: wanted.saves.is_empty().then(BTreeMap::new),
        }
    }

    /// Counts a message that was received.
    pub fn note(&mut self, message: &str) {
        for (statement, found) in self.wanted.statements.iter().zip(&mut self.found) {
            *found += usize::from(statement.fits(message));
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

    /// What is left to wait for.
    pub fn awaited(&self) -> Awaited {
        if self.broken_by.is_some() || self.is_exceeded() {
            return Awaited::Nothing;
        }
        let is_exact = self.wanted.statements.iter().any(Statement::is_exact);
        match (self.lacking().is_none() && self.saved.is_some(), is_exact) {
            (false, _) => Awaited::More,
            (true, true) => Awaited::Quiet(self.wanted.quiet),
            (true, false) => Awaited::Quiet(Duration::ZERO),
        }
    }

    /// Whether there are too many of something.
    pub fn is_exceeded(&self) -> bool {
        self.counted()
            .any(|(statement, found)| statement.is_exceeded_by(found))
    }

    /// The first statement that is not met, and how many fit it.
    pub fn lacking(&self) -> Option<(&'c Statement, usize)> {
        self.counted()
            .find(|(statement, found)| !statement.is_met_by(*found))
    }

    /// Each statement, and how many fit it.
    pub fn counted(&self) -> impl Iterator<Item = (&'c Statement, usize)> {
        let statements = self.wanted.statements.iter();
        statements.zip(self.found.iter().copied())
    }
}
