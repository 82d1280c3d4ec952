//! The report: everything a run found, in the shape of the JSON document (version 1).
//!
//! Every format is rendered from this one structure, so that a saved report can be turned
//! into any other format and loses nothing.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use touchdown_checks::contract::{Evidence, Rollout, State, rfc3339};

/// The version of the JSON report that this build writes and reads.
pub const VERSION: u32 = 1;

/// What a run, or one of its checks, ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What should hold, holds.
    Passed,
    /// What should hold, doesn't.
    Failed,
    /// It could not be told.
    Inconclusive,
    /// It was not looked at, because a check that it needs did not pass; of a run: every check is
    /// in other shards.
    Skipped,
}

/// What ended a run before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interruption {
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
    /// SIGTERM, as a CI system sends it to a cancelled job, or SIGHUP.
    Terminate,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this format.
    pub version: u32,
    /// The suite's name.
    pub suite: String,
    /// What the run ended in.
    pub verdict: Verdict,
    /// The process's exit code.
    pub exit_code: u8,
    /// What ended the run before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<Interruption>,
    /// Which checks of the suite were asked for, where not all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// What `${run.id}` was, where a check of the suite asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Which part of its suite the run was given, where several processes run one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardReport>,
    /// When the run began.
    #[serde(with = "rfc3339")]
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How many checks ended in what.
    pub counts: Counts,
    /// What was judged, by the target's name.
    pub targets: BTreeMap<String, TargetReport>,
    /// Each check's outcome, in the suite's order.
    pub checks: Vec<CheckReport>,
    /// What was asked of AWS.
    pub calls: Vec<CallReport>,
}

/// The checks of a suite that were asked for; what they need was run, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selection {
    /// The profile that names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The globs that their ids match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

/// `profile smoke, only fresh, page*`.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let profile = self.profile.as_ref().map(|name| format!("profile {name}"));
        let only = (!self.only.is_empty()).then(|| format!("only {}", self.only.join(", ")));
        let both: Vec<String> = profile.into_iter().chain(only).collect();
        f.write_str(&both.join(", "))
    }
}

impl Report {
    /// What ran, for people: the suite's name, and which part of it, so that a part that passed is not
    /// taken for the whole.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.selection {
            None => self.suite.clone(),
            Some(selection) => format!("{} ({selection})", self.suite),
        }
    }
}

/// What a shard's run is a part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardReport {
    /// The shard's number, from 1.
    pub index: u32,
    /// How many shards there are.
    pub of: u32,
    /// How many checks all of them have.
    pub checks: usize,
    /// The place of each check of this report among those, from 0, in the order of
    /// [`Report::checks`]. What doesn't belong to this shard alone comes behind them and has none: a
    /// baseline of no target, and services of a fleet that could not be found.
    pub places: Vec<usize>,
    /// What tells the suite, its checks and targets from others; the same in every shard of one.
    pub plan: String,
}

/// How many checks ended in what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Checks that passed.
    pub passed: usize,
    /// Checks that failed.
    pub failed: usize,
    /// Checks that could not be told.
    pub inconclusive: usize,
    /// Checks that were not looked at.
    pub skipped: usize,
}

/// A target as it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReport {
    /// The cluster's name, or what the suite says where it was not found.
    pub cluster: String,
    /// The service's name, or what the suite says where it was not found.
    pub service: String,
    /// The region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The id of the judged deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// The task definition revision of the judged deployment, `family:revision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// The expected digest, where all judged containers expect one and the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_digest: Option<String>,
    /// The expected digest of each judged container.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expected_digests: BTreeMap<String, String>,
    /// What happened of the service, where its tasks were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

/// The outcome of one check on one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The id, unique in the report; `id@target` where a check ran on several targets.
    pub id: String,
    /// The kind: `ecs.digest-running`.
    pub kind: String,
    /// The name for people.
    pub name: String,
    /// The target's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether the check gates.
    pub required: bool,
    /// What it ended in.
    pub verdict: Verdict,
    /// One line with the number in it.
    pub headline: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// When its window opened.
    #[serde(with = "rfc3339")]
    pub started_at: Timestamp,
    /// From then until it settled, in milliseconds.
    pub took_ms: u64,
    /// Each look, in order.
    pub attempts: Vec<AttemptReport>,
    /// What the last telling look saw.
    pub evidence: Vec<Evidence>,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptReport {
    /// 1 for the first look.
    pub number: u32,
    /// When it began.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What it said.
    pub state: State,
    /// One line with the number in it.
    pub headline: String,
    /// Whether the look ended a stretch of holding.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flap: bool,
}

/// How often one AWS call was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallReport {
    /// The call, as IAM names it: `ecs:DescribeTasks`.
    pub call: String,
    /// How many requests were sent, repeated ones included.
    pub count: u64,
    /// How many of them were throttled.
    pub throttled: u64,
    /// How many of them failed, the throttled ones not included.
    pub failed: u64,
}

impl TargetReport {
    /// The digest that all judged containers expect, where it is one and the same.
    pub(crate) fn one_expected_digest(&self) -> Option<String> {
        let mut digests = self.expected_digests.values();
        let first = digests.next()?;
        digests.all(|digest| digest == first).then(|| first.clone())
    }
}

impl Verdict {
    /// What a run ends in: failed beats inconclusive beats passed, among the checks that gate. A
    /// check that gates and was skipped leaves the run open, and so does a run without any check,
    /// unless the checks are known to be in other shards: such a run itself is skipped.
    pub(crate) fn of_run(checks: &[CheckReport], shard: Option<&ShardReport>) -> Self {
        let any = |wanted: &[Self]| {
            checks
                .iter()
                .any(|check| check.required && wanted.contains(&check.verdict))
        };
        if checks.is_empty() && shard.is_some_and(|shard| shard.checks > 0) {
            Self::Skipped
        } else if any(&[Self::Failed]) {
            Self::Failed
        } else if checks.is_empty() || any(&[Self::Inconclusive, Self::Skipped]) {
            Self::Inconclusive
        } else {
            Self::Passed
        }
    }
}

impl Counts {
    /// Counts the verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed => counts.failed += 1,
                Verdict::Inconclusive => counts.inconclusive += 1,
                Verdict::Skipped => counts.skipped += 1,
            }
        }
        counts
    }
}
