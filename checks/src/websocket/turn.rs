//! Turns of an exchange: what is sent, and what that should be answered with before more is sent.

use schemars::JsonSchema;
use serde::Deserialize;

use super::outgoing::Outgoing;
use super::statement::Statement;
use crate::contract::{Fault, Located};

/// One turn of an exchange.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ExchangeTurn")]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The messages to send, in this order: texts as they are, anything else as JSON.
    #[serde(default)]
    pub(super) send: Vec<Outgoing>,
    /// What should be among the messages that come in this turn.
    #[serde(default)]
    pub(super) expect: Vec<Statement>,
}

/// What is said in a turn, whether it is written as one or as the check's own `send` and `expect`.
#[derive(Clone, Copy)]
pub(super) struct Said<'c> {
    pub send: &'c [Outgoing],
    pub expect: &'c [Statement],
}

impl Said<'_> {
    /// The messages as they are sent.
    pub fn texts(&self) -> Vec<String> {
        let messages = self.send.iter();
        messages.map(|message| message.0.clone()).collect()
    }

    /// Whether it must be listened on for as long as `quiet` once everything is there.
    pub fn is_exact(&self) -> bool {
        self.expect.iter().any(Statement::is_exact)
    }
}

/// The mistakes of statements that are written as a list in `fields`.
pub(super) fn mistakes(expect: &[Statement], fields: &Located) -> Vec<Fault> {
    let written = fields.get("expect").map(Located::items).unwrap_or_default();
    let statements = expect.iter().zip(written);
    let mistakes = statements.flat_map(|(statement, written)| statement.mistakes(written, written));
    mistakes.collect()
}

impl Turn {
    pub(super) fn said(&self) -> Said<'_> {
        Said {
            send: &self.send,
            expect: &self.expect,
        }
    }

    /// The mistakes of a turn; in one in which nothing is said, that.
    pub(super) fn mistakes(&self, written: &Located) -> Vec<Fault> {
        let mut found = mistakes(&self.expect, written);
        if self.send.is_empty() && self.expect.is_empty() {
            let told = "nothing is said in this turn: give `send`, `expect` or both";
            found.push(Fault::new(written.place, told));
        }
        found
    }
}
