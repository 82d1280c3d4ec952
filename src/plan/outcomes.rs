//! Which outcomes a suite comes to, and which of them a reference from one check to another means.

use std::collections::{HashMap, HashSet};

use crate::suite::{Need, Suite, SuiteCheck, is_of_fleet};

/// Where the outcomes of each check stand in the plan.
pub(super) struct Outcomes<'s> {
    suite: &'s Suite,
    /// Of each check, in the suite's order: its targets, or none, and the places of their outcomes.
    pub of_check: Vec<Vec<(Option<&'s str>, usize)>>,
    by_target: Vec<HashMap<&'s str, usize>>,
}

impl<'s> Outcomes<'s> {
    pub fn of(suite: &'s Suite) -> Self {
        let mut next = 0..;
        let mut number = || next.next().unwrap_or_default();
        let mut outcomes = Self {
            suite,
            of_check: Vec::new(),
            by_target: Vec::new(),
        };
        for check in &suite.checks {
            let targets = check.targets.iter();
            let mut of_check: Vec<_> = targets
                .map(|target| (Some(target.as_str()), number()))
                .collect();
            if of_check.is_empty() {
                of_check.push((None, number()));
            }
            let named = of_check.iter();
            let by_target = named.filter_map(|(target, at)| Some(((*target)?, *at)));
            outcomes.by_target.push(by_target.collect());
            outcomes.of_check.push(of_check);
        }
        outcomes
    }

    /// The outcomes that a reference means when `target` makes it: the one on the target it
    /// names, else the one on the same target, else all.
    fn meant(&self, need: &Need, target: Option<&str>) -> Vec<usize> {
        let named = need.target.as_deref().or(target);
        let one = named.and_then(|name| self.by_target[need.check].get(name));
        match one {
            Some(&outcome) => vec![outcome],
            None => {
                let all = self.of_check[need.check].iter();
                all.map(|(_, outcome)| *outcome).collect()
            }
        }
    }

    /// What must pass before a check is looked at on `target`, each outcome once.
    pub fn needed(&self, check: &SuiteCheck, target: Option<&str>) -> Vec<usize> {
        let needs = check.needs.iter();
        let mut needed: Vec<usize> = needs.flat_map(|need| self.meant(need, target)).collect();
        let mut seen = HashSet::new();
        needed.retain(|outcome| seen.insert(*outcome));
        needed
    }

    /// The id of the one outcome that a followed check has for `target`.
    pub fn id(&self, need: &Need, target: Option<&str>) -> String {
        let followed = &self.suite.checks[need.check];
        let same = target.filter(|target| self.by_target[need.check].contains_key(target));
        match need.target.as_deref().or(same) {
            Some(target) if is_one_of_several(followed, target) => {
                format!("{}@{target}", followed.id)
            }
            _ => followed.id.clone(),
        }
    }
}

/// Whether the check's outcome on that target is called by both. However many services a fleet
/// has, its ids stay the same.
pub(super) fn is_one_of_several(check: &SuiteCheck, target: &str) -> bool {
    check.targets.len() > 1 || is_of_fleet(target)
}
