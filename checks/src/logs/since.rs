//! From when on lines count.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::contract::{Period, Times};

/// From when on lines count. Whatever it is, a task's lines count from its creation only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// Each task's own start.
    #[default]
    TaskStart,
    /// The start of the run.
    RunStart,
    /// The look that made another check hold.
    Check(String),
    /// So long before the start of the run.
    Ago(Period),
}

impl Since {
    /// The moment by the run's clock; none where each task's own start counts.
    #[must_use]
    pub fn moment(&self, times: &Times) -> Option<Timestamp> {
        match self {
            Self::TaskStart => None,
            Self::RunStart => Some(times.run_started),
            Self::Check(id) => Some(times.held_since.get(id).copied().unwrap_or(times.opened)),
            Self::Ago(period) => Some(
                times
                    .run_started
                    .checked_sub(period.get())
                    .unwrap_or(Timestamp::MIN),
            ),
        }
    }

    /// The check that must have passed first.
    #[must_use]
    pub fn follows(&self) -> Option<&str> {
        match self {
            Self::Check(id) => Some(id),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "task-start" => Ok(Self::TaskStart),
            "run-start" => Ok(Self::RunStart),
            _ => match text.strip_prefix("check:") {
                Some("") => Err(de::Error::custom("`check:` needs the id of a check behind it")),
                Some(id) => Ok(Self::Check(id.trim().to_owned())),
                None => text.parse().map(Self::Ago).map_err(|_| {
                    de::Error::custom(format!(
                        "`{text}` is no start; write `task-start`, `run-start`, `check:<id>` or a duration such as `10m`"
                    ))
                }),
            },
        }
    }
}

impl JsonSchema for Since {
    fn schema_name() -> Cow<'static, str> {
        "Since".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "From when on lines count: `task-start`, `run-start`, `check:<id>` (the look that made that check hold) or a duration before the run's start.",
            "examples": ["task-start", "run-start", "check:answers", "10m"],
        })
    }
}
