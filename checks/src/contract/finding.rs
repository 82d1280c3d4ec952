//! What one attempt ends in: a state, a headline, a hint and evidence.

use serde::{Deserialize, Serialize};

use super::Evidence;

/// What a look says of the statement that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is true now.
    Holds,
    /// It is not true now, but waiting may help.
    NotYet,
    /// It is not true, and waiting cannot help.
    Broken,
    /// It could not be looked at: denied, throttled, timed out, or a fact is missing.
    Unobserved,
}

/// What one attempt found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it says of the statement.
    pub state: State,
    /// One line with the number in it.
    pub headline: String,
    /// What to do next.
    pub hint: Option<String>,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// For `unobserved`: looking again within the run can't help, and the check settles.
    pub lasting: bool,
}

impl Finding {
    /// The statement is true now.
    pub fn holds(headline: impl Into<String>) -> Self {
        Self::new(State::Holds, headline)
    }

    /// The statement is not true now; waiting may help.
    pub fn not_yet(headline: impl Into<String>) -> Self {
        Self::new(State::NotYet, headline)
    }

    /// The statement is not true, and waiting cannot help.
    pub fn broken(headline: impl Into<String>) -> Self {
        Self::new(State::Broken, headline)
    }

    /// A fact that the judgement needs is missing.
    pub fn unobserved(headline: impl Into<String>) -> Self {
        Self::new(State::Unobserved, headline)
    }

    /// A finding of any state.
    pub fn new(state: State, headline: impl Into<String>) -> Self {
        Self {
            state,
            headline: headline.into(),
            hint: None,
            evidence: Vec::new(),
            lasting: false,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Looking again within the run can't help.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.lasting = true;
        self
    }

    /// Adds a piece of evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Adds several pieces of evidence.
    #[must_use]
    pub fn all_evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}
