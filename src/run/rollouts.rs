//! The course of each target's rollout, as the rounds of a run show it.

use std::collections::BTreeMap;

use touchdown_checks::contract::{Rollout, Target, TaskCounts};
use touchdown_checks::ecs::{self, Glimpse};
use touchdown_checks::reads::Reads;

/// A report names so many tasks of a target at most.
const MOST_TASKS: usize = 200;

/// What is known of each target's rollout, by the target's name.
#[derive(Debug, Default)]
pub(super) struct Rollouts(BTreeMap<String, Followed>);

#[derive(Debug)]
struct Followed {
    /// The latest round that was taken in.
    round: u64,
    course: Rollout,
    counts: TaskCounts,
}

impl Rollouts {
    /// Takes in what a round has read of a target by the end of a look, and tells how far its
    /// tasks are where that is news. All looks of a round share one picture, so that the first
    /// one to have read the tasks tells it whole.
    pub fn follow(
        &mut self,
        name: &str,
        target: &Target,
        round: u64,
        reads: &Reads,
    ) -> Option<TaskCounts> {
        let known = self.0.get_mut(name);
        // A look that took long may end after those of later rounds.
        if known.as_ref().is_some_and(|known| round <= known.round) {
            return None;
        }
        let Glimpse { course, counts } = Glimpse::of_round(target, reads)?;
        let Some(known) = known else {
            let followed = Followed {
                round,
                course,
                counts,
            };
            self.0.insert(name.to_owned(), followed);
            return Some(counts);
        };
        known.round = round;
        known.course.advance(course);
        let before = std::mem::replace(&mut known.counts, counts);
        (before != counts).then_some(counts)
    }

    /// The course of a target's rollout for the report; none where no check has read its tasks.
    pub fn told(&self, name: &str, target: &Target) -> Option<Rollout> {
        let mut course = self.0.get(name)?.course.clone();
        // The images are settled beside the first looks, which may not know them yet.
        course.pushes = ecs::pushes(target);
        Some(course.with_at_most(MOST_TASKS))
    }
}
