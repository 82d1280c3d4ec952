//! Each statement, as AWS's facts decide it.

mod answers;
mod images;
mod tasks;

use jiff::SignedDuration;
use touchdown_simulator::truth::{Phase, TaskTruth, Truth};

use super::standing::{self, running};
use super::{Says, Watched, ends};
use crate::story::{Naming, Pipeline, Statement, Story};

/// Clocks of AWS's services differ by so much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);
/// How long AWS may show a service as it was before a deployment.
const LAG: SignedDuration = SignedDuration::from_secs(20);

/// What may be said at an instant.
pub(super) fn says(watched: &Watched<'_>, statement: Statement, truth: &Truth) -> Says {
    let of = Instant { watched, truth };
    // A page belongs to no deployment.
    if statement == Statement::Responds {
        return of.responds();
    }
    if of.may_be_hidden() {
        return Says::UNKNOWN;
    }
    if let Some(says) = standing::of(truth, watched.judged()) {
        return says;
    }
    match statement {
        Statement::ImagePushed => of.image_pushed(),
        Statement::PlatformMatches => of.platform_matches(),
        Statement::LayersChanged => of.layers_changed(),
        Statement::StartedAfterPush => of.every_task(|task| of.started_after_push(task)),
        Statement::DigestRunning => of.every_task(|task| of.runs_expected(task)),
        Statement::RevisionAdvanced => of.revision_advanced(),
        Statement::ImagePinned => match watched.story.naming {
            Naming::Version => Says::HOLDS,
            Naming::Latest => Says::BROKEN,
        },
        Statement::RolloutComplete => of.rollout_complete(),
        Statement::Stable => of.stable(),
        Statement::ContainersHealthy => of.containers_healthy(),
        Statement::OldTasksGone => of.old_tasks_gone(),
        Statement::TargetsHealthy => of.targets_healthy(),
        Statement::Responds => of.responds(),
        Statement::LineSeen => of.line_seen(),
        Statement::LineAbsent => of.line_absent(),
    }
}

/// The truth at an instant of a watched story.
struct Instant<'a> {
    watched: &'a Watched<'a>,
    truth: &'a Truth,
}

impl Instant<'_> {
    fn story(&self) -> &Story {
        self.watched.story
    }

    /// The suite speaks of a deployment that nobody made; so soon, AWS may just not show it yet.
    fn may_be_hidden(&self) -> bool {
        let story = self.story();
        let since = self.truth.at.duration_since(story.deployed_at());
        story.says_when && story.pipeline == Pipeline::Forgot && since < LAG
    }

    fn judged(&self) -> usize {
        self.watched.judged()
    }

    /// The judged deployment's tasks that run and are to stay.
    fn running(&self) -> impl Iterator<Item = &TaskTruth> {
        running(self.truth, self.judged())
    }

    /// It waits for tasks: in vain where their ends say so.
    fn waits(&self) -> Says {
        ends::waits(self.watched, self.truth)
    }

    /// A statement about every task: nothing holds before all wanted ones run, nor while others do.
    fn every_task(&self, said: impl Fn(&TaskTruth) -> Says) -> Says {
        let of_running: Vec<Says> = self.running().map(&said).collect();
        if of_running.contains(&Says::BROKEN) {
            return Says::BROKEN;
        }
        if of_running.contains(&Says::NOT_YET) {
            return self.waits();
        }
        if let Some(doubt) = of_running.iter().find(|says| **says != Says::HOLDS) {
            return *doubt;
        }
        if of_running.len() < self.truth.desired {
            return self.waits();
        }
        let runs = |task: &&TaskTruth| task.phase == Phase::Runs;
        let mut others = self.truth.tasks.iter().filter(runs).filter(|task| {
            task.deployment != self.judged() || !task.stays && said(task) == Says::BROKEN
        });
        match others.next() {
            Some(_) => Says::NOT_YET,
            None => Says::HOLDS,
        }
    }
}
