//! GetMetricData: metrics, and simple math on them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, expression::Expression, invalid};
use crate::{
    scenario::format::Metric,
    time::{after, epoch_seconds},
    world::{Statistic, World, floor},
};

/// AWS takes no more queries at a time.
const MOST_QUERIES: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Get {
    #[serde(default)]
    metric_data_queries: Vec<Query>,
    start_time: f64,
    end_time: f64,
    /// Newest first, if not said.
    scan_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Query {
    id: String,
    metric_stat: Option<MetricStat>,
    expression: Option<String>,
    label: Option<String>,
    #[serde(default = "yes")]
    return_data: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: MetricInput,
    period: i64,
    stat: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricInput {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

/// The points of a query, by the beginning of their period.
pub(super) type Points = BTreeMap<Timestamp, f64>;

pub(super) fn get(world: &World, asked: &Get) -> Result<Value, ApiError> {
    let queries = &asked.metric_data_queries;
    if queries.is_empty() || queries.len() > MOST_QUERIES {
        return Err(invalid(
            "The parameter MetricDataQueries must have 1 to 500 members.",
        ));
    }
    if asked.start_time >= asked.end_time {
        return Err(invalid(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let window = (instant(asked.start_time)?, instant(asked.end_time)?);
    let mut series: BTreeMap<&str, Points> = BTreeMap::new();
    let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
    for query in queries {
        if let (Some(stat), None) = (&query.metric_stat, &query.expression) {
            series.insert(&query.id, points(world, stat, window)?);
            labels.insert(&query.id, &stat.metric.metric_name);
        }
    }
    for query in queries {
        match (&query.metric_stat, &query.expression) {
            (Some(_), None) => {}
            (None, Some(expression)) => {
                let computed = Expression::read(expression)
                    .and_then(|expression| expression.points(&series))
                    .map_err(|why| refused(query, &why))?;
                series.insert(&query.id, computed);
                labels.insert(&query.id, &query.id);
            }
            _ => {
                let why = "give either a MetricStat or an Expression";
                return Err(refused(query, why));
            }
        }
    }
    let oldest_first = asked.scan_by.as_deref() == Some("TimestampAscending");
    let returned = queries.iter().filter(|query| query.return_data);
    let results: Vec<Value> = returned
        .map(|query| {
            let label = query.label.as_deref();
            let label = label.or_else(|| labels.get(query.id.as_str()).copied());
            result(query, label, &series[query.id.as_str()], oldest_first)
        })
        .collect();
    Ok(json!({ "MetricDataResults": results, "Messages": [] }))
}

fn refused(query: &Query, why: &str) -> ApiError {
    invalid(format!("Error in expression '{}': {why}", query.id))
}

fn instant(seconds: f64) -> Result<Timestamp, ApiError> {
    SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|span| Timestamp::UNIX_EPOCH.checked_add(span).ok())
        .ok_or_else(|| invalid("The time is out of range."))
}

/// A point for each period of the window that holds a sample.
fn points(
    world: &World,
    stat: &MetricStat,
    (start, end): (Timestamp, Timestamp),
) -> Result<Points, ApiError> {
    let statistic = Statistic::read(&stat.stat).ok_or_else(|| {
        invalid(format!(
            "The value {} for parameter Stat is not supported.",
            stat.stat
        ))
    })?;
    if stat.period < 60 || stat.period % 60 != 0 {
        return Err(invalid("Period must be a multiple of 60."));
    }
    let period = SignedDuration::from_secs(stat.period);
    let dimensions = stat.metric.dimensions.iter();
    let metric = Metric {
        namespace: stat.metric.namespace.clone(),
        name: stat.metric.metric_name.clone(),
        dimensions: dimensions
            .map(|dimension| (dimension.name.clone(), dimension.value.clone()))
            .collect(),
    };
    let mut points = Points::new();
    let kept = after(world.now, -retention(period));
    let mut from = floor(start.max(kept), period);
    while from < end.min(world.now) {
        if let Some(value) = world.statistic(&metric, statistic, (from, period)) {
            points.insert(from, value);
        }
        from = after(from, period);
    }
    Ok(points)
}

/// How far back there are points of a period: by the minute for 15 days, by five minutes for 63, by the
/// hour for 455.
fn retention(period: SignedDuration) -> SignedDuration {
    let days = match period.as_secs() {
        hours if hours % 3600 == 0 => 455,
        fives if fives % 300 == 0 => 63,
        _ => 15,
    };
    SignedDuration::from_hours(days * 24)
}

fn result(query: &Query, label: Option<&str>, points: &Points, oldest_first: bool) -> Value {
    let mut points: Vec<(f64, f64)> = points
        .iter()
        .map(|(at, value)| (epoch_seconds(*at), *value))
        .collect();
    if !oldest_first {
        points.reverse();
    }
    let (timestamps, values): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
    json!({
        "Id": query.id,
        "Label": label,
        "Timestamps": timestamps,
        "Values": values,
        "StatusCode": "Complete",
    })
}
