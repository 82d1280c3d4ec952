//! What one attempt ends in: a state, a headline, a hint and evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Evidence, Saved};

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

impl State {
    /// How much it weighs beside others: what is broken is told whatever is unknown, and what
    /// is unknown whatever may still come.
    fn gravity(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::NotYet => 1,
            Self::Unobserved => 2,
            Self::Broken => 3,
        }
    }
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
    /// Values for the checks after this one, by name. They are no part of a report.
    pub saved: BTreeMap<String, Saved>,
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
            saved: BTreeMap::new(),
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

    /// Adds values for the checks after this one, which [`Saves::of`](super::Saves::of) finds.
    #[must_use]
    pub fn saving(mut self, values: BTreeMap<String, Saved>) -> Self {
        self.saved.extend(values);
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

    /// One finding from those on several parts: what is worst of any part leads, its equals
    /// are told beside it, and the evidence of all is kept. None where there are no parts.
    #[must_use]
    pub fn worst_of(parts: Vec<Self>) -> Option<Self> {
        let state = parts
            .iter()
            .map(|part| part.state)
            .max_by_key(|s| s.gravity())?;
        let (worst, others): (Vec<Self>, Vec<Self>) =
            parts.into_iter().partition(|part| part.state == state);
        let headlines: Vec<&str> = worst.iter().map(|part| part.headline.as_str()).collect();
        Some(Self {
            state,
            headline: headlines.join("; "),
            hint: worst.iter().find_map(|part| part.hint.clone()),
            lasting: worst.iter().all(|part| part.lasting),
            saved: worst.iter().flat_map(|part| part.saved.clone()).collect(),
            evidence: worst
                .into_iter()
                .chain(others)
                .flat_map(|part| part.evidence)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_part_leads_and_its_equals_are_told_beside_it() {
        let parts = vec![
            Finding::holds("a holds"),
            Finding::broken("b is broken").hint("mend b"),
            Finding::unobserved("c is unknown"),
            Finding::broken("d is broken"),
        ];
        let told = Finding::worst_of(parts).expect("a finding");
        assert_eq!(told.state, State::Broken);
        assert_eq!(told.headline, "b is broken; d is broken");
        assert_eq!(told.hint.as_deref(), Some("mend b"));
        assert_eq!(Finding::worst_of(Vec::new()), None);
    }

    #[test]
    fn what_may_still_be_seen_is_looked_at_again() {
        let parts = vec![
            Finding::unobserved("a never").lasting(),
            Finding::unobserved("b later"),
            Finding::not_yet("c"),
        ];
        let told = Finding::worst_of(parts).expect("a finding");
        assert_eq!((told.state, told.lasting), (State::Unobserved, false));
    }
}
