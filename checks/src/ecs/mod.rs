//! Kinds that look at an ECS service, one file each, and what they share: finding the
//! service, its judged deployment's tasks, and what those should run.

mod containers_healthy;
mod digest_pinned;
mod digest_running;
mod discovery;
pub(crate) mod every_task;
mod expected;
mod fleet;
mod image_pinned;
mod makeup;
mod meant;
mod old_tasks_gone;
mod picture;
mod pinned;
mod revision_advanced;
mod rollout;
mod rollout_complete;
mod rows;
mod same_image;
mod snapshot;
mod stable;
mod standing;
mod tasks_replaced;
mod tasks_started_after_push;

pub use containers_healthy::ContainersHealthy;
pub use digest_pinned::DigestPinned;
pub use digest_running::DigestRunning;
pub use discovery::{LAG, awaits_latest, find, find_latest};
pub use expected::EXPECTED_IMAGE;
pub use fleet::{Member, members, no_members};
pub use image_pinned::ImagePinned;
pub use makeup::Makeup;
pub use meant::may_mean;
pub use old_tasks_gone::OldTasksGone;
pub use revision_advanced::RevisionAdvanced;
pub use rollout::{Glimpse, pushes};
pub use rollout_complete::RolloutComplete;
pub use snapshot::{Snapshot, snapshot};
pub use stable::Stable;
pub use standing::hindsight;
pub use tasks_replaced::TasksReplaced;
pub use tasks_started_after_push::TasksStartedAfterPush;

pub(crate) use expected::judged_containers;
pub(crate) use picture::Picture;
#[cfg(test)]
pub(crate) use picture::literal;
pub(crate) use pinned::{if_told, pinned, pinned_before};
pub(crate) use rows::{apart, force_new_deployment, moment, short};
