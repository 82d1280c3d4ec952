//! Blue/green: the new tasks come up beside the old ones, the traffic moves over, and then the old ones go.
//! ECS's own strategies, CodeDeploy and external deployments differ in what they show of it.

use jiff::{SignedDuration, Timestamp};

use super::{World, queue::Due, task::Task};
use crate::{
    scenario::format::{Controller, Service, Stage, Strategy},
    time::{after, ms_between},
};

/// How long a stage takes that has nothing to wait for.
const BRIEF: SignedDuration = SignedDuration::from_secs(8);

/// How far a deployment that moves traffic has come.
#[derive(Debug, Clone)]
pub(crate) struct Shift {
    pub stage: Stage,
    /// When it came to the stage.
    pub since: Timestamp,
    /// When production traffic began to move, and when all of it had.
    pub moves_from: Option<Timestamp>,
    pub moved_at: Option<Timestamp>,
    /// Whether it was told to go on from the stage at which it waits.
    pub continued: bool,
}

impl Shift {
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            stage: Stage::PreScaleUp,
            since: at,
            moves_from: None,
            moved_at: None,
            continued: false,
        }
    }

    /// Whether the old tasks still stay.
    pub(super) fn keeps_the_old(&self) -> bool {
        self.stage < Stage::CleanUp
    }

    /// Of a hundred requests, how many it gets at an instant.
    fn percent(&self, declared: &Service, at: Timestamp) -> f64 {
        if self.moved_at.is_some_and(|moved| moved <= at) {
            return 100.0;
        }
        let Some(from) = self.moves_from.filter(|from| *from <= at) else {
            return 0.0;
        };
        let (step, bake) = (
            declared.shifting.step_percent,
            declared.shifting.step_bake_time,
        );
        match declared.strategy {
            Strategy::Canary => step,
            Strategy::Linear => {
                let bake = i64::try_from(bake.as_millis()).unwrap_or(i64::MAX).max(1);
                let steps = i32::try_from(1 + ms_between(from, at) / bake).unwrap_or(i32::MAX);
                (step * f64::from(steps)).min(100.0)
            }
            // All at once, at the stage's end.
            Strategy::Rolling | Strategy::BlueGreen => 0.0,
        }
    }
}

/// How long a stage takes by itself.
fn takes(stage: Stage, declared: &Service) -> SignedDuration {
    let shifting = &declared.shifting;
    match (stage, declared.strategy) {
        (Stage::BakeTime, _) => shifting.bake_time,
        (Stage::ProductionTrafficShift, Strategy::Canary) => shifting.step_bake_time,
        (Stage::ProductionTrafficShift, Strategy::Linear) => {
            let step = shifting.step_percent.clamp(1.0, 100.0);
            shifting.step_bake_time.mul_f64((100.0 / step).ceil() - 1.0)
        }
        _ => BRIEF,
    }
}

impl World {
    /// The PRIMARY deployment goes from one stage to the next, unless it has left that one already.
    pub(super) fn next_stage(&mut self, service: usize, deployment: usize, from: Stage) {
        let now = self.now;
        let state = &mut self.services[service];
        let is_current = state.primary() == deployment;
        let current = &mut state.deployments[deployment];
        let Some(shift) = &mut current.shift else {
            return;
        };
        let Some(next) = from.next().filter(|_| is_current && shift.stage == from) else {
            return;
        };
        shift.stage = next;
        shift.since = now;
        current.updated_at = now;
        match next {
            Stage::ProductionTrafficShift => shift.moves_from = Some(now),
            Stage::PostProductionTrafficShift => shift.moved_at = Some(now),
            _ => {}
        }
        match next {
            // The scheduler leaves these stages, when the tasks are there or gone.
            Stage::ScaleUp | Stage::CleanUp => self.queue.push(now, Due::Reconcile(service)),
            _ => self.await_next_stage(service, deployment),
        }
    }

