//! One entry of the plan: a check on one target, with everything that the run needs to know of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::Configured;

use super::outcomes::{Outcomes, is_one_of_several};
use crate::redact::Redactor;
use crate::suite::{Filling, SuiteCheck};

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

/// The most characters of a name; a variable, a commit's message say, may make it long.
const LONGEST_NAME: usize = 300;

/// A name as it is shown.
pub(super) fn shown(name: &str, redactor: &Redactor) -> String {
    let clean = redactor.clean(name);
    match clean.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.into_owned(),
    }
}

/// What a check of the suite comes to on one of its targets.
pub(super) fn planned(
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
