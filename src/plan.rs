//! The plan: what a run will do, one entry for each outcome that it will report.

mod only;
mod outcomes;
mod planned;
mod shard;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::{TargetSpec, Unobserved};

use crate::redact::Redactor;
use crate::report::Selection;
use crate::suite::{NoProfile, Suite};

pub use only::NothingMatches;
use outcomes::Outcomes;
pub use planned::PlannedCheck;
use planned::{planned, shown};
pub use shard::{NoShard, Shard, Share};

/// What a run will do: the suite's checks, each on its targets.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The suite's name, without secrets.
    pub suite_name: String,
    /// The targets that a check looks at, by name. Where there are none, no AWS
    /// credentials are needed.
    pub targets: BTreeMap<String, TargetSpec>,
    /// Why a target can't be looked at, by its name: the services of a fleet that were not found.
    pub unfound: BTreeMap<String, Unobserved>,
    /// The checks, in the order of the suite.
    pub checks: Vec<PlannedCheck>,
    /// Keeps the suite's secrets out of every output.
    pub redactor: Redactor,
    /// Which of the suite's checks were asked for, where not all were.
    pub selection: Option<Selection>,
    /// What it is a share of, where several processes run a plan together.
    pub share: Option<Share>,
}

impl Plan {
    /// The plan of a suite. A suite has no mistakes, so that a plan has none either. A fleet that
    /// was not looked up is one target, of which nothing can be told.
    #[must_use]
    pub fn of(suite: &Suite) -> Self {
        let redactor = Redactor::new(suite.secrets());
        let outcomes = Outcomes::of(suite);
        let each = suite.checks.iter().enumerate();
        let checks = each.flat_map(|(index, check)| {
            let (redactor, outcomes) = (&redactor, &outcomes);
            let fields: Arc<str> = shard::written(&check.fields, redactor).into();
            let targets = outcomes.of_check[index].iter();
            targets.map(move |(target, _)| planned(check, &fields, *target, outcomes, redactor))
        });
        let mut plan = Self {
            suite_name: shown(&suite.name, &redactor),
            checks: checks.collect(),
            targets: BTreeMap::new(),
            unfound: suite.unfound.clone(),
            redactor: redactor.clone(),
            selection: None,
            share: None,
        };
        let specs = suite.specs();
        plan.targets = specs
            .map(|spec| (spec.name.clone(), spec.clone()))
            .collect();
        let fleets = suite.fleets.iter();
        plan.unfound.extend(fleets.map(|fleet| {
            let told = format!("the services of `{}` were not looked up", fleet.name());
            (fleet.name().to_owned(), Unobserved::lasting(told))
        }));
        plan.forget_unused_targets();
        plan
    }

    /// The part of a suite's plan that a profile names, with what it needs; the whole without one.
    ///
    /// # Errors
    /// Where the suite has no such profile.
    pub fn of_profile(suite: &Suite, profile: Option<&str>) -> Result<Self, NoProfile> {
        let plan = Self::of(suite);
        match profile {
            Some(name) => {
                let mut part = plan.of_ids(suite.profile(name)?);
                let profile = Some(name.to_owned());
                part.selection.get_or_insert_default().profile = profile;
                Ok(part)
            }
            None => Ok(plan),
        }
    }

    /// The same plan, every check of which may take so long until it first holds; zero makes
    /// it one look.
    #[must_use]
    pub fn with_within(mut self, within: Duration) -> Self {
        for check in &mut self.checks {
            check.within = within;
        }
        self
    }

    /// One look of each check that asks AWS anything, whatever it waits for.
    #[must_use]
    pub fn one_look(&self) -> Self {
        let mut plan = self.clone().with_within(Duration::ZERO);
        plan.checks.retain(|check| !check.actions.is_empty());
        for check in &mut plan.checks {
            check.allowance = Duration::ZERO;
            check.hold = None;
            check.needs.clear();
            check.follows = None;
            // What stands in for the values is good enough to ask with.
            check.filling = None;
        }
        plan.forget_unused_targets();
        plan
    }

    /// The longest that a run may take, unless `--timeout` ends it: each check begins when its
    /// needs have passed, and takes its whole window and its whole hold.
    #[must_use]
    pub fn longest(&self) -> Duration {
        let mut ends: Vec<Option<Duration>> = vec![None; self.checks.len()];
        // No check needs itself in a circle, so that each turn settles one at least.
        while let Some(index) = (0..ends.len()).find(|&index| {
            let mut needs = self.checks[index].needs.iter();
            ends[index].is_none() && needs.all(|need| ends[*need].is_some())
        }) {
            let check = &self.checks[index];
            let begins = check.needs.iter().filter_map(|need| ends[*need]).max();
            let window = check.within + check.allowance + check.hold.unwrap_or_default();
            ends[index] = Some(begins.unwrap_or_default() + window);
        }
        ends.into_iter().flatten().max().unwrap_or_default()
    }

    /// Leaves out the check of that id, where there is one; the report tells why.
    pub fn leave_out(&mut self, id: &str, why: &str) {
        for check in self.checks.iter_mut().filter(|check| check.id == id) {
            check.left_out = Some(why.to_owned());
            check.required = false;
        }
    }

    /// A target that no check looks at need not be found in AWS.
    fn forget_unused_targets(&mut self) {
        let targets = self.checks.iter().filter_map(|check| check.target.as_ref());
        let used: HashSet<&String> = targets.collect();
        self.targets.retain(|name, _| used.contains(name));
        self.unfound.retain(|name, _| used.contains(name));
    }
}