    /// Lets the stage end in its time; one at which it waits has none.
    fn await_next_stage(&mut self, service: usize, deployment: usize) {
        let state = &self.services[service];
        let declared = self.document.services.get(&state.key);
        let (Some(declared), Some(shift)) = (declared, &state.deployments[deployment].shift) else {
            return;
        };
        if declared.shifting.waits_at == Some(shift.stage) && !shift.continued {
            return;
        }
        let ends = after(self.now, takes(shift.stage, declared));
        let from = shift.stage;
        self.queue.push(
            ends,
            Due::NextStage {
                service,
                deployment,
                from,
            },
        );
    }

    /// The new tasks are all there.
    pub(super) fn scaled_up(&mut self, service: usize) {
        let state = &self.services[service];
        let primary = state.primary();
        let scales = |stage| stage == Stage::ScaleUp;
        let shift = state.deployments[primary].shift.as_ref();
        let steady = self
            .tasks_of(service, primary)
            .filter(|task| task.is_steady(self.now))
            .count();
        if shift.is_some_and(|shift| scales(shift.stage)) && steady >= state.wanted() as usize {
            self.next_stage(service, primary, Stage::ScaleUp);
        }
    }

    /// Lets a deployment go on that waits.
    pub(crate) fn continue_deployment(&mut self, service: usize) -> Result<(), String> {
        let state = &mut self.services[service];
        let waits_at = self
            .document
            .services
            .get(&state.key)
            .and_then(|declared| declared.shifting.waits_at);
        let primary = state.primary();
        let shift = state.deployments[primary].shift.as_mut();
        let waiting = shift.filter(|shift| Some(shift.stage) == waits_at && !shift.continued);
        let Some(shift) = waiting else {
            return Err(format!(
                "no deployment of {} waits to be continued",
                state.name
            ));
        };
        shift.continued = true;
        let from = shift.stage;
        self.next_stage(service, primary, from);
        Ok(())
    }

    /// The stage at which the PRIMARY deployment waits.
    pub(crate) fn waits_at(&self, service: usize) -> Option<Stage> {
        let state = &self.services[service];
        let waits_at = self.declared(state)?.shifting.waits_at?;
        let shift = state.deployments[state.primary()].shift.as_ref()?;
        (shift.stage == waits_at && !shift.continued).then_some(waits_at)
    }

    /// Which deployments get production traffic at an instant, newest first, with their share of a hundred;
    /// nothing of a service whose tasks all take part.
    pub(crate) fn shares(&self, service: usize, at: Timestamp) -> Vec<(usize, f64)> {
        let state = &self.services[service];
        let Some(declared) = self.declared(state).filter(|declared| declared.shifts()) else {
            return Vec::new();
        };
        let (mut shares, mut left) = (Vec::new(), 100.0);
        for (number, deployment) in state.deployments.iter().enumerate().rev() {
            let shift = deployment.shift.as_ref();
            let percent = shift.map_or(100.0, |shift| shift.percent(declared, at));
            let share = left * percent / 100.0;
            if share > 0.0 {
                shares.push((number, share));
            }
            left -= share;
        }
        shares
    }

    /// The deployment that gets most of the production traffic.
    pub(crate) fn serving(&self, service: usize) -> usize {
        let shares = self.shares(service, self.now);
        let most = shares
            .into_iter()
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        most.map_or(self.services[service].primary(), |(number, _)| number)
    }

    /// The target group that a deployment registers its tasks with: it takes turns with the one before.
    pub(crate) fn group_of_deployment(&self, service: usize, deployment: usize) -> Option<&str> {
        let state = &self.services[service];
        let balancer = self.load_balancer(state)?;
        let alternate = balancer.alternate_target_group.as_deref();
        let turn = alternate.filter(|_| !deployment.is_multiple_of(2));
        Some(turn.unwrap_or(&balancer.target_group))
    }

    /// Whether a task's group gets production requests of its service at an instant, of a hundred.
    pub(super) fn share_of(&self, task: &Task, at: Timestamp) -> f64 {
        let shares = self.shares(task.service, at);
        let own = shares.iter().find(|(number, _)| *number == task.deployment);
        match shares.is_empty() {
            true => 100.0,
            false => own.map_or(0.0, |(_, share)| *share),
        }
    }

    /// Who deploys a service.
    pub(crate) fn controller(&self, service: &super::Service) -> Controller {
        let declared = self.declared(service);
        declared.map_or(Controller::Ecs, |declared| declared.controller)
    }
}
