//! Alarms: on metrics, on other alarms (composite) and on logs.

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

/// An alarm, as cloudwatch:DescribeAlarms tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// OK, ALARM or INSUFFICIENT_DATA.
    pub state: String,
    /// Why it is in that state, in AWS's words.
    pub reason: Option<String>,
    /// Since when it is in that state.
    pub since: Option<Timestamp>,
}

const CALL: &str = "cloudwatch:DescribeAlarms";

impl Reads {
    /// Alarms by their names, each none where there is no alarm of that name.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails.
    pub async fn alarms(
        &self,
        region: &str,
        names: &[String],
    ) -> Result<Vec<Seen<Option<Alarm>>>, Unobserved> {
        let (reads, at) = (self.clone(), region.to_owned());
        let call = move |names: Vec<String>| {
            let (reads, region) = (reads.clone(), at.clone());
            async move { reads.describe_alarms(&region, names).await }.boxed()
        };
        let alarms = &self.round.alarms;
        let answers = alarms.get(region.to_owned(), names, call).await;
        answers.into_iter().collect()
    }

    async fn describe_alarms(
        &self,
        region: &str,
        names: Vec<String>,
    ) -> Result<Vec<Seen<Option<Alarm>>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        // Without the types, only alarms on metrics are told.
        let call = clients
            .cloudwatch
            .describe_alarms()
            .set_alarm_names(Some(names.clone()))
            .alarm_types(sdk::AlarmType::MetricAlarm)
            .alarm_types(sdk::AlarmType::CompositeAlarm)
            .alarm_types(sdk::AlarmType::LogAlarm)
            .max_records(100);
        let output = self
            .within_budget(Bucket::Alarms, region, || call.send())
            .await
            .map_err(|error| failed(error, CALL, &names.join(", ")))?;
        let on_metrics = output.metric_alarms().iter().map(Alarm::from);
        let composite = output.composite_alarms().iter().map(Alarm::from);
        let on_logs = output.log_alarms().iter().map(Alarm::from);
        let alarms: Vec<_> = on_metrics.chain(composite).chain(on_logs).collect();
        let of_name = |name: &String| {
            let found = alarms.iter().find(|alarm| alarm.name == *name);
            self.seen(CALL, name, output.request_id(), found.cloned())
        };
        Ok(names.iter().map(of_name).collect())
    }
}

/// What the three sorts of alarms have in common.
struct Told<'a> {
    name: Option<&'a str>,
    arn: Option<&'a str>,
    state: Option<&'a sdk::StateValue>,
    reason: Option<&'a str>,
    /// The time of the change of state itself.
    changed: Option<&'a DateTime>,
    /// The time of the latest change of state or reason; the only one that is always told.
    updated: Option<&'a DateTime>,
}

impl From<Told<'_>> for Alarm {
    fn from(told: Told<'_>) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            name: text(told.name),
            arn: text(told.arn),
            state: text(told.state.map(sdk::StateValue::as_str)),
            reason: told.reason.map(str::to_owned),
            since: timestamp(told.changed.or(told.updated)),
        }
    }
}

macro_rules! told_alike {
    ($($sort:ty),*) => {$(
        impl From<&$sort> for Alarm {
            fn from(alarm: &$sort) -> Self {
                Self::from(Told {
                    name: alarm.alarm_name(),
                    arn: alarm.alarm_arn(),
                    state: alarm.state_value(),
                    reason: alarm.state_reason(),
                    changed: alarm.state_transitioned_timestamp(),
                    updated: alarm.state_updated_timestamp(),
                })
            }
        }
    )*};
}

told_alike!(sdk::MetricAlarm, sdk::CompositeAlarm, sdk::LogAlarm);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_in_its_state_since_it_changed_not_since_its_reason_did() {
        let alarm = sdk::CompositeAlarm::builder()
            .alarm_name("web-5xx")
            .state_value(sdk::StateValue::Alarm)
            .state_reason("Threshold Crossed: 1 datapoint [7.0] was greater than 5.0.")
            .state_transitioned_timestamp(DateTime::from_secs(1_763_509_560))
            .state_updated_timestamp(DateTime::from_secs(1_763_509_800))
            .build();
        let alarm = Alarm::from(&alarm);
        assert_eq!((&*alarm.name, &*alarm.state), ("web-5xx", "ALARM"));
        let since = alarm.since.expect("a time");
        assert_eq!(since.to_string(), "2025-11-18T23:46:00Z");
        let old = sdk::MetricAlarm::builder().state_updated_timestamp(DateTime::from_secs(60));
        let since = Alarm::from(&old.build()).since.expect("a time");
        assert_eq!(since.as_second(), 60);
    }
}
