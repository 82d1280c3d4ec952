//! Targets: one ECS service and what should run there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::{Baseline, Expected, ImageReference};
use crate::reads::Scope;

/// One service to judge, as the suite describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetSpec {
    /// The name that checks refer to; of a fleet's services, `ENTRY/SERVICE`.
    pub name: String,
    /// The cluster: a name, an ARN, or a glob that must match exactly one.
    pub cluster: String,
    /// The service: a name, an ARN, or a glob that must match exactly one.
    pub service: String,
    /// The glob of a fleet that the service was found by.
    pub found_by: Option<String>,
    /// The AWS region. Default: the environment's.
    pub region: Option<String>,
    /// The containers to judge. Default: every essential container.
    pub containers: Option<Vec<String>>,
    /// The image that should run. Default: what the task definition names.
    pub image: Option<ImageReference>,
    /// No task may have started before this time. Default: when the expected image was
    /// pushed.
    pub not_before: Option<Timestamp>,
}

/// A target found in AWS: the service, and the deployment that this run judges.
#[derive(Debug)]
pub struct Target {
    /// The target as the suite describes it.
    pub spec: TargetSpec,
    /// The region it is in.
    pub region: String,
    /// Where its service and tasks are looked up.
    pub(crate) scope: Scope,
    /// The cluster's ARN.
    pub cluster: String,
    /// The service's name.
    pub service: String,
    /// The service's ARN.
    pub service_arn: String,
    /// The deployment that was PRIMARY when the run started.
    pub deployment: JudgedDeployment,
    /// When that was read, by AWS's clock.
    pub found_at: Timestamp,
    /// What the service ran before the deploy, where a baseline of it was given.
    pub baseline: Option<Baseline>,
    /// What each judged container should run, by container name. Resolved once in a run,
    /// by the first check that asks.
    pub(crate) expected: OnceCell<BTreeMap<String, Expected>>,
    /// The same, as the service revision of the judged deployment tells it of its only container.
    pub(crate) expected_of_only: OnceCell<BTreeMap<String, Expected>>,
}

/// The deployment whose tasks a run judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedDeployment {
    /// `ecs-svc/…`, which its tasks carry in `startedBy`; a task set's id starts likewise.
    pub id: String,
    /// The ARN of the task definition revision it runs.
    pub task_definition: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
}

impl JudgedDeployment {
    /// The task definition revision, `family:revision`.
    #[must_use]
    pub fn revision(&self) -> &str {
        last_segment(&self.task_definition)
    }
}

impl Target {
    /// The cluster's name, without the rest of its ARN.
    #[must_use]
    pub fn cluster_name(&self) -> &str {
        last_segment(&self.cluster)
    }

    /// What is expected of each judged container, as far as it is known by now.
    pub(crate) fn known_expected(&self) -> impl Iterator<Item = (&String, &Expected)> {
        let known = self.expected.get().or_else(|| self.expected_of_only.get());
        known.into_iter().flatten()
    }

    /// The expected digest of each judged container, as far as it is known by now.
    #[must_use]
    pub fn expected_digests(&self) -> BTreeMap<String, String> {
        self.known_expected()
            .filter_map(|(container, expected)| {
                Some((container.clone(), expected.digest()?.to_owned()))
            })
            .collect()
    }
}

/// What stands behind the last `/` of an ARN: a cluster's name, a task's id, a revision.
#[must_use]
pub(crate) fn last_segment(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
