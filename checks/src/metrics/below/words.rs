//! What `metrics.below` says, and what it shows.

use jiff::Timestamp;

use super::{Below, Facts, LATE, Lacking, Measured, Points};
use crate::contract::{Body, Evidence, Finding, Period, Target, Unobserved, last_segment};
use crate::ecs::moment;
use crate::reads::MetricPoint;

impl Below {
    /// `Sum of X is 17`, `X is 3.2% of Y (48 of 1500)`.
    pub(super) fn told(&self, measured: &Measured) -> String {
        let value = self.shown(measured.value);
        match (&self.of, measured.share) {
            (Some(of), Some((part, whole))) => format!(
                "{} is {value} of {of} ({} of {})",
                self.metric,
                number(part),
                number(whole)
            ),
            _ => format!("{} of {} is {value}", self.stat, self.metric),
        }
    }

    pub(super) fn shown(&self, value: f64) -> String {
        let unit = if self.of.is_some() { "%" } else { "" };
        format!("{}{unit}", number(value))
    }

    /// When the window begins, and whether it should have begun earlier.
    pub(super) fn beginning(&self, facts: &Facts) -> String {
        let from = moment(facts.window.from);
        match facts.window.cut {
            true => format!(
                "{from}, as far back as CloudWatch keeps points of {}",
                self.period
            ),
            false => from,
        }
    }

    pub(super) fn too_early(&self, facts: &Facts) -> Finding {
        Finding::unobserved(format!(
            "no period of {} from {} on has been over for {} yet",
            self.period,
            moment(facts.window.from),
            Period::from(LATE)
        ))
        .hint("Metrics arrive one to three minutes late; a later look will see them.")
    }

    pub(super) fn unmeasured(
        &self,
        lacking: Lacking<'_>,
        target: &Target,
        facts: &Facts,
    ) -> Finding {
        let since = self.beginning(facts);
        let (metric, headline, cause) = match lacking {
            Lacking::Data => (
                self.metric.as_str(),
                format!("{} has no data since {since}", self.metric),
                "Where no data means zero, as with HTTPCode_Target_5XX_Count, write `missing: zero`. Else check namespace, name and dimensions",
            ),
            Lacking::Whole(of) => (
                of,
                format!(
                    "{of} is zero or has no data since {since}, so {} has no share of it",
                    self.metric
                ),
                "Is there any traffic? If so, check namespace, name and dimensions",
            ),
        };
        Finding::unobserved(headline).hint(format!(
            "{cause}:\n  aws cloudwatch list-metrics --region {} --namespace {} --metric-name {metric}",
            target.region, self.namespace
        ))
    }

    pub(super) fn beside(&self, measured: &Measured, points: &Points) -> Evidence {
        let mut seen = self.shown(measured.value);
        if let Some((part, whole)) = measured.share {
            seen = format!("{seen} ({} of {})", number(part), number(whole));
        }
        let what = match &self.of {
            Some(of) => format!("share of {} in {of}", self.metric),
            None => format!("{} of {}", self.stat, self.metric),
        };
        let expected = format!("below {}", self.shown(self.threshold));
        points.metric[0].evidence(Body::compared(what, expected, seen))
    }

    /// The latest points, newest last.
    pub(super) fn latest(&self, points: &Points) -> Evidence {
        const MOST: usize = 20;
        let seen = &points.metric[0];
        let all = &seen.value;
        let shown = &all[all.len().saturating_sub(MOST)..];
        let of = |at: Timestamp| {
            let mut whole = points.of.iter().flat_map(|of| &of.value);
            let found = whole.find(|point| point.at == at);
            found.map_or_else(|| "-".into(), |point| number(point.value))
        };
        let title = format!(
            "latest {} of {} points of {} {}",
            shown.len(),
            all.len(),
            self.namespace,
            self.metric
        );
        let first = self.stat.asked().swap_remove(0);
        let columns = ["period from", &first, self.of.as_deref().unwrap_or("of")];
        let row = |point: &MetricPoint| [moment(point.at), number(point.value), of(point.at)];
        seen.evidence(Body::table(title, columns, shown.iter().map(row)))
    }
}

/// What to do about a value that is too high.
pub(super) fn what_now(target: &Target) -> String {
    let family = target.deployment.revision().split(':').next();
    let before = target
        .baseline
        .as_ref()
        .map(|baseline| last_segment(&baseline.task_definition).to_owned());
    let before = before.unwrap_or_else(|| format!("{}:BEFORE", family.unwrap_or_default()));
    format!(
        "Look at the log for what fails. To go back to the revision before:\n  aws ecs update-service --cluster {} --service {} --region {} --task-definition {before}",
        target.cluster_name(),
        target.service,
        target.region
    )
}

pub(super) fn undated(target: &Target) -> Unobserved {
    Unobserved::lasting(format!(
        "AWS does not tell when deployment {} was created",
        target.deployment.id
    ))
    .hint("Write `since: run-start` or a duration.")
}

/// At most three decimals, and none that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}
