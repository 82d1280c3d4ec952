//! Alarms: worked out from their metric at every period's end, as CloudWatch evaluates them.

use jiff::{SignedDuration, Timestamp};

use super::{
    World,
    metrics::{Statistic, floor},
};
use crate::{
    scenario::format::{Alarm, Comparison, MissingData, Watched},
    time::after,
};

/// How far back an alarm's last change is looked for. An alarm that kept its state longer shows this.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(24);

/// The state of an alarm, and since when and why it has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AlarmState {
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub value: &'static str,
    pub since: Timestamp,
    pub reason: String,
}

/// An evaluation: the last data points, newest first, each with its period's beginning.
struct Evaluation {
    value: &'static str,
    points: Vec<(Timestamp, f64)>,
}

impl World {
    /// How an alarm is now.
    pub(crate) fn alarm_state(&self, alarm: &Alarm) -> AlarmState {
        match &alarm.watches {
            Some(watched) => self.metric_alarm_state(alarm, watched),
            None => self.composite_state(alarm),
        }
    }

    fn metric_alarm_state(&self, alarm: &Alarm, watched: &Watched) -> AlarmState {
        let mut since = floor(self.now, watched.period);
        let current = self.evaluate(watched, since);
        let oldest = after(self.now, -LOOKS_BACK).max(alarm.created_at);
        loop {
            let before = after(since, -watched.period);
            if before < oldest {
                since = oldest;
                break;
            }
            if self.evaluate(watched, before).value != current.value {
                break;
            }
            since = before;
        }
        let at_change = self.evaluate(watched, since);
        let told = if at_change.value == current.value {
            at_change
        } else {
            current
        };
        AlarmState {
            value: told.value,
            since,
            reason: reason(watched, &told),
        }
    }

    /// The state that the data up to an instant call for.
    fn evaluate(&self, watched: &Watched, at: Timestamp) -> Evaluation {
        let periods = i32::try_from(watched.evaluation_periods.max(1)).unwrap_or(i32::MAX);
        let statistic = Statistic::read(&watched.statistic).unwrap_or(Statistic::Average);
        let mut points = Vec::new();
        let mut breaching = 0;
        for back in 1..=periods {
            let from = after(at, -watched.period.saturating_mul(back));
            match self.statistic(&watched.metric, statistic, (from, watched.period)) {
                Some(value) => {
                    points.push((from, value));
                    breaching += u32::from(watched.comparison.breaches(value, watched.threshold));
                }
                None => breaching += u32::from(watched.missing_data == MissingData::Breaching),
            }
        }
        let needed = watched
            .datapoints_to_alarm
            .unwrap_or(watched.evaluation_periods.max(1));
        let value = if points.is_empty() && watched.missing_data == MissingData::Missing {
            "INSUFFICIENT_DATA"
        } else if breaching >= needed {
            "ALARM"
        } else {
            "OK"
        };
        Evaluation { value, points }
    }

    fn composite_state(&self, alarm: &Alarm) -> AlarmState {
        let parts = alarm.any_of.iter().filter_map(|name| {
            let part = self.document.alarms.get(&name.value)?;
            // An alarm of alarms of alarms is refused when the scenario is read.
            let watched = part.watches.as_ref()?;
            Some((&name.value, self.metric_alarm_state(part, watched)))
        });
        let parts: Vec<(&String, AlarmState)> = parts.collect();
        let firing = parts.iter().find(|(_, state)| state.value == "ALARM");
        let value = if firing.is_some() { "ALARM" } else { "OK" };
        let deciding = firing.or_else(|| parts.iter().max_by_key(|(_, state)| state.since));
        let since = deciding.map_or(alarm.created_at, |(_, state)| state.since);
        let reason = deciding.map_or_else(String::new, |(name, state)| {
            format!(
                "{} transitioned to {} at {}",
                self.alarm_arn(name),
                state.value,
                state.since.strftime("%A %d %B, %Y %H:%M:%S UTC")
            )
        });
        AlarmState {
            value,
            since,
            reason,
        }
    }
}

impl Comparison {
    fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// `ComparisonOperator`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// `StateReason` in CloudWatch's words.
fn reason(watched: &Watched, evaluation: &Evaluation) -> String {
    let periods = watched.evaluation_periods.max(1);
    let plural = if periods == 1 { "" } else { "s" };
    if evaluation.points.is_empty() {
        let verb = if periods == 1 { "was" } else { "were" };
        let treated = match watched.missing_data {
            MissingData::Missing => {
                return format!("Insufficient Data: {periods} datapoint{plural} {verb} unknown.");
            }
            MissingData::NotBreaching => "NonBreaching",
            MissingData::Breaching => "Breaching",
        };
        return format!(
            "Threshold Crossed: no datapoints were received for {periods} period{plural} and {periods} missing \
             datapoint{plural} {verb} treated as [{treated}]."
        );
    }
    let is_alarm = evaluation.value == "ALARM";
    let counted: Vec<String> = evaluation
        .points
        .iter()
        .filter(|(_, value)| watched.comparison.breaches(*value, watched.threshold) == is_alarm)
        .map(|(at, value)| format!("{value:?} ({})", at.strftime("%d/%m/%y %H:%M:%S")))
        .collect();
    let (count, points) = (counted.len(), counted.join(", "));
    let verb = match (count, is_alarm) {
        (1, true) => "was",
        (1, false) => "was not",
        (_, true) => "were",
        (_, false) => "were not",
    };
    let change = if is_alarm {
        "OK -> ALARM"
    } else {
        "ALARM -> OK"
    };
    let needed = match is_alarm {
        true => watched.datapoints_to_alarm.unwrap_or(periods),
        false => periods + 1 - watched.datapoints_to_alarm.unwrap_or(periods).min(periods),
    };
    let needed_plural = if needed == 1 { "" } else { "s" };
    format!(
        "Threshold Crossed: {count} out of the last {periods} datapoint{plural} [{points}] {verb} {} the threshold \
         ({:?}) (minimum {needed} datapoint{needed_plural} for {change} transition).",
        watched.comparison.words(),
        watched.threshold
    )
}
