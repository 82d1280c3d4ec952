//! `alarms.quiet`: no alarm has gone off since the deployment.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{
    Body, Check, Evidence, Fault, Finding, Located, Look, Seen, State, Target, Unobserved,
};
use crate::ecs::{apart, moment};
use crate::reads::Alarm;

/// **Asks** whether CloudWatch alarms are OK: those that are named, else those that the
/// service's deployments watch.
///
/// **Why it matters**: tasks can run, be healthy and still fail their users. An alarm on errors,
/// latency or a queue tells what no health check asks for.
///
/// An alarm that went off after the deployment began breaks the check; one that had gone off
/// before has until the deadline to become OK. One without enough data says nothing, and one
/// that doesn't exist never will: both leave the check open. An alarm needs a period or two
/// until it goes off, so let the check `hold` for longer than that.
///
/// **Evidence**: each alarm with its state, since when, and why.
///
/// **Example**
/// ```yaml
/// - check: alarms.quiet
///   alarms: [orders-5xx, orders-latency]
///   hold: 10m
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// The alarms' names. Default: those of the service's deployment configuration.
    #[serde(default)]
    alarms: Option<Vec<String>>,
}

/// What one look of `alarms.quiet` brings: each alarm that was asked for.
#[derive(Debug)]
pub struct Facts(Vec<Asked>);

#[derive(Debug)]
struct Asked {
    name: String,
    seen: Seen<Option<Alarm>>,
}

impl Check for Quiet {
    const KIND: &'static str = "alarms.quiet";
    const ACTIONS: &'static [&'static str] = &["ecs:DescribeServices", "cloudwatch:DescribeAlarms"];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let names = match &self.alarms {
            Some(names) => names.clone(),
            None => {
                let service = look.reads.service(target.scope(), &target.service).await?;
                watched(&service.value.alarms, target)
                    .map_err(|none| none.origin(service.source.clone()))?
            }
        };
        let seen = look.reads.alarms(&target.region, &names).await?;
        let asked = names.into_iter().zip(seen);
        Ok(Facts(
            asked.map(|(name, seen)| Asked { name, seen }).collect(),
        ))
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let told: Vec<Finding> = facts
            .0
            .iter()
            .map(|asked| of_alarm(asked, target))
            .collect();
        let count = told.len();
        let of = |is: fn(&Finding) -> bool| {
            let mut found = told.iter().filter(|finding| is(finding));
            let first = found.next()?;
            let number = 1 + found.count();
            Some(Finding {
                headline: of_all(number, count, &first.headline),
                ..first.clone()
            })
        };
        of(|finding| finding.state == State::Broken)
            .or_else(|| of(|finding| finding.lasting))
            .or_else(|| of(|finding| finding.state == State::NotYet))
            .or_else(|| of(|finding| finding.state == State::Unobserved))
            .unwrap_or_else(|| Finding::holds(of_all_ok(facts)))
            .all_evidence(table(facts))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let empty = self.alarms.as_ref().is_some_and(|names| {
            names.is_empty() || names.iter().any(|name| name.trim().is_empty())
        });
        let place = || fields.place_of("alarms");
        let fault = || {
            Fault::new(place(), "`alarms` names no alarm").help("name at least one, or leave the field out for those of the deployment configuration")
        };
        empty.then(fault).into_iter().collect()
    }
}

fn watched(alarms: &[String], target: &Target) -> Result<Vec<String>, Unobserved> {
    if !alarms.is_empty() {
        return Ok(alarms.to_vec());
    }
    Err(Unobserved::lasting(format!(
        "the deployments of service `{}` watch no alarm, and the check names none",
        target.service
    ))
    .hint("Name them: `alarms: [NAME]`; `aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName'` lists what there is."))
}

fn of_alarm(asked: &Asked, target: &Target) -> Finding {
    let name = &asked.name;
    let Some(alarm) = &asked.seen.value else {
        let region = &target.region;
        return Finding::unobserved(format!("there is no alarm `{name}` in {region}"))
            .hint(format!(
                "Correct its name; these exist:\n  aws cloudwatch describe-alarms --region {region} --alarm-types MetricAlarm CompositeAlarm --query '[MetricAlarms,CompositeAlarms][].AlarmName'"
            ))
            .lasting();
    };
    let history = format!(
        "aws cloudwatch describe-alarm-history --region {} --alarm-name '{name}'",
        target.region
    );
    match alarm.state.as_str() {
        "OK" => Finding::holds(format!("alarm {name} is OK")),
        "ALARM" => in_alarm(alarm, target).hint(format!("See what it watches, and when it went off before:\n  {history}")),
        other => Finding::unobserved(format!(
            "alarm {name} says nothing: {other}{}",
            since(alarm)
        ))
        .hint(format!("A new alarm has no data for some periods; one that stays so watches a metric that nobody publishes, or should treat missing data as `notBreaching`:\n  {history}")),
    }
}

fn in_alarm(alarm: &Alarm, target: &Target) -> Finding {
    let name = &alarm.name;
    let reason = alarm.reason.as_deref();
    let why = reason.map(|text| format!(": {text}")).unwrap_or_default();
    let began = target.deployment.created_at;
    match (alarm.since, began) {
        (Some(at), Some(began)) if at >= began => Finding::broken(format!(
            "alarm {name} went off {}, {} after the deployment began{why}",
            moment(at),
            apart(at, began)
        )),
        (Some(at), Some(_)) => Finding::not_yet(format!(
            "alarm {name} is in ALARM since {}, before the deployment began{why}",
            moment(at)
        )),
        _ => Finding::not_yet(format!("alarm {name} is in ALARM{}{why}", since(alarm))),
    }
}

fn since(alarm: &Alarm) -> String {
    let told = |at: Timestamp| format!(" since {}", moment(at));
    alarm.since.map(told).unwrap_or_default()
}

/// `1 of 2 alarms: …`, or without the count where there is one alarm.
fn of_all(number: usize, count: usize, told: &str) -> String {
    if count == 1 {
        told.to_owned()
    } else {
        format!("{number} of {count} alarms: {told}")
    }
}

fn of_all_ok(facts: &Facts) -> String {
    match &facts.0[..] {
        [one] => format!("alarm {} is OK", one.name),
        all => format!("{0} of {0} alarms are OK", all.len()),
    }
}

/// Every alarm in one table; they come with the same call.
fn table(facts: &Facts) -> Option<Evidence> {
    let first = &facts.0.first()?.seen;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let rows = facts.0.iter().map(|asked| {
        let alarm = asked.seen.value.as_ref();
        [
            asked.name.clone(),
            alarm.map_or_else(|| "does not exist".into(), |alarm| alarm.state.clone()),
            or_dash(alarm.and_then(|alarm| alarm.since).map(moment)),
            or_dash(alarm.and_then(|alarm| alarm.reason.clone())),
        ]
    });
    let columns = ["alarm", "state", "since", "reason"];
    Some(first.evidence(Body::table("alarms", columns, rows)))
}

#[cfg(test)]
mod tests;
