//! `metrics.below`: a metric stays below a threshold since the deployment.

mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::Deserialize;

use super::since::Since;
use super::stat::Stat;
use super::window::{LATE, Window};
use crate::contract::{Check, Fault, Finding, Located, Look, Period, Seen, Target, Unobserved};
use crate::reads::{MetricPoint, MetricSeries, MetricWindow};
use words::{undated, what_now};

/// **Asks** whether a CloudWatch metric, or its share of another one, is below a threshold in
/// the window that begins with the deployment.
///
/// **Why it matters**: tasks can run, be healthy and still answer every tenth request with an
/// error. The metrics of what is in front of them tell that without an alarm having been made.
///
/// The value is that of the whole window: the sum or the mean of all samples, the greatest or
/// least one, or the worst period of a percentile. Only periods that lie wholly in the window
/// and have been over for three minutes count, since metrics arrive late. What can only grow
/// breaks the check once it is too high; what can sink again has until the deadline. Let it
/// `hold` for as long as you want to watch. Old tasks answer requests for some time after the
/// deployment began; where their errors must not count, begin later: `since: check:served`.
///
/// CloudWatch keeps points of a minute for 15 days, of five minutes for 63, of an hour for 455. A
/// window that should begin earlier begins there and says so; a longer `period` looks farther back.
///
/// Without data the check stays open, unless `missing: zero` says that none means zero.
/// `HTTPCode_Target_5XX_Count` is such a metric: a minute without errors has no point. A
/// misspelt name has none either, so then look at the evidence once.
///
/// **Evidence**: the value beside the threshold, and the latest points.
///
/// **Example**
/// ```yaml
/// - check: metrics.below
///   namespace: AWS/ApplicationELB
///   metric: HTTPCode_Target_5XX_Count
///   of: RequestCount
///   dimensions: { LoadBalancer: app/prod-shop/fe9eefe40a51a8ca }
///   threshold: 1
///   missing: zero
///   every: 30s
///   hold: 10m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// The metric's namespace.
    namespace: String,
    /// The metric's name.
    metric: String,
    /// The dimensions that it is published with: exactly these.
    #[serde(default)]
    dimensions: BTreeMap<String, String>,
    /// The statistic. Default: `Sum`.
    #[serde(default)]
    stat: Stat,
    /// The length of a period; a multiple of a minute. Default: `1m`.
    #[serde(default = "minute")]
    period: Period,
    /// A metric of the same namespace and dimensions, of which the value is a share in percent.
    #[serde(default)]
    of: Option<String>,
    /// What the value must be below: in the metric's unit; with `of`, in percent.
    threshold: f64,
    /// From when on points count. Default: `deployment`.
    #[serde(default)]
    since: Since,
    /// What no data means: `unknown` or `zero`. Default: `unknown`.
    #[serde(default)]
    missing: Missing,
}

/// What no data means.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Nobody knows.
    #[default]
    Unknown,
    /// There was nothing to count.
    Zero,
}

fn minute() -> Period {
    Period::seconds(60)
}

/// What one look of `metrics.below` brings.
#[derive(Debug)]
pub struct Facts {
    /// The periods that count.
    window: Window,
    /// The points of the metric; none where no period is over yet.
    seen: Option<Points>,
}

#[derive(Debug)]
struct Points {
    /// For each statistic that was asked for.
    metric: Vec<Seen<Vec<MetricPoint>>>,
    of: Option<Seen<Vec<MetricPoint>>>,
}

