//! The plan of a task: made when it is created, and completed when its images are known.

use jiff::Timestamp;

use super::{target::Target, task_definition::TaskDefinition, vitals::Vitals};
use crate::{
    identity,
    scenario::format::TaskFacts,
    time::{after_ms, ms_between},
};

/// The plan of a task that nothing disturbs. What will never be is at the far end of time.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub created: Timestamp,
    pub provisioned: Timestamp,
    pub pull_started: Timestamp,
    pub pull_stopped: Timestamp,
    pub started: Timestamp,
    /// The container health check passes.
    pub healthy: Timestamp,
    /// It gets requests.
    pub in_service: Timestamp,
    /// It counts as a replacement for an old task.
    pub steady: Timestamp,
}

impl Life {
    /// The life of a task created now: spans as measured on Fargate, spread by the task's id. A start that
    /// is a known fact is kept, and the pull is fitted before it.
    pub(crate) fn plan(id: &str, created: Timestamp, facts: &TaskFacts) -> Self {
        let spread = |what: &str, least, most| identity::between(&[id, what], least, most);
        let pull_started = after_ms(created, spread("pull starts", 11_000, 22_000));
        let pull_stopped = after_ms(pull_started, spread("pull", 4_000, 16_000));
        let started = after_ms(pull_stopped, spread("start", 4_000, 14_000));
        let mut life = Self {
            created,
            provisioned: after_ms(created, spread("provision", 4_000, 9_000)),
            pull_started,
            pull_stopped,
            started,
            healthy: Timestamp::MAX,
            in_service: Timestamp::MAX,
            steady: Timestamp::MAX,
        };
        if let Some(fact) = facts.started_at {
            life.start_at(fact);
        }
        life
    }

    /// Completes the plan once the course of the containers is known.
    pub(super) fn foresee(
        &mut self,
        id: &str,
        definition: &TaskDefinition,
        vitals: &[Vitals],
        target: Option<&Target>,
    ) {
        let examined = definition
            .containers
            .iter()
            .zip(vitals)
            .filter(|(container, _)| container.essential && container.health_check.is_some());
        self.healthy = examined
            .map(|(_, vitals)| vitals.healthy.unwrap_or(Timestamp::MAX))
            .fold(self.started, Timestamp::max);
        self.in_service = match target {
            Some(target) => target.in_service.unwrap_or(Timestamp::MAX),
            None => vitals
                .iter()
                .map(|vitals| vitals.answers)
                .fold(self.started, Timestamp::max),
        };
        // The scheduler needs a look to see it.
        self.steady = after_ms(
            self.in_service.max(self.healthy),
            identity::between(&[id, "steady"], 1_000, 5_000),
        );
    }

    /// Stretches or shrinks the way to the start so that it ends at `fact`.
    fn start_at(&mut self, fact: Timestamp) {
        let planned = ms_between(self.created, self.started).max(1);
        let known = ms_between(self.created, fact).max(1);
        let fit = |instant: Timestamp, created: Timestamp| {
            let way = ms_between(created, instant).saturating_mul(known) / planned;
            after_ms(created, u64::try_from(way).unwrap_or(0))
        };
        self.provisioned = fit(self.provisioned, self.created);
        self.pull_started = fit(self.pull_started, self.created);
        self.pull_stopped = fit(self.pull_stopped, self.created);
        self.started = fact.max(self.pull_stopped);
    }
}
