//! Metrics: the points of a series in a window of time.

use aws_sdk_cloudwatch::types as sdk;
use aws_smithy_types::DateTime;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use jiff::Timestamp;

use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::ecs::timestamp;
use crate::reads::error::failed;

/// One statistic of one metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetricSeries {
    /// The namespace: `AWS/ApplicationELB`.
    pub namespace: String,
    /// The metric's name: `HTTPCode_Target_5XX_Count`.
    pub metric: String,
    /// The dimensions' names and values. A metric is found with exactly those that it is
    /// published with.
    pub dimensions: Vec<(String, String)>,
    /// `Sum`, `Average`, `Maximum`, `p99` …
    pub stat: String,
    /// The seconds that one point stands for.
    pub period: u32,
}

/// A window of time in a region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetricWindow {
    /// The region of the metrics.
    pub region: String,
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// One point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricPoint {
    /// When its period begins.
    pub at: Timestamp,
    /// Its value, in the metric's own unit.
    pub value: f64,
}

const CALL: &str = "cloudwatch:GetMetricData";

/// One page holds up to 100 800 points.
const MOST_PAGES: usize = 10;

impl Reads {
    /// The points of a series in a window, earliest first. What nobody has published has no
    /// point, be it that it was zero, that it is late, or that there is no such metric.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails, or brings part of the data only.
    pub async fn metric(
        &self,
        window: &MetricWindow,
        series: MetricSeries,
    ) -> Result<Seen<Vec<MetricPoint>>, Unobserved> {
        let (reads, group) = (self.clone(), window.clone());
        let call = move |all: Vec<MetricSeries>| {
            let (reads, window) = (reads.clone(), group.clone());
            async move { reads.get_metrics(&window, all).await }.boxed()
        };
        let metrics = &self.round.metrics;
        let mut answers = metrics.get(window.clone(), &[series], call).await;
        answers.pop().unwrap_or_else(|| Err(partial("the metric")))
    }

    async fn get_metrics(
        &self,
        window: &MetricWindow,
        all: Vec<MetricSeries>,
    ) -> Result<Vec<Seen<Vec<MetricPoint>>>, Unobserved> {
        let mut points = vec![Vec::new(); all.len()];
        let mut token = None;
        let mut request_id = None;
        for _ in 0..MOST_PAGES {
            let output = self.get_page(window, &all, token).await?;
            request_id = output.request_id().map(str::to_owned);
            token = output.next_token().map(str::to_owned);
            for result in output.metric_data_results() {
                take_in(result, &all, &mut points, token.is_none())?;
            }
            if token.is_none() {
                break;
            }
        }
        if token.is_some() {
            return Err(partial(&named(&all)));
        }
        let answer = |(series, mut points): (&MetricSeries, Vec<MetricPoint>)| {
            points.sort_by_key(|point| point.at);
            points.dedup_by_key(|point| point.at);
            let resource = format!("{} {}", series.namespace, series.metric);
            self.seen(CALL, resource, request_id.as_deref(), points)
        };
        Ok(all.iter().zip(points).map(answer).collect())
    }

    async fn get_page(
        &self,
        window: &MetricWindow,
        all: &[MetricSeries],
        token: Option<String>,
    ) -> Result<aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput, Unobserved>
    {
        let clients = self.connections.clients(Some(&window.region)).await?;
        let queries = all.iter().enumerate().map(|(n, series)| query(n, series));
        let call = clients.cloudwatch.get_metric_data();
        let call = call
            .set_metric_data_queries(Some(queries.collect()))
            .start_time(DateTime::from_secs(window.from.as_second()))
            .end_time(DateTime::from_secs(window.to.as_second()))
            .scan_by(sdk::ScanBy::TimestampAscending)
            .set_next_token(token);
        self.within_budget(Bucket::Metrics, &window.region, || call.send())
            .await
            .map_err(|error| failed(error, CALL, &named(all)).into())
    }
}

