//! From when on lines count.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::contract::{LITERAL, Times};
use crate::window_start::WindowStart;

/// From when on lines count: each task's own start where none is given. Whatever it is, a task's
/// lines count from its creation only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since(Option<WindowStart>);

impl Since {
    /// The moment by the run's clock; none where each task's own start counts.
    #[must_use]
    pub fn moment(&self, times: &Times) -> Option<Timestamp> {
        self.0.as_ref().map(|start| start.moment(times))
    }

    /// The check that must have passed first.
    #[must_use]
    pub fn follows(&self) -> Option<&str> {
        self.0.as_ref()?.follows()
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let start = WindowStart::read(&text, "task-start");
        start.map(Self).map_err(de::Error::custom)
    }
}

impl JsonSchema for Since {
    fn schema_name() -> Cow<'static, str> {
        "Since".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": LITERAL,
            "description": "From when on lines count: `task-start`, `run-start`, `check:<id>` (the look that made that check hold) or a duration before the run's start.",
            "examples": ["task-start", "run-start", "check:answers", "10m"],
        })
    }
}
