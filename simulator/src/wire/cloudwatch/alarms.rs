//! DescribeAlarms.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{ApiError, paged},
    invalid,
};
use crate::{
    scenario::format::{Alarm, MissingData, Watched},
    time::epoch_seconds,
    world::World,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    #[serde(default)]
    alarm_names: Vec<String>,
    alarm_name_prefix: Option<String>,
    /// Metric alarms only, if not said.
    #[serde(default)]
    alarm_types: Vec<String>,
    state_value: Option<String>,
    max_records: Option<i64>,
    next_token: Option<String>,
}

impl Describe {
    fn wants(&self, world: &World, name: &str, alarm: &Alarm) -> bool {
        let kind = match alarm.watches {
            Some(_) => "MetricAlarm",
            None => "CompositeAlarm",
        };
        let of_kind = match self.alarm_types.as_slice() {
            [] => kind == "MetricAlarm",
            kinds => kinds.iter().any(|wanted| wanted == kind),
        };
        let prefix = self.alarm_name_prefix.as_ref();
        of_kind
            && (self.alarm_names.is_empty() || self.alarm_names.iter().any(|wanted| wanted == name))
            && prefix.is_none_or(|prefix| name.starts_with(prefix))
            && self
                .state_value
                .as_ref()
                .is_none_or(|state| world.alarm_state(alarm).value == state)
    }
}

pub(super) fn describe(world: &World, asked: &Describe) -> Result<Value, ApiError> {
    if asked.alarm_name_prefix.is_some() && !asked.alarm_names.is_empty() {
        return Err(invalid(
            "AlarmNamePrefix and AlarmNames cannot be specified together",
        ));
    }
    if asked.alarm_names.len() > 100 {
        return Err(invalid("At most 100 alarm names can be specified"));
    }
    let size = asked.max_records.unwrap_or(50);
    if !(1..=100).contains(&size) {
        return Err(invalid("MaxRecords must be between 1 and 100"));
    }
    let alarms = world.document.alarms.iter();
    let found = alarms.filter(|(name, alarm)| asked.wants(world, name, alarm));
    let (found, token) = paged(
        found.collect(),
        asked.next_token.as_deref(),
        usize::try_from(size).unwrap_or(1),
    )
    .map_err(|_| ApiError::new("InvalidNextToken", "The next token specified is invalid."))?;
    let (mut metric_alarms, mut composite_alarms) = (Vec::new(), Vec::new());
    for (name, alarm) in found {
        match &alarm.watches {
            Some(watched) => metric_alarms.push(metric_alarm(world, name, alarm, watched)),
            None => composite_alarms.push(composite_alarm(world, name, alarm)),
        }
    }
    let mut described =
        json!({ "MetricAlarms": metric_alarms, "CompositeAlarms": composite_alarms });
    if let Some(token) = token {
        described["NextToken"] = token.into();
    }
    Ok(described)
}

/// What alarms of both kinds show.
fn alarm_shape(world: &World, name: &str, alarm: &Alarm) -> Value {
    let state = world.alarm_state(alarm);
    json!({
        "AlarmName": name,
        "AlarmArn": world.alarm_arn(name),
        "AlarmDescription": alarm.description,
        "AlarmConfigurationUpdatedTimestamp": epoch_seconds(alarm.created_at),
        "ActionsEnabled": true,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "StateValue": state.value,
        "StateReason": state.reason,
        "StateUpdatedTimestamp": epoch_seconds(state.since),
        "StateTransitionedTimestamp": epoch_seconds(state.since),
    })
}

fn metric_alarm(world: &World, name: &str, alarm: &Alarm, watched: &Watched) -> Value {
    let mut shape = alarm_shape(world, name, alarm);
    let dimensions: Vec<Value> = watched
        .metric
        .dimensions
        .iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let is_percentile = watched.statistic.starts_with('p');
    let statistic = if is_percentile {
        "ExtendedStatistic"
    } else {
        "Statistic"
    };
    shape["MetricName"] = watched.metric.name.as_str().into();
    shape["Namespace"] = watched.metric.namespace.as_str().into();
    shape[statistic] = watched.statistic.as_str().into();
    shape["Dimensions"] = dimensions.into();
    shape["Period"] = watched.period.as_secs().into();
    shape["EvaluationPeriods"] = watched.evaluation_periods.into();
    if let Some(points) = watched.datapoints_to_alarm {
        shape["DatapointsToAlarm"] = points.into();
    }
    shape["Threshold"] = watched.threshold.into();
    shape["ComparisonOperator"] = watched.comparison.name().into();
    shape["TreatMissingData"] = match watched.missing_data {
        MissingData::Missing => "missing",
        MissingData::NotBreaching => "notBreaching",
        MissingData::Breaching => "breaching",
    }
    .into();
    shape
}

fn composite_alarm(world: &World, name: &str, alarm: &Alarm) -> Value {
    let mut shape = alarm_shape(world, name, alarm);
    let parts = alarm.any_of.iter();
    let parts: Vec<String> = parts
        .map(|part| format!("ALARM(\"{}\")", part.value))
        .collect();
    shape["AlarmRule"] = parts.join(" OR ").into();
    shape
}
