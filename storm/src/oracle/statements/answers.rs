//! Statements about what the application says: its page, and its lines.

use touchdown_simulator::truth::{LineTruth, TaskTruth};

use super::Instant;
use crate::oracle::Says;
use crate::story::{APP, PROXY, line};

impl Instant<'_> {
    /// Whose code answers: one of the tasks that do, drawn anew for each request. Where traffic is shared out
    /// among deployments, requests for one of which no task answers are lost.
    pub(super) fn responds(&self) -> Says {
        let of = |deployment: usize| self.truth.deployments[deployment].share;
        let answering = || self.truth.tasks.iter().filter(|task| task.answers);
        let shared = answering().filter(|task| of(task.deployment) != Some(0.0));
        let answers = shared.map(|task| {
            let image = task
                .containers
                .first()
                .and_then(|container| container.image.as_deref());
            match image.is_some_and(|image| self.code(image) == "app-2") {
                true => Says::HOLDS,
                false => Says::NOT_YET,
            }
        });
        let lost = |deployment: &usize| {
            let gets = of(*deployment).is_some_and(|share| share > 0.0);
            gets && !answering().any(|task| task.deployment == *deployment)
        };
        let lost = (0..self.truth.deployments.len())
            .filter(lost)
            .map(|_| Says::NOT_YET);
        answers
            .chain(lost)
            .reduce(|one, other| one | other)
            .unwrap_or(Says::NOT_YET)
    }

    /// The lines of the judged deployment's tasks that can be read by now.
    fn lines(&self) -> impl Iterator<Item = &LineTruth> {
        let judged = |id: &str| {
            let mut tasks = self.truth.tasks.iter();
            tasks.any(|task| task.id == id && task.deployment == self.judged())
        };
        let lines = self.watched.lines.iter();
        lines.filter(move |line| line.readable_at <= self.truth.at && judged(&line.task))
    }

    pub(super) fn line_seen(&self) -> Says {
        let sought = line(2);
        let seen = self
            .lines()
            .any(|one| is_judged(one) && one.text.contains(&sought));
        match (self.running().next(), seen) {
            (Some(_), true) => Says::HOLDS,
            (Some(_), false) => Says::NOT_YET,
            (None, _) => self.waits(),
        }
    }

    pub(super) fn line_absent(&self) -> Says {
        let forbidden = line(1);
        if self
            .lines()
            .any(|one| is_judged(one) && one.text.contains(&forbidden))
        {
            return Says::BROKEN;
        }
        if self.running().count() < self.truth.desired {
            // No line is no failure, and no proof: where nothing ever ran, either is said.
            return Says::NOT_YET | Says::UNKNOWN;
        }
        let speaks = |task: &TaskTruth, name: &str| {
            let mut lines = self.lines();
            lines.any(|one| one.task == task.id && one.container == name)
        };
        let essential = |task: &TaskTruth| {
            let containers = task.containers.iter().filter(|c| c.essential);
            containers
                .into_iter()
                .all(|container| speaks(task, &container.name))
        };
        match self.running().all(essential) {
            true => Says::HOLDS,
            false => Says::UNKNOWN,
        }
    }
}

/// Lines of the containers that are judged: the essential ones.
fn is_judged(line: &LineTruth) -> bool {
    [APP, PROXY].contains(&line.container.as_str())
}
