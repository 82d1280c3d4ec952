//! Baselines that are of no target: whoever gives one believes that it is compared with.

use std::collections::BTreeMap;
use std::sync::Arc;

use touchdown_checks::contract::{Baseline, Target};
use touchdown_checks::ecs::may_mean;

use super::targets::Sought;
use crate::plan::Share;
use crate::report::{CheckReport, Verdict};

/// The baselines that are of none of the targets. None is told while a target has not been
/// found, since that may be the one. Where several shards are given the same baselines, one that
/// may be of another shard's target is left to that one, and one of no target at all to the
/// first shard, so that it is told once.
pub(super) fn of_no_target<'b>(
    baselines: &'b [Baseline],
    targets: &BTreeMap<String, Arc<Sought>>,
    share: Option<&Share>,
) -> Vec<&'b Baseline> {
    let found: Option<Vec<&Target>> = targets.values().map(|sought| sought.found()).collect();
    let Some(found) = found else {
        return Vec::new();
    };
    let taken = |baseline: &&Baseline| {
        found
            .iter()
            .any(|target| target.service_arn == baseline.service)
    };
    let left_to_others = |baseline: &&Baseline| {
        share.is_some_and(|share| {
            let mut elsewhere = share.elsewhere.iter();
            share.shard.index() > 1 || elsewhere.any(|spec| may_mean(spec, &baseline.service))
        })
    };
    baselines
        .iter()
        .filter(|baseline| !taken(baseline) && !left_to_others(baseline))
        .collect()
}

/// Such a baseline as a check that could not be made. No suite has an id with a colon.
pub(super) fn told(baseline: &Baseline, opened: jiff::Timestamp) -> CheckReport {
    let service = baseline.service.rsplit('/').next().unwrap_or_default();
    let id = format!("baseline:{service}");
    CheckReport {
        name: id.clone(),
        id,
        kind: "baseline".to_owned(),
        target: None,
        required: true,
        verdict: Verdict::Inconclusive,
        headline: format!(
            "nothing was compared with the baseline of {}: it is of no target that was looked at",
            baseline.service
        ),
        hint: Some(
            "Give the baseline of the service that is deployed; before the deploy, this takes it:\n  touchdown snapshot CLUSTER/SERVICE -o FILE"
                .to_owned(),
        ),
        started_at: opened,
        took_ms: 0,
        attempts: Vec::new(),
        evidence: Vec::new(),
    }
}
