//! Running a part of a plan: the checks asked for, and what they need.

use std::collections::BTreeSet;

use globset::{Glob, GlobMatcher};

use super::{Plan, PlannedCheck};
use crate::suite::closest;

/// A glob that picks no check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingMatches {
    /// It can't be read.
    #[error("`{glob}` is not a glob: {reason}")]
    NoGlob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It matches no id.
    #[error("no check matches `{glob}`{}; {} has {}", did_you_mean(.closest.as_deref()), whose(.profile.as_deref()), some_of(.ids))]
    NoCheck {
        /// The glob.
        glob: String,
        /// The id that was likely meant.
        closest: Option<String>,
        /// The profile that it is looked for in, if not in the whole suite.
        profile: Option<String>,
        /// The ids that there are.
        ids: Vec<String>,
    },
}

fn did_you_mean(closest: Option<&str>) -> String {
    closest.map_or_else(String::new, |id| format!(" (did you mean `{id}`?)"))
}

fn whose(profile: Option<&str>) -> String {
    profile.map_or_else(
        || "the suite".to_owned(),
        |name| format!("the profile `{name}`"),
    )
}

/// The ids, as far as one reads them.
fn some_of(ids: &[String]) -> String {
    const MOST: usize = 20;
    let told = ids[..ids.len().min(MOST)].join(", ");
    match ids.len().saturating_sub(MOST) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// The id that the suite gives a check: `fresh` of `fresh@web`.
fn without_target(id: &str) -> &str {
    id.split('@').next().unwrap_or(id)
}

fn matcher(glob: &str) -> Result<GlobMatcher, NothingMatches> {
    let read = Glob::new(glob).map_err(|error| NothingMatches::NoGlob {
        glob: glob.to_owned(),
        reason: error.kind().to_string(),
    });
    Ok(read?.compile_matcher())
}

impl Plan {
    /// The checks whose id one of the globs matches, and everything that they need. `fresh`
    /// matches `fresh@web` as well. Without a glob, all are kept.
    ///
    /// # Errors
    /// A glob that matches nothing: a gate that checks nothing must not pass.
    pub fn only<S: AsRef<str>>(&self, globs: &[S]) -> Result<Self, NothingMatches> {
        if globs.is_empty() {
            return Ok(self.clone());
        }
        let mut kept = vec![false; self.checks.len()];
        for glob in globs {
            for index in self.matching(glob.as_ref())? {
                kept[index] = true;
            }
        }
        let mut part = self.with_needs(kept);
        let only = globs.iter().map(|glob| glob.as_ref().to_owned());
        part.selection.get_or_insert_default().only = only.collect();
        Ok(part)
    }

    /// The checks of these ids on all their targets, as [`Suite::profile`](crate::suite::Suite::profile)
    /// tells them, and everything that they need.
    #[must_use]
    pub fn of_ids(&self, ids: &BTreeSet<String>) -> Self {
        let checks = self.checks.iter();
        let kept = checks.map(|check| ids.contains(without_target(&check.id)));
        self.with_needs(kept.collect())
    }

    fn with_needs(&self, mut kept: Vec<bool>) -> Self {
        let mut open: Vec<usize> = (0..kept.len()).filter(|&index| kept[index]).collect();
        while let Some(index) = open.pop() {
            for &need in &self.checks[index].needs {
                if !std::mem::replace(&mut kept[need], true) {
                    open.push(need);
                }
            }
        }
        self.part(&kept)
    }

    fn matching(&self, glob: &str) -> Result<Vec<usize>, NothingMatches> {
        let matcher = matcher(glob)?;
        let mut matching = self.where_check(|check| {
            matcher.is_match(&check.id) || matcher.is_match(without_target(&check.id))
        });
        if let Some((id, service)) = glob.split_once('@').filter(|_| matching.is_empty()) {
            let matcher = self::matcher(id)?;
            matching = self.where_check(|check| {
                matcher.is_match(without_target(&check.id)) && self.may_have(check, service)
            });
        }
        match matching.is_empty() {
            true => Err(self.nothing_matches(glob)),
            false => Ok(matching),
        }
    }

    fn where_check(&self, is_meant: impl Fn(&PlannedCheck) -> bool) -> Vec<usize> {
        let checks = self.checks.iter().enumerate();
        let meant = checks.filter(|(_, check)| is_meant(check));
        meant.map(|(index, _)| index).collect()
    }

    /// Whether a check looks at services that were not found, of which `service` may be one: nobody knows that it
    /// isn't. They are called by their fleet (`web`), or by a glob in it (`web/prod-*`).
    fn may_have(&self, check: &PlannedCheck, service: &str) -> bool {
        let unfound = check.target.as_ref();
        let Some(unfound) = unfound.filter(|target| self.unfound.contains_key(*target)) else {
            return false;
        };
        let is_of_fleet = service
            .strip_prefix(unfound.as_str())
            .is_some_and(|name| name.starts_with('/'));
        is_of_fleet || matcher(unfound).is_ok_and(|services| services.is_match(service))
    }

    fn nothing_matches(&self, glob: &str) -> NothingMatches {
        let ids: Vec<String> = self.checks.iter().map(|check| check.id.clone()).collect();
        NothingMatches::NoCheck {
            glob: glob.to_owned(),
            closest: closest(glob, &ids).map(str::to_owned),
            profile: self
                .selection
                .as_ref()
                .and_then(|part| part.profile.clone()),
            ids,
        }
    }

    /// The plan of the kept checks, with their needs numbered anew.
    pub(super) fn part(&self, kept: &[bool]) -> Self {
        let mut numbers = Vec::with_capacity(kept.len());
        let mut next = 0;
        for &kept in kept {
            numbers.push(next);
            next += usize::from(kept);
        }
        let mut part = self.clone();
        let mut index = 0;
        part.checks.retain(|_| {
            index += 1;
            kept[index - 1]
        });
        for need in part.checks.iter_mut().flat_map(|check| &mut check.needs) {
            *need = numbers[*need];
        }
        part.forget_unused_targets();
        part
    }
}
