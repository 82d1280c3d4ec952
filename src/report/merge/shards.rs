//! Whether the shards of a suite are all there, and the order of their checks.

use std::collections::{BTreeMap, BTreeSet};

use super::{MergeError, Part};
use crate::report::{CheckReport, ShardReport};

/// Whether a shard's report holds the checks that it says it holds.
pub(super) fn sound(part: &Part) -> Result<(), MergeError> {
    let Some(shard) = &part.report.shard else {
        return Ok(());
    };
    let (checks, places) = (part.report.checks.len(), shard.places.len());
    let told = if !(1..=shard.of).contains(&shard.index) {
        format!("it is shard {} of {}", shard.index, shard.of)
    } else if checks < places {
        format!("it holds {checks} of its {places} checks")
    } else if !shard.places.is_sorted_by(|one, next| one < next)
        || shard
            .places
            .last()
            .is_some_and(|last| *last >= shard.checks)
    {
        "the `places` of its checks are not ascending numbers below `shard.checks`".to_owned()
    } else {
        return Ok(());
    };
    Err(MergeError::contradiction(part, told))
}

/// Whether the reports are all shards of one plan, each there once, or none of them is one.
pub(super) fn complete(parts: &[Part]) -> Result<(), MergeError> {
    let Some(first) = parts.first() else {
        return Ok(());
    };
    let Some(model) = &first.report.shard else {
        let mut parts = parts.iter();
        return match parts.find(|part| part.report.shard.is_some()) {
            Some(shard) => Err(MergeError::mixed(shard, first)),
            None => Ok(()),
        };
    };
    let mut seen: BTreeMap<u32, &Part> = BTreeMap::new();
    for part in parts {
        let Some(shard) = &part.report.shard else {
            return Err(MergeError::mixed(first, part));
        };
        if shard.of != model.of {
            return Err(MergeError::totals(first, part));
        }
        if let Some(twin) = seen.insert(shard.index, part) {
            return Err(MergeError::shard_twice(shard, twin, part));
        }
        if (&shard.plan, shard.checks) != (&model.plan, model.checks) {
            return Err(MergeError::plans(first, part));
        }
    }
    let missing: Vec<u32> = (1..=model.of)
        .filter(|index| !seen.contains_key(index))
        .take(MergeError::MOST_NAMED)
        .collect();
    if !missing.is_empty() {
        let count = model.of as usize - seen.len();
        return Err(MergeError::missing(&missing, count, model.of));
    }
    all_places(parts, model)
}

/// Whether each check of the plan is in one of the shards.
fn all_places(parts: &[Part], model: &ShardReport) -> Result<(), MergeError> {
    let shards = parts.iter().filter_map(|part| part.report.shard.as_ref());
    let mut places: Vec<usize> = shards.flat_map(|shard| &shard.places).copied().collect();
    places.sort_unstable();
    if places.iter().copied().eq(0..model.checks) {
        return Ok(());
    }
    Err(MergeError::NotOneEach {
        checks: model.checks,
    })
}

/// Which checks of a report belong to it alone: of a shard's, those that have a place.
pub(super) fn own(part: &Part) -> impl Iterator<Item = bool> {
    let shard = part.report.shard.as_ref();
    let placed = shard.map_or(usize::MAX, |shard| shard.places.len());
    (0..).map(move |index| index < placed)
}

/// The checks of all reports, each once: in the order of the suite where that is known, what has no
/// place in it behind them, and else in the order of the reports.
pub(super) fn in_order(parts: Vec<Part>) -> Vec<CheckReport> {
    let placed = parts.into_iter().flat_map(|part| {
        let places = part.report.shard.map(|shard| shard.places);
        let places = places.unwrap_or_default().into_iter();
        let behind = std::iter::repeat(usize::MAX);
        places.chain(behind).zip(part.report.checks)
    });
    let mut placed: Vec<(usize, CheckReport)> = placed.collect();
    placed.sort_by_key(|(place, _)| *place);
    let mut told = BTreeSet::new();
    let checks = placed.into_iter().map(|(_, check)| check);
    checks
        .filter(|check| told.insert(check.id.clone()))
        .collect()
}
