//! Statistics: what CloudWatch makes of the samples of one period, and what that makes of
//! several periods.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::reads::MetricPoint;

/// A statistic of a metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stat {
    /// The sum of the samples.
    #[default]
    Sum,
    /// How many samples there were.
    SampleCount,
    /// The mean of the samples.
    Average,
    /// The least sample.
    Minimum,
    /// The greatest sample.
    Maximum,
    /// A percentile or a trimmed mean, as CloudWatch writes it: `p99`, `tm90`.
    Extended(String),
}

const NAMED: [(&str, Stat); 5] = [
    ("Sum", Stat::Sum),
    ("SampleCount", Stat::SampleCount),
    ("Average", Stat::Average),
    ("Minimum", Stat::Minimum),
    ("Maximum", Stat::Maximum),
];

impl Stat {
    /// The statistics to ask for. The mean of several periods can't be told from the mean of
    /// each, since one may have more samples than another.
    pub(super) fn asked(&self) -> Vec<String> {
        match self {
            Self::Average => vec!["Sum".into(), "SampleCount".into()],
            other => vec![other.to_string()],
        }
    }

    /// The value of a whole window, from the points of each statistic that was asked for; none
    /// where there are no points. Of percentiles only the worst period can be told.
    pub(super) fn over(&self, asked: &[&[MetricPoint]]) -> Option<f64> {
        let values = |points: &[MetricPoint]| -> Vec<f64> {
            points.iter().map(|point| point.value).collect()
        };
        let first = values(asked.first()?);
        if first.is_empty() {
            return None;
        }
        let total = |values: &[f64]| values.iter().sum::<f64>();
        Some(match self {
            Self::Sum | Self::SampleCount => total(&first),
            Self::Average => {
                let samples = total(&values(asked.get(1)?));
                (samples > 0.0).then(|| total(&first) / samples)?
            }
            Self::Minimum => first.into_iter().fold(f64::INFINITY, f64::min),
            Self::Maximum | Self::Extended(_) => {
                first.into_iter().fold(f64::NEG_INFINITY, f64::max)
            }
        })
    }

    /// Whether it can only grow while its window does, as long as no sample is negative.
    pub(super) fn grows(&self) -> bool {
        matches!(self, Self::Sum | Self::SampleCount | Self::Maximum)
    }

    /// Whether it counts, so that one can be a share of another.
    pub(super) fn counts(&self) -> bool {
        matches!(self, Self::Sum | Self::SampleCount)
    }
}

impl std::fmt::Display for Stat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = NAMED.iter().find(|(_, stat)| stat == self);
        f.write_str(match (named, self) {
            (Some((name, _)), _) => name,
            (None, Self::Extended(name)) => name,
            (None, _) => "Sum",
        })
    }
}

/// `p99.9`, `tm90`, `wm98`, `tc5`, `ts80`.
fn is_extended(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let prefix = &text[..text.len() - digits.len()];
    matches!(prefix, "p" | "tm" | "wm" | "tc" | "ts")
        && digits
            .parse::<f64>()
            .is_ok_and(|number| (0.0..=100.0).contains(&number))
}

impl<'de> Deserialize<'de> for Stat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let named = NAMED.into_iter().find(|(name, _)| *name == text);
        match named {
            Some((_, stat)) => Ok(stat),
            None if is_extended(&text) => Ok(Self::Extended(text)),
            None => Err(de::Error::custom(format!(
                "`{text}` is no statistic; write `Sum`, `SampleCount`, `Average`, `Minimum`, `Maximum` or a percentile such as `p99`"
            ))),
        }
    }
}

impl JsonSchema for Stat {
    fn schema_name() -> Cow<'static, str> {
        "Stat".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A CloudWatch statistic: `Sum`, `SampleCount`, `Average`, `Minimum`, `Maximum`, or a percentile such as `p99`.",
            "examples": ["Sum", "Average", "p99"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(values: &[f64]) -> Vec<MetricPoint> {
        let at = "2025-11-18T23:46:00Z".parse().expect("a time");
        let point = |value: &f64| MetricPoint { at, value: *value };
        values.iter().map(point).collect()
    }

    fn read(text: &str) -> Result<Stat, serde_json::Error> {
        serde_json::from_value(text.into())
    }

    #[test]
    fn reads_the_names_that_cloudwatch_knows_and_no_others() {
        for name in ["Sum", "Average", "SampleCount", "p99", "p99.9", "tm90"] {
            assert_eq!(read(name).expect("a statistic").to_string(), name);
        }
        for wrong in ["sum", "p", "p101", "99", "mean", ""] {
            let told = read(wrong).expect_err("none").to_string();
            assert!(told.contains("write `Sum`"), "{told}");
        }
    }

    #[test]
    fn a_window_is_more_than_its_periods() {
        let (sums, counts) = (points(&[10.0, 90.0]), points(&[10.0, 30.0]));
        assert_eq!(Stat::Sum.over(&[&sums]), Some(100.0));
        assert_eq!(Stat::Average.over(&[&sums, &counts]), Some(2.5));
        assert_eq!(Stat::Average.over(&[&sums, &points(&[0.0])]), None);
        assert_eq!(Stat::Maximum.over(&[&sums]), Some(90.0));
        assert_eq!(Stat::Minimum.over(&[&sums]), Some(10.0));
        assert_eq!(Stat::Extended("p99".into()).over(&[&sums]), Some(90.0));
        assert_eq!(Stat::Sum.over(&[&[]]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_a_statistic_that_is_shown_as_it_was_written_or_refused(text in "[a-z]{0,2}[0-9.+e-]{0,6}|\\PC{0,6}|inf|pnan|pinf") {
            if let Ok(stat) = read(&text) {
                prop_assert_eq!(stat.to_string(), text);
            }
        }

        #[test]
        fn no_values_make_a_window_that_is_unknown_low(values in prop::collection::vec(prop::num::f64::ANY, 0..6)) {
            let values = points(&values);
            for stat in [Stat::Sum, Stat::Maximum, Stat::Minimum, Stat::Average] {
                let over = stat.over(&[&values, &values]);
                prop_assert!(!values.is_empty() || over.is_none());
            }
        }
    }
}
