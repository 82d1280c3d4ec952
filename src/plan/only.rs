//! Running a part of a plan: the checks asked for, and what they need.

use std::collections::BTreeSet;

use globset::Glob;

use super::Plan;
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
    #[error("no check matches `{glob}`{}; the suite has {}", did_you_mean(.closest.as_deref()), some_of(.ids))]
    NoCheck {
        /// The glob.
        glob: String,
        /// The id that was likely meant.
        closest: Option<String>,
        /// The ids that there are.
        ids: Vec<String>,
    },
}

fn did_you_mean(closest: Option<&str>) -> String {
    closest.map_or_else(String::new, |id| format!(" (did you mean `{id}`?)"))
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
        let matcher = Glob::new(glob)
            .map_err(|error| NothingMatches::NoGlob {
                glob: glob.to_owned(),
                reason: error.kind().to_string(),
            })?
            .compile_matcher();
        let ids = self
            .checks
            .iter()
            .map(|check| check.id.as_str())
            .enumerate();
        let matching: Vec<usize> = ids
            .filter(|(_, id)| matcher.is_match(id) || matcher.is_match(without_target(id)))
            .map(|(index, _)| index)
            .collect();
        if matching.is_empty() {
            return Err(self.nothing_matches(glob));
        }
        Ok(matching)
    }

    fn nothing_matches(&self, glob: &str) -> NothingMatches {
        let ids: Vec<String> = self.checks.iter().map(|check| check.id.clone()).collect();
        NothingMatches::NoCheck {
            glob: glob.to_owned(),
            closest: closest(glob, &ids).map(str::to_owned),
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
