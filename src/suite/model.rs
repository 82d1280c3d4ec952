//! A suite that was read and found free of mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::{Configured, FleetSpec, Kind, Located, TargetSpec, Unobserved};

use super::deferred::Filling;

/// The most outcomes of one suite: one for each check and target.
pub(super) const MOST_OUTCOMES: usize = 10_000;

/// A suite: targets and checks.
#[derive(Clone)]
pub struct Suite {
    /// Its name; the file's, where it gives none.
    pub name: String,
    /// What is judged, in the order written.
    pub targets: Vec<TargetSpec>,
    /// What is judged of which only AWS knows how many there are. None once they have been
    /// [found](Suite::with_members); until then each stands for one target, which nothing is
    /// known of.
    pub fleets: Vec<FleetSpec>,
    /// Why a target of a fleet could not be found, by its name.
    pub unfound: BTreeMap<String, Unobserved>,
    /// What should hold, in the order written.
    pub checks: Vec<SuiteCheck>,
    /// The ids of the checks that each profile names, by its name.
    pub profiles: BTreeMap<String, BTreeSet<String>>,
    /// Values that must never appear in any output.
    pub(crate) secrets: Vec<String>,
}

impl Suite {
    /// The values that must never appear in any output, for a
    /// [`Redactor`](crate::redact::Redactor).
    #[must_use]
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }
}

/// Leaves the secrets out.
impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("name", &self.name)
            .field("targets", &self.targets)
            .field("fleets", &self.fleets)
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

/// One check of a suite, whatever number of targets it runs on.
#[derive(Clone)]
pub struct SuiteCheck {
    /// The id: the one given, or the kind's name.
    pub id: String,
    /// The name for people, where one is given.
    pub name: Option<String>,
    /// The kind.
    pub kind: Kind,
    /// The names of the targets it runs on; none for a kind that looks at no target.
    pub targets: Vec<String>,
    /// The checks that must pass first, the followed one included.
    pub needs: Vec<Need>,
    /// The check whose passing time this one counts from.
    pub follows: Option<Need>,
    /// Whether it gates.
    pub required: bool,
    /// How long it may take until it first holds.
    pub within: Duration,
    /// The pause between looks.
    pub every: Duration,
    /// How long it must keep holding.
    pub hold: Option<Duration>,
    /// The bound on one look.
    pub timeout: Duration,
    /// The check's own fields as they are written, variables filled in.
    pub fields: Located,
    /// Where their paths count from: the folder of the file that the check is written in.
    pub folder: Arc<Path>,
    /// The check with its own fields read.
    pub check: Arc<dyn Configured>,
    /// What makes the check anew when the values are known that its fields wait for; until then
    /// others stand in for them.
    pub(crate) filling: Option<Arc<Filling>>,
}

impl std::fmt::Debug for SuiteCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SuiteCheck")
            .field("id", &self.id)
            .field("kind", &self.kind.name)
            .field("targets", &self.targets)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}

/// A reference from one check to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its place in [`Suite::checks`].
    pub check: usize,
    /// The one target that is meant, where the reference names one: `fresh@web`. A fleet's name
    /// means all its services.
    pub target: Option<String>,
}
