//! Statements about the rollout and its tasks: how far they are, how healthy, and whether they stay.

use jiff::SignedDuration;
use touchdown_simulator::truth::{ContainerTruth, Health, Phase, TaskTruth};

use super::Instant;
use crate::oracle::{Says, ends};

/// A look at least so often.
const ROUND: SignedDuration = SignedDuration::from_millis(2_200);

impl Instant<'_> {
    pub(super) fn revision_advanced(&self) -> Says {
        let judged = self.judged();
        let Some(before) = judged.checked_sub(1) else {
            return Says::OPEN;
        };
        let deployments = &self.truth.deployments;
        match deployments[judged].revision > deployments[before].revision {
            true => Says::HOLDS,
            false => Says::BROKEN,
        }
    }

    pub(super) fn rollout_complete(&self) -> Says {
        let deployment = &self.truth.deployments[self.judged()];
        let running = self.running().count();
        if deployment.failed {
            return Says::BROKEN;
        }
        match deployment.complete && running == self.truth.desired {
            true => Says::HOLDS,
            false => self.waits(),
        }
    }

    /// All wanted tasks run; what stopped is forgiven once, or where it has been outlived.
    pub(super) fn stable(&self) -> Says {
        let began = self.watched.first().at;
        let own: Vec<_> = ends::failed(self.truth, self.judged())
            .filter(|stop| ends::is_own(stop.cause))
            .collect();
        if own.len() >= 2 && own.iter().any(|stop| stop.at > began) {
            return Says::BROKEN;
        }
        if self.running().count() < self.truth.desired {
            return self.waits();
        }
        let ill = |container: &ContainerTruth| container.health == Health::Unhealthy;
        if self
            .running()
            .any(|task| task.containers.iter().any(|c| c.essential && ill(c)))
        {
            return Says::NOT_YET;
        }
        // The look after a stop sees it, though all run again.
        let just = |at: jiff::Timestamp| at > began && self.truth.at.duration_since(at) <= ROUND;
        if ends::failed(self.truth, self.judged()).any(|stop| just(stop.at)) {
            return Says::HOLDS | Says::NOT_YET;
        }
        match own.len() {
            0 | 1 => Says::HOLDS,
            _ => self.outlives_all(),
        }
    }

    /// Whether it is longer ago that one stopped than any of them had lived, by the stamps that ECS gives.
    fn outlives_all(&self) -> Says {
        let tasks = self
            .truth
            .tasks
            .iter()
            .filter(|task| task.deployment == self.judged());
        let ended = tasks.filter_map(|task| Some((task, task.stop.as_ref()?)));
        let own: Vec<_> = ended.filter(|(_, stop)| ends::is_own(stop.cause)).collect();
        let longest = own
            .iter()
            .filter_map(|(task, stop)| ends::lived(task, stop.at))
            .max();
        let last = own.iter().map(|(_, stop)| stop.at).max();
        let (Some(longest), Some(last)) = (longest, last) else {
            return Says::HOLDS;
        };
        let further = self.truth.at.duration_since(last) - longest;
        match () {
            () if further > 2 * ends::STAMPED => Says::HOLDS,
            () if further.is_positive() => Says::HOLDS | Says::NOT_YET,
            () => Says::NOT_YET,
        }
    }

    pub(super) fn containers_healthy(&self) -> Says {
        if !self.story().health_check {
            return Says::OPEN;
        }
        self.every_task(|task| {
            let checked = task.containers.iter().filter(|c| c.essential);
            let healthy =
                |c: &ContainerTruth| matches!(c.health, Health::Healthy | Health::Unchecked);
            match checked.into_iter().all(healthy) {
                true => Says::HOLDS,
                false => Says::NOT_YET,
            }
        })
    }

    pub(super) fn old_tasks_gone(&self) -> Says {
        let other =
            |task: &&TaskTruth| task.deployment != self.judged() && task.phase != Phase::Gone;
        if self.truth.tasks.iter().any(|task| other(&task)) {
            return match self.running().next() {
                Some(_) => Says::NOT_YET,
                None => self.waits() | Says::NOT_YET,
            };
        }
        match self.running().next() {
            Some(_) => Says::HOLDS,
            None => self.waits(),
        }
    }

    pub(super) fn targets_healthy(&self) -> Says {
        let says = self.every_task(|task| match task.is_served {
            true => Says::HOLDS,
            false => Says::NOT_YET,
        });
        let mut tasks = self.truth.tasks.iter();
        let stays = |task: &TaskTruth| task.stays && task.deployment == self.judged();
        match says == Says::HOLDS && tasks.any(|task| task.is_served && !stays(task)) {
            true => Says::NOT_YET,
            false => says,
        }
    }
}
