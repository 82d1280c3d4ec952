//! Targets of several reports: one name is one service and one deployment, or the reports don't
//! belong together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{MergeError, Part};
use crate::report::TargetReport;

/// The targets of all reports, by name.
pub(super) fn joined(parts: &[Part]) -> Result<BTreeMap<String, TargetReport>, MergeError> {
    let mut all: BTreeMap<String, (&Part, TargetReport)> = BTreeMap::new();
    let mut by_time: Vec<&Part> = parts.iter().collect();
    by_time.sort_by_key(|part| part.report.started_at);
    for part in by_time {
        for (name, target) in &part.report.targets {
            match all.entry(name.clone()) {
                Entry::Vacant(place) => {
                    place.insert((part, target.clone()));
                }
                Entry::Occupied(mut place) => {
                    let (first, known) = place.get_mut();
                    if let Some((one, other)) = difference(known, target) {
                        return Err(MergeError::target(name, (first, &one), (part, &other)));
                    }
                    take_in(known, target);
                }
            }
        }
    }
    let all = all.into_iter();
    Ok(all.map(|(name, (_, target))| (name, target)).collect())
}

/// What two reports say differently of a target, where they do. Where one has not found it, it tells
/// no more than what its suite says.
fn difference(one: &TargetReport, other: &TargetReport) -> Option<(String, String)> {
    let found = |target: &TargetReport| target.deployment.is_some();
    if found(one) != found(other) {
        return None;
    }
    let service = |target: &TargetReport| format!("{}/{}", target.cluster, target.service);
    let stated = |text: &Option<String>| text.clone().unwrap_or_default();
    let facts = |target: &TargetReport| {
        [
            service(target),
            stated(&target.region),
            stated(&target.deployment),
            stated(&target.task_definition),
        ]
    };
    let mut facts = facts(one).into_iter().zip(facts(other));
    let differs = facts.find(|(one, other)| one != other);
    differs.or_else(|| {
        let mut digests = one.expected_digests.iter().filter_map(|(container, one)| {
            let other = other.expected_digests.get(container)?;
            Some((one.clone(), other.clone()))
        });
        digests.find(|(one, other)| one != other)
    })
}

/// Takes in what a later run tells of the same target. What happened of the service is told by the
/// last run that looked.
fn take_in(known: &mut TargetReport, later: &TargetReport) {
    if later.deployment.is_none() {
        return;
    }
    let mut told = later.clone();
    told.rollout = told.rollout.or_else(|| known.rollout.take());
    for (container, digest) in std::mem::take(&mut known.expected_digests) {
        told.expected_digests.entry(container).or_insert(digest);
    }
    if !told.expected_digests.is_empty() {
        told.expected_digest = told.one_expected_digest();
    }
    *known = told;
}
