//! Metrics by the minute: those that the scenario tells, and those that load balancers count.

use jiff::{SignedDuration, Timestamp};

use super::World;
use crate::{
    scenario::format::Metric,
    time::{after, epoch_seconds},
};

pub(crate) const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// What a minute holds: so many samples, all of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Minute {
    pub value: f64,
    pub samples: f64,
}

/// What is asked of the minutes of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Statistic {
    SampleCount,
    Sum,
    Average,
    Minimum,
    Maximum,
    /// `p99`: of a hundred.
    Percentile(f64),
}

impl Statistic {
    pub(crate) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "SampleCount" => Self::SampleCount,
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            other => {
                let rank: f64 = other.strip_prefix('p')?.parse().ok()?;
                (0.0..=100.0)
                    .contains(&rank)
                    .then_some(Self::Percentile(rank))?
            }
        })
    }

    /// None where there is no sample.
    fn of(self, minutes: &[Minute]) -> Option<f64> {
        if minutes.is_empty() {
            return None;
        }
        let samples: f64 = minutes.iter().map(|minute| minute.samples).sum();
        let sum: f64 = minutes
            .iter()
            .map(|minute| minute.value * minute.samples)
            .sum();
        let values = minutes.iter().map(|minute| minute.value);
        Some(match self {
            Self::SampleCount => samples,
            Self::Sum => sum,
            Self::Average => sum / samples,
            Self::Minimum => values.fold(f64::INFINITY, f64::min),
            Self::Maximum => values.fold(f64::NEG_INFINITY, f64::max),
            Self::Percentile(rank) => percentile(minutes, samples * rank / 100.0),
        })
    }
}

/// The value below which so many samples lie.
fn percentile(minutes: &[Minute], rank: f64) -> f64 {
    let mut ordered = minutes.to_vec();
    ordered.sort_by(|one, other| one.value.total_cmp(&other.value));
    let mut counted = 0.0;
    let reaches = |minute: &&Minute| {
        counted += minute.samples;
        counted >= rank
    };
    let found = ordered.iter().find(reaches).or(ordered.last());
    found.map_or(0.0, |minute| minute.value)
}

/// The beginning of the period that an instant lies in.
pub(crate) fn floor(at: Timestamp, period: SignedDuration) -> Timestamp {
    let period = period.as_secs().max(1);
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(period)).unwrap_or(at)
}

impl World {
    /// A statistic over the period from `from` on, of the minutes in it that are over.
    pub(crate) fn statistic(
        &self,
        metric: &Metric,
        statistic: Statistic,
        (from, period): (Timestamp, SignedDuration),
    ) -> Option<f64> {
        let end = after(from, period).min(floor(self.now, MINUTE));
        let mut minutes = Vec::new();
        let mut minute = from;
        while after(minute, MINUTE) <= end {
            minutes.extend(self.minute(metric, minute));
            minute = after(minute, MINUTE);
        }
        statistic.of(&minutes)
    }

    /// What a metric recorded in the minute from `from` on.
    fn minute(&self, metric: &Metric, from: Timestamp) -> Option<Minute> {
        let told = self.document.metrics.iter();
        match told.clone().find(|series| series.metric == *metric) {
            Some(series) => {
                let values = series.values.iter().filter(|value| value.from <= from);
                let last = values.max_by(|one, other| {
                    epoch_seconds(one.from).total_cmp(&epoch_seconds(other.from))
                })?;
                Some(Minute {
                    value: last.value?,
                    samples: last.samples,
                })
            }
            None => self.counted_by_load_balancers(metric, from),
        }
    }
}
