//! The course of a rollout: what happened of a service, and when.
//!
//! Reports draw it as a picture. Nothing is judged by it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rfc3339;

mod joined;

/// What happened of one service around its judged deployment, as far as the run saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// The pushes of the images that should run, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pushes: Vec<Push>,
    /// The service's deployments, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<DeploymentCourse>,
    /// The service's tasks, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskCourse>,
    /// How many further tasks were seen and are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted_tasks: usize,
}

/// The push of an image that should run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The image, as the suite or the task definition names it.
    pub image: String,
    /// When it was pushed, by ECR's clock.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
}

/// A deployment, or a task set, of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentCourse {
    /// Its id, which its tasks carry in `startedBy`.
    pub id: String,
    /// The task definition revision that it runs, `family:revision`.
    pub task_definition: String,
    /// Whether it is the one that the run judges.
    pub judged: bool,
    /// When it was created, by AWS's clock.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rfc3339::optional"
    )]
    pub created_at: Option<Timestamp>,
}

/// A task's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCourse {
    /// Its id: the last part of its ARN.
    pub id: String,
    /// The id of the deployment that started it.
    pub deployment: String,
    /// Whether that deployment is the one that the run judges.
    pub judged: bool,
    /// Where it was in its life when the run last saw it: `RUNNING`, `DEACTIVATING`, `STOPPED` …
    pub last_status: String,
    /// What it came through, and when.
    #[serde(with = "rfc3339::map")]
    pub steps: BTreeMap<Step, Timestamp>,
    /// Why it stops, as AWS says it of the task and, behind it, of its containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_reason: Option<String>,
}

/// How far the judged deployment's tasks have come, in one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCounts {
    /// How many tasks the judged deployment wants.
    pub desired: usize,
    /// How many of its tasks run and are to stay.
    pub started: usize,
    /// How many of those are healthy; none where no health check has told anything yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthy: Option<usize>,
    /// How many tasks of other deployments have not ended.
    pub old: usize,
}

/// What a task comes through. Where nothing else is said, the time is AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It was created.
    Created,
    /// Its first image began to be pulled.
    PullStarted,
    /// Its last image had been pulled.
    Pulled,
    /// It began to run.
    Started,
    /// Its health checks passed. ECS tells no time, so it is that of the first look that saw it,
    /// by the run's clock.
    Healthy,
    /// It was told to stop. It takes no new requests from then on.
    Stopping,
    /// Its containers had ended.
    Ended,
    /// It had stopped.
    Stopped,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if hands it a reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
