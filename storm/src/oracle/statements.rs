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
    match standing::of(truth, watched.judged()) {
        // Lines, pages and images are told as they are now by a look that doesn't know of it yet.
        Some(Says::OPEN) if of.is_overtaken_lately() => Says::OPEN | of.says(statement),
        Some(says) => says,
        None => of.says(statement),
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

    /// What is so of the judged deployment, whatever has become of it.
    fn says(&self, statement: Statement) -> Says {
        match statement {
            Statement::ImagePushed => self.image_pushed(),
            Statement::PlatformMatches => self.platform_matches(),
            Statement::LayersChanged => self.layers_changed(),
            Statement::StartedAfterPush => self.every_task(|task| self.started_after_push(task)),
            Statement::DigestRunning => self.every_task(|task| self.runs_expected(task)),
            Statement::RevisionAdvanced => self.revision_advanced(),
            Statement::ImagePinned => match self.story().naming {
                Naming::Version => Says::HOLDS,
                Naming::Latest => Says::BROKEN,
            },
            Statement::RolloutComplete => self.rollout_complete(),
            Statement::Stable => self.stable(),
            Statement::ContainersHealthy => self.containers_healthy(),
            Statement::OldTasksGone => self.old_tasks_gone(),
            Statement::TargetsHealthy => self.targets_healthy(),
            Statement::Responds => self.responds(),
            Statement::LineSeen => self.line_seen(),
            Statement::LineAbsent => self.line_absent(),
        }
    }

    /// The suite speaks of a deployment that nobody made; so soon, AWS may just not show it yet.
    fn may_be_hidden(&self) -> bool {
        let story = self.story();
        let since = self.truth.at.duration_since(story.deployed_at());
        story.says_when && story.pipeline == Pipeline::Forgot && since < LAG
    }

    /// Whether the look may have been answered from before another deployment overtook the judged one.
    fn is_overtaken_lately(&self) -> bool {
        let overtook = self.truth.deployments.last();
        overtook.is_some_and(|it| self.truth.at.duration_since(it.created_at) <= self.watched.lag)
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
