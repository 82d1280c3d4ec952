//! From when on points count.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::contract::{LITERAL, Target, Times};
use crate::reads::Reads;
use crate::window_start::WindowStart;

/// From when on points count: the creation of the judged deployment where none is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since(Option<WindowStart>);

impl Since {
    /// The moment by AWS's clock; none where AWS doesn't tell when the deployment was created.
    pub(super) fn moment(
        &self,
        target: &Target,
        times: &Times,
        reads: &Reads,
    ) -> Option<Timestamp> {
        match &self.0 {
            None => target.deployment.created_at,
            Some(start) => Some(reads.aws_time(start.moment(times))),
        }
    }

    /// The check that must have passed first.
    pub(super) fn follows(&self) -> Option<&str> {
        self.0.as_ref()?.follows()
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let start = WindowStart::read(&text, "deployment");
        start.map(Self).map_err(de::Error::custom)
    }
}

impl JsonSchema for Since {
    fn schema_name() -> Cow<'static, str> {
        "MetricSince".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": LITERAL,
            "description": "From when on points count: `deployment`, `run-start`, `check:<id>` (the look that made that check hold) or a duration before the run's start.",
            "examples": ["deployment", "run-start", "check:served", "10m"],
        })
    }
}
