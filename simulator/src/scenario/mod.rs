//! Scenarios: the incidents that are told here, and files of one's own.

mod fleet;
pub(crate) mod format;
mod incidents;
pub(crate) mod validate;

use std::{path::Path, sync::Arc};

pub use format::Step;
pub(crate) use format::{Document, VersionConsistency};
pub use incidents::names;

use crate::world::World;

/// A scenario that was read and found sound.
#[derive(Debug, Clone)]
pub struct Scenario {
    name: String,
    pub(crate) document: Arc<Document>,
    pub(crate) lot: String,
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No incident has that name.
    #[error("there is no incident named `{name}`; there are: {}", names().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not YAML, or not a scenario: the message shows the place.
    #[error("scenario {name}: {message}")]
    Malformed {
        /// The scenario.
        name: String,
        /// What is wrong, and where.
        message: String,
    },
    /// It is a scenario, but does not hold together. All that is wrong is told at once.
    #[error("scenario {name} does not hold together:\n  {}", faults.join("\n  "))]
    Unsound {
        /// The scenario.
        name: String,
        /// Each with its line.
        faults: Vec<String>,
    },
}

impl Scenario {
    /// One of the incidents that come with the simulator ([`names`]).
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let text = incidents::text(name).ok_or_else(|| ScenarioError::Unknown {
            name: name.to_owned(),
        })?;
        Self::read(name, text)
    }

    /// A scenario from its text.
    pub fn parse(yaml: &str) -> Result<Self, ScenarioError> {
        Self::read("given", yaml)
    }

    /// An incident by its name, or else a scenario from a file.
    pub fn find(name: &str) -> Result<Self, ScenarioError> {
        let path = Path::new(name);
        if incidents::text(name).is_some()
            || !(name.contains('/') || name.ends_with(".yaml") || name.ends_with(".yml"))
        {
            return Self::named(name);
        }
        let text = std::fs::read_to_string(path).map_err(|source| ScenarioError::Unreadable {
            path: name.to_owned(),
            source,
        })?;
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or(name);
        Self::read(stem, &text)
    }

    fn read(name: &str, yaml: &str) -> Result<Self, ScenarioError> {
        let malformed = |error: serde_saphyr::Error| ScenarioError::Malformed {
            name: name.to_owned(),
            message: error.to_string(),
        };
        let document: Document = serde_saphyr::from_str(yaml).map_err(malformed)?;
        let mut faults = validate::faults(&document);
        let document = Arc::new(document);
        if faults.is_empty() {
            faults.extend(history_fault(&document));
        }
        match faults.is_empty() {
            true => Ok(Self {
                name: name.to_owned(),
                document,
                lot: String::new(),
            }),
            false => Err(ScenarioError::Unsound {
                name: name.to_owned(),
                faults,
            }),
        }
    }

    /// The same story with other ids, and so with other spans within the same bounds: each seed
    /// draws them anew. Only what the scenario tells as a fact stays.
    #[must_use]
    pub fn drawn(self, seed: u64) -> Self {
        Self {
            lot: format!("{seed}/"),
            ..self
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line on what it is about.
    pub fn about(&self) -> &str {
        &self.document.about
    }

    /// What happened.
    pub fn story(&self) -> &str {
        self.document.story.trim()
    }

    /// The virtual time at which it starts.
    pub fn starts_at(&self) -> jiff::Timestamp {
        self.document.starts_at
    }

    /// The region its account lives in.
    pub fn region(&self) -> &str {
        &self.document.region
    }

    /// The name of its cluster.
    pub fn cluster(&self) -> &str {
        &self.document.cluster
    }

    /// The names of its services.
    pub fn services(&self) -> Vec<&str> {
        self.document
            .services
            .values()
            .map(|service| service.name.as_str())
            .collect()
    }

    /// Its actions, each with a line on what it does and the AWS commands that do the same.
    pub fn actions(&self) -> Vec<(&str, &str, &[String])> {
        let actions = self.document.actions.iter();
        actions
            .map(|(name, action)| {
                (
                    name.as_str(),
                    action.about.as_str(),
                    action.commands.as_slice(),
                )
            })
            .collect()
    }
}

/// Plays the whole history, future and all, to see that all of it can happen.
fn history_fault(document: &Arc<Document>) -> Option<String> {
    let mut world = match World::new(Arc::clone(document), "") {
        Ok(world) => world,
        Err(fault) => return Some(fault),
    };
    let end = document
        .history
        .iter()
        .map(|event| event.at)
        .max()
        .unwrap_or(document.starts_at);
    world.play(end);
    world.refused.first().cloned()
}
