//! CloudWatch: metrics that are told minute by minute, and alarms that watch a metric.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::seconds;

/// What names a metric.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    pub namespace: String,
    pub name: String,
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
}

/// A metric whose values the scenario tells. What load balancers count is derived from the tasks and need
/// not be told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Series {
    pub metric: Metric,
    pub values: Vec<Value>,
}

/// The value of every minute from an instant on, until the next.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Value {
    pub from: Timestamp,
    /// None where the metric falls silent.
    pub value: Option<f64>,
    /// So many samples of that value come in a minute.
    #[serde(default = "one_sample")]
    pub samples: f64,
}

fn one_sample() -> f64 {
    1.0
}

/// The requests that reach a target group, whoever sends them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Traffic {
    /// The page they ask for.
    pub path: String,
    pub per_minute: u32,
}

/// An alarm that watches a metric, or, where it is made of other alarms, a composite alarm.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alarm {
    #[serde(default)]
    pub description: String,
    pub created_at: Timestamp,
    pub watches: Option<Watched>,
    /// A composite alarm: in ALARM when one of these is.
    #[serde(default)]
    pub any_of: Vec<super::Reference>,
}

/// The metric that an alarm watches, and when it goes off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watched {
    pub metric: Metric,
    pub statistic: String,
    #[serde(default = "seconds::<60>")]
    pub period: SignedDuration,
    pub comparison: Comparison,
    pub threshold: f64,
    #[serde(default = "once")]
    pub evaluation_periods: u32,
    /// How many of those must breach; all if not said.
    pub datapoints_to_alarm: Option<u32>,
    #[serde(default)]
    pub missing_data: MissingData,
}

fn once() -> u32 {
    1
}

/// `ComparisonOperator`.
#[expect(clippy::enum_variant_names, reason = "these are AWS's names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Comparison {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

/// `TreatMissingData`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MissingData {
    #[default]
    Missing,
    NotBreaching,
    Breaching,
}