/// Ids must begin with a small letter.
fn id(number: usize) -> String {
    format!("m{number}")
}

fn query(number: usize, series: &MetricSeries) -> sdk::MetricDataQuery {
    let dimension = |(name, value): &(String, String)| {
        let dimension = sdk::Dimension::builder();
        dimension.name(name).value(value).build()
    };
    let metric = sdk::Metric::builder()
        .namespace(&series.namespace)
        .metric_name(&series.metric)
        .set_dimensions(Some(series.dimensions.iter().map(dimension).collect()));
    let stat = sdk::MetricStat::builder()
        .metric(metric.build())
        .period(i32::try_from(series.period).unwrap_or(i32::MAX))
        .stat(&series.stat);
    let query = sdk::MetricDataQuery::builder();
    query.id(id(number)).metric_stat(stat.build()).build()
}

/// Adds a result to the points of its series. `last` says that no further page comes, so that
/// what is partial stays so.
fn take_in(
    result: &sdk::MetricDataResult,
    all: &[MetricSeries],
    points: &mut [Vec<MetricPoint>],
    last: bool,
) -> Result<(), Unobserved> {
    let number = (0..all.len()).find(|n| result.id() == Some(&id(*n)));
    let Some(number) = number else { return Ok(()) };
    let name = &all[number].metric;
    match result.status_code() {
        Some(sdk::StatusCode::Forbidden) => {
            return Err(Unobserved::lasting(format!(
                "{CALL} on {name} was denied for this metric (Forbidden)"
            ))
            .hint("The metric belongs to another account, which must share it."));
        }
        Some(sdk::StatusCode::InternalError) => return Err(partial(name)),
        Some(sdk::StatusCode::PartialData) if last => return Err(partial(name)),
        _ => {}
    }
    let times = result.timestamps().iter().map(|at| timestamp(Some(at)));
    let values = times.zip(result.values());
    points[number].extend(values.filter_map(|(at, value)| {
        Some(MetricPoint {
            at: at?,
            value: *value,
        })
    }));
    Ok(())
}

fn named(all: &[MetricSeries]) -> String {
    let names: Vec<&str> = all.iter().map(|series| &*series.metric).collect();
    names.join(", ")
}

fn partial(name: &str) -> Unobserved {
    Unobserved::for_now(format!("{CALL} on {name} brought part of the data only"))
        .hint("This is a fault of AWS's side; a later look may succeed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(metric: &str) -> MetricSeries {
        MetricSeries {
            namespace: "AWS/ApplicationELB".into(),
            metric: metric.into(),
            dimensions: vec![("LoadBalancer".into(), "app/web/50dc6c495c0c9188".into())],
            stat: "Sum".into(),
            period: 60,
        }
    }

    fn result(id: &str, status: sdk::StatusCode) -> sdk::MetricDataResult {
        sdk::MetricDataResult::builder()
            .id(id)
            .status_code(status)
            .timestamps(DateTime::from_secs(60))
            .values(7.0)
            .build()
    }

    #[test]
    fn each_result_finds_its_series() {
        let all = [series("RequestCount"), series("HTTPCode_Target_5XX_Count")];
        let mut points = vec![Vec::new(), Vec::new()];
        let mut take = |id, status, last| take_in(&result(id, status), &all, &mut points, last);
        take("m1", sdk::StatusCode::Complete, true).expect("complete");
        take("m0", sdk::StatusCode::PartialData, false).expect("a page follows");
        assert!(take("m0", sdk::StatusCode::PartialData, true).is_err());
        assert!(take("m0", sdk::StatusCode::InternalError, true).is_err());
        let denied = take("m1", sdk::StatusCode::Forbidden, true).expect_err("denied");
        assert!(denied.lasting, "{denied:?}");
        assert_eq!((points[0].len(), points[1].len()), (1, 1));
        assert_eq!(points[1][0].value, 7.0);
    }
}