impl Check for Below {
    const KIND: &'static str = "metrics.below";
    const ACTIONS: &'static [&'static str] = &["ecs:DescribeServices", "cloudwatch:GetMetricData"];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let (target, reads) = (look.subject, look.reads);
        let since = self.since.moment(target, look.times, reads);
        let since = since.ok_or_else(|| undated(target))?;
        let now = reads.aws_time(look.times.now);
        let window = Window::of(self.period, since, now);
        if window.to <= window.from {
            return Ok(Facts { window, seen: None });
        }
        let asked_for = &MetricWindow {
            region: target.region.clone(),
            from: window.from,
            to: window.to,
        };
        let asked = self.stat.asked().into_iter();
        let asked = asked.map(|stat| reads.metric(asked_for, self.series(&self.metric, stat)));
        let of = async {
            match &self.of {
                Some(of) => {
                    let series = self.series(of, self.stat.to_string());
                    reads.metric(asked_for, series).await.map(Some)
                }
                None => Ok(None),
            }
        };
        let (metric, of) = futures_util::try_join!(try_join_all(asked), of)?;
        Ok(Facts {
            window,
            seen: Some(Points { metric, of }),
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let Some(points) = &facts.seen else {
            return self.too_early(facts);
        };
        let finding = match self.measured(points) {
            Ok(measured) => self
                .compared(&measured, points, target, facts)
                .evidence(self.beside(&measured, points)),
            Err(lacking) => self.unmeasured(lacking, target, facts),
        };
        finding.evidence(self.latest(points))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let counts = self.stat.counts();
        let minutes = self.period.get().as_millis();
        let fault = |is: bool, field: &str, message: &str, help: &str| {
            is.then(|| Fault::new(fields.place_of(field), message).help(help))
        };
        [
            fault(
                minutes == 0 || !minutes.is_multiple_of(60_000),
                "period",
                "`period` is no whole number of minutes",
                "write `1m`, `5m` and the like",
            ),
            fault(
                self.of.is_some() && !counts,
                "of",
                "only counts have a share",
                "leave `of` out, or take the `stat` `Sum` or `SampleCount`",
            ),
            fault(
                !self.threshold.is_finite() || (counts && self.threshold <= 0.0),
                "threshold",
                "no count is below that",
                "for `none at all`, write 1 (the value must be below it), or a small share",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn allowance(&self) -> Duration {
        LATE + self.period.get()
    }

    fn follows(&self) -> Option<&str> {
        self.since.follows()
    }
}

/// The value of the window.
struct Measured {
    value: f64,
    /// For a share: what of what.
    share: Option<(f64, f64)>,
    /// Whether no data was taken for zero.
    assumed: bool,
}

/// Why there is no value.
enum Lacking<'a> {
    /// The metric has no points.
    Data,
    /// The metric of which the value is a share has none, or is zero.
    Whole(&'a str),
}

impl Below {
    fn series(&self, metric: &str, stat: String) -> MetricSeries {
        let dimensions = self.dimensions.iter();
        MetricSeries {
            namespace: self.namespace.clone(),
            metric: metric.to_owned(),
            dimensions: dimensions.map(|(k, v)| (k.clone(), v.clone())).collect(),
            stat,
            period: u32::try_from(self.period.get().as_secs()).unwrap_or(u32::MAX),
        }
    }

    fn measured(&self, points: &Points) -> Result<Measured, Lacking<'_>> {
        let asked: Vec<&[MetricPoint]> = points.metric.iter().map(|seen| &*seen.value).collect();
        let value = self.stat.over(&asked);
        let assumed = value.is_none();
        let value = match (value, self.missing) {
            (Some(value), _) => value,
            (None, Missing::Zero) => 0.0,
            (None, Missing::Unknown) => return Err(Lacking::Data),
        };
        let share = match (&self.of, &points.of) {
            (Some(name), Some(of)) => {
                let whole = self.stat.over(&[&of.value]).filter(|whole| *whole > 0.0);
                Some((value, whole.ok_or(Lacking::Whole(name))?))
            }
            _ => None,
        };
        Ok(Measured {
            value: share.map_or(value, |(part, whole)| part / whole * 100.0),
            share,
            assumed,
        })
    }

    fn compared(
        &self,
        measured: &Measured,
        points: &Points,
        target: &Target,
        facts: &Facts,
    ) -> Finding {
        let assumed = if measured.assumed {
            ", no data being taken as zero"
        } else {
            ""
        };
        let told = format!(
            "{} since {}{assumed}",
            self.told(measured),
            self.beginning(facts)
        );
        let threshold = self.shown(self.threshold);
        if measured.value < self.threshold {
            return Finding::holds(format!("{told}: below {threshold}"));
        }
        let headline = format!("{told}: not below {threshold}");
        let mut values = points.metric.iter().flat_map(|seen| &seen.value);
        let grows = self.stat.grows() && values.all(|point| point.value >= 0.0);
        if grows && measured.share.is_none() {
            Finding::broken(headline).hint(what_now(target))
        } else {
            Finding::not_yet(headline).hint(what_now(target))
        }
    }
}

#[cfg(test)]
mod tests;
