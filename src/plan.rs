//! The plan: what a run will do, one entry for each outcome that it will report.

mod only;
mod shard;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::{Configured, TargetSpec, Unobserved};

use crate::redact::Redactor;
use crate::suite::{Filling, Need, NoProfile, Suite, SuiteCheck, is_of_fleet};

pub use only::NothingMatches;
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
    /// What it is a share of, where several processes run a plan together.
    pub share: Option<Share>,
}

/// One check on one target, or a check that looks at no target.
#[derive(Clone)]
pub struct PlannedCheck {
    /// Unique in the plan: the check's id, and `id@target` where it runs on several, or on a
    /// fleet.
    pub id: String,
    /// The kind's name.
    pub kind: Cow<'static, str>,
    /// The name for people, without secrets; the id where the suite gives none.
    pub name: String,
    /// The target's name, for kinds that look at one.
    pub target: Option<String>,
    /// What must pass first, as places in [`Plan::checks`]; each of them once.
    pub needs: Vec<usize>,
    /// Whether it gates.
    pub required: bool,
    /// How long it may take until it first holds.
    pub within: Duration,
    /// The pause between looks.
    pub every: Duration,
    /// How long it must keep holding.
    pub hold: Option<Duration>,
    /// How much later than `within` the truth may still arrive.
    pub allowance: Duration,
    /// The bound on one look.
    pub timeout: Duration,
    /// Whether the statement forbids something.
    pub forbids: bool,
    /// The IAM actions that it may need, as a policy writes them.
    pub actions: &'static [&'static str],
    /// Why it is not looked at, where it makes no sense on its target. Such a check doesn't
    /// gate.
    pub left_out: Option<String>,
    /// Its own fields as they are written, as one text without secrets.
    pub fields: Arc<str>,
    /// Where its paths count from: the folder of the file that it is written in.
    pub folder: Arc<Path>,
    /// The check itself.
    pub check: Arc<dyn Configured>,
    /// The id, in this plan, of the check whose passing time this one counts from. It is
    /// one of its needs.
    pub follows: Option<String>,
    /// What makes the check anew when the values are known that its fields wait for.
    pub(crate) filling: Option<Arc<Filling>>,
    /// The ids, in this plan, of the checks whose values those are, by what the fields call them.
    /// They are among its needs.
    pub(crate) sources: BTreeMap<String, String>,
}

impl std::fmt::Debug for PlannedCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlannedCheck")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("target", &self.target)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
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
            Some(name) => Ok(plan.of_ids(suite.profile(name)?)),
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

/// Where the outcomes of each check stand in the plan.
struct Outcomes<'s> {
    suite: &'s Suite,
    of_check: Vec<Vec<(Option<&'s str>, usize)>>,
    by_target: Vec<HashMap<&'s str, usize>>,
}

impl<'s> Outcomes<'s> {
    fn of(suite: &'s Suite) -> Self {
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
    fn needed(&self, check: &SuiteCheck, target: Option<&str>) -> Vec<usize> {
        let needs = check.needs.iter();
        let mut needed: Vec<usize> = needs.flat_map(|need| self.meant(need, target)).collect();
        let mut seen = HashSet::new();
        needed.retain(|outcome| seen.insert(*outcome));
        needed
    }

    /// The id of the one outcome that a followed check has for `target`.
    fn id(&self, need: &Need, target: Option<&str>) -> String {
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
fn is_one_of_several(check: &SuiteCheck, target: &str) -> bool {
    check.targets.len() > 1 || is_of_fleet(target)
}

/// The most characters of a name; a variable, a commit's message say, may make it long.
const LONGEST_NAME: usize = 300;

/// A name as it is shown.
fn shown(name: &str, redactor: &Redactor) -> String {
    let clean = redactor.clean(name);
    match clean.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.into_owned(),
    }
}

fn planned(
    check: &SuiteCheck,
    fields: &Arc<str>,
    target: Option<&str>,
    outcomes: &Outcomes<'_>,
    redactor: &Redactor,
) -> PlannedCheck {
    let several = target.filter(|target| is_one_of_several(check, target));
    let id = match several {
        Some(target) => format!("{}@{target}", check.id),
        None => check.id.clone(),
    };
    let name = match (&check.name, several) {
        (Some(name), Some(target)) => shown(&format!("{name} ({target})"), redactor),
        (Some(name), None) => shown(name, redactor),
        (None, _) => id.clone(),
    };
    let follows = check.follows.as_ref();
    let filling = check.filling.as_ref();
    let sources = filling.into_iter().flat_map(|filling| filling.sources());
    let sources = sources.map(|(scope, need)| (scope.to_owned(), outcomes.id(need, target)));
    PlannedCheck {
        id,
        kind: check.kind.name.clone(),
        name,
        target: target.map(str::to_owned),
        needs: outcomes.needed(check, target),
        required: check.required,
        within: check.within,
        every: check.every,
        hold: check.hold,
        allowance: check.check.allowance(),
        timeout: check.timeout,
        forbids: check.kind.forbids,
        actions: check.kind.actions,
        left_out: None,
        fields: Arc::clone(fields),
        folder: Arc::clone(&check.folder),
        check: Arc::clone(&check.check),
        follows: follows.map(|need| outcomes.id(need, target)),
        sources: sources.collect(),
        filling: filling.cloned(),
    }
}
