//! Joining the reports of several runs into the report that one run would have written.
//!
//! Counts and verdict are made from the checks. Whatever would let a check go missing without
//! anybody seeing it is refused: a shard that isn't there, or is there twice, or is of another plan,
//! or doesn't hold the checks that it says.

mod error;
mod shards;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use error::MergeError;

use super::{CallReport, CheckReport, Counts, Report, VERSION, Verdict};
use crate::exit;

/// A saved report, and where it is from.
#[derive(Clone, Debug)]
pub struct Part {
    /// The file's name, for errors.
    pub from: String,
    /// What it holds.
    pub report: Report,
}

/// Joins reports, in the order given, under `name` or the name of their suite.
///
/// The checks of shards stand in the order of their suite; other reports follow each other. The
/// joined report began with the first run and took until the last one ended.
///
/// # Errors
/// [`MergeError`], where they don't belong together, contradict themselves, or don't hold all of what
/// should be judged.
pub fn merge(parts: Vec<Part>, name: Option<&str>) -> Result<Report, MergeError> {
    let suite = suite(&parts, name)?;
    for part in &parts {
        sound(part)?;
    }
    shards::complete(&parts)?;
    unique(&parts)?;
    let targets = targets::joined(&parts)?;
    let (started_at, took_ms) = span(&parts);
    let calls = calls(&parts);
    let selections: BTreeSet<_> = parts.iter().map(|part| &part.report.selection).collect();
    let same = (selections.len() == 1).then(|| parts[0].report.selection.clone());
    let selection = same.flatten();
    let interrupted = parts.iter().find_map(|part| part.report.interrupted);
    let checks = shards::in_order(parts);
    if checks.is_empty() {
        return Err(MergeError::NothingChecked);
    }
    let verdict = Verdict::of_run(&checks, None);
    Ok(Report {
        version: VERSION,
        suite,
        verdict,
        exit_code: exit::code(verdict, interrupted),
        interrupted,
        selection,
        run_id: None,
        shard: None,
        started_at,
        took_ms,
        counts: counts(&checks),
        targets,
        checks,
        calls,
    })
}

/// The name of the joined report.
fn suite(parts: &[Part], name: Option<&str>) -> Result<String, MergeError> {
    let first = parts.first().ok_or(MergeError::NothingChecked)?;
    if let Some(name) = name {
        return Ok(name.to_owned());
    }
    match parts
        .iter()
        .find(|part| part.report.suite != first.report.suite)
    {
        None => Ok(first.report.suite.clone()),
        Some(other) => Err(MergeError::suites(first, other)),
    }
}

/// Whether a report's checks are what it says they are. That its verdict and counts follow from
/// them was seen when it was read.
fn sound(part: &Part) -> Result<(), MergeError> {
    let mut ids = BTreeSet::new();
    let mut checks = part.report.checks.iter();
    match checks.find(|check| !ids.insert(&check.id)) {
        Some(twin) => {
            let told = format!("it has two checks `{}`", error::shown(&twin.id));
            Err(MergeError::contradiction(part, told))
        }
        None => shards::sound(part),
    }
}

fn counts(checks: &[CheckReport]) -> Counts {
    Counts::of(checks.iter().map(|check| check.verdict))
}

/// No id may stand for two checks: nobody could tell which of them is meant. But what was not found
/// of a fleet is told by every shard, and belongs to one.
fn unique(parts: &[Part]) -> Result<(), MergeError> {
    let mut homes: BTreeMap<&str, (&Part, &CheckReport, bool)> = BTreeMap::new();
    for part in parts {
        for (check, own) in part.report.checks.iter().zip(shards::own(part)) {
            let Some((first, twin, had)) = homes.insert(&check.id, (part, check, own)) else {
                continue;
            };
            let untold = [Verdict::Inconclusive, Verdict::Skipped];
            let of_all = [check, twin].map(|check| untold.contains(&check.verdict));
            if of_all != [true; 2] || (own && had) {
                return Err(MergeError::check_twice(&check.id, first, part));
            }
            homes.insert(&check.id, (part, check, own || had));
        }
    }
    Ok(())
}

/// From the beginning of the first run to the end of the last, in milliseconds.
fn span(parts: &[Part]) -> (Timestamp, u64) {
    let reports = || parts.iter().map(|part| &part.report);
    let began = reports().map(|report| report.started_at).min();
    let began = began.unwrap_or_default();
    let ends = reports()
        .map(|report| i128::from(report.started_at.as_millisecond()) + i128::from(report.took_ms));
    let took = ends.max().unwrap_or_default() - i128::from(began.as_millisecond());
    (began, u64::try_from(took).unwrap_or(u64::MAX))
}

fn calls(parts: &[Part]) -> Vec<CallReport> {
    let mut sums: BTreeMap<&str, CallReport> = BTreeMap::new();
    for call in parts.iter().flat_map(|part| &part.report.calls) {
        let sum = sums.entry(&call.call).or_insert_with(|| CallReport {
            call: call.call.clone(),
            count: 0,
            throttled: 0,
            failed: 0,
        });
        sum.count = sum.count.saturating_add(call.count);
        sum.throttled = sum.throttled.saturating_add(call.throttled);
        sum.failed = sum.failed.saturating_add(call.failed);
    }
    sums.into_values().collect()
}

#[cfg(test)]
mod tests;
