//! Since when tasks drain, and how long they may. ECS tells neither: the first is remembered from
//! look to look, the second is the target group's.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::picture::Picture;
use crate::contract::{Look, Period, Target};
use crate::reads::Reads;

/// What is known of the old tasks that drain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draining {
    /// When a look first saw each drain, by its id and AWS's time.
    seen: BTreeMap<String, Timestamp>,
    /// The longest deregistration delay of the service's target groups.
    pub delay: Option<Period>,
}

impl Draining {
    /// What is known now, given what was before. It only explains, so that it never fails.
    pub async fn observe(
        before: Option<&Self>,
        look: &Look<'_, super::OldTasksGone>,
        picture: &Picture,
    ) -> Self {
        let now = look.reads.aws_time(look.times.now);
        let mut draining = Self::after(before, look.subject, picture, now);
        if draining.delay.is_none() && !draining.seen.is_empty() {
            draining.delay = delay(look.subject, picture, look.reads).await;
        }
        draining
    }

    /// Those that drain at `now`, each since when that is known.
    pub fn after(
        before: Option<&Self>,
        target: &Target,
        picture: &Picture,
        now: Timestamp,
    ) -> Self {
        let since = |id: &str| before.and_then(|before| before.since(id)).unwrap_or(now);
        let drain = picture.lingering(target).filter(|task| task.drains());
        Self {
            seen: drain
                .map(|task| (task.id.clone(), since(&task.id)))
                .collect(),
            delay: before.and_then(|before| before.delay),
        }
    }

    /// When a look first saw the task drain.
    pub fn since(&self, id: &str) -> Option<Timestamp> {
        self.seen.get(id).copied()
    }
}

/// The ARNs of the target groups that the service's tasks may leave.
pub(super) fn target_groups(picture: &Picture) -> impl Iterator<Item = &str> {
    let service = &picture.service.value;
    let of_sets = service
        .deployments
        .iter()
        .flat_map(|set| &set.load_balancers);
    let both = service.load_balancers.iter().chain(of_sets);
    both.flat_map(|group| [&group.target_group, &group.alternate_target_group])
        .filter_map(|arn| arn.as_deref())
}

async fn delay(target: &Target, picture: &Picture, reads: &Reads) -> Option<Period> {
    let mut longest = None;
    for arn in target_groups(picture) {
        let told = reads.deregistration_delay(&target.region, arn).await;
        longest = longest.max(told.ok().and_then(|seen| seen.value));
    }
    longest
}
