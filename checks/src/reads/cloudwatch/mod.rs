//! Reads of Amazon CloudWatch, and the plain types they bring.

mod alarm;
mod metric;

pub use alarm::Alarm;
pub use metric::{MetricPoint, MetricSeries, MetricWindow};
