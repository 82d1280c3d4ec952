//! The deployment circuit breaker: it ends a deployment whose tasks fail, and rolls it back if it is told to.

use jiff::SignedDuration;

use super::{World, queue::Due};
use crate::{
    identity,
    time::{after, after_ms},
};

/// A failed deployment stays in the list for about so long after it has failed.
pub(super) const LINGERS: SignedDuration = SignedDuration::from_secs(75);

/// So many tasks must fail in a row: half of the desired count, within AWS's bounds.
pub(crate) fn threshold(desired: u32) -> u32 {
    desired.div_ceil(2).clamp(3, 200)
}

impl World {
    /// After a failure: once there are enough, the breaker notices within the minute, and nothing is
    /// launched until then.
    pub(super) fn watch_failures(&mut self, service: usize, deployment: usize) {
        let state = &self.services[service];
        let failing = &state.deployments[deployment];
        let enabled = self
            .declared(state)
            .is_some_and(|declared| declared.circuit_breaker.is_some());
        if !enabled || failing.failed_tasks != threshold(state.desired) {
            return;
        }
        let notices = after_ms(
            self.now,
            identity::between(&[&failing.number, "breaker"], 30_000, 45_000),
        );
        let state = &mut self.services[service];
        state.launches_from = state.launches_from.max(notices);
        self.queue.push(
            notices,
            Due::Breaks {
                service,
                deployment,
            },
        );
    }

    /// Fails the deployment, and rolls it back to the last one that was completed.
    pub(super) fn break_circuit(&mut self, service: usize, deployment: usize) {
        let now = self.now;
        let state = &self.services[service];
        let failing = &state.deployments[deployment];
        let still = state.primary() == deployment
            && failing.completed_at.is_none()
            && failing.failed_tasks >= threshold(state.desired);
        let breaker = self
            .declared(state)
            .and_then(|declared| declared.circuit_breaker);
        let (true, Some(breaker)) = (still, breaker) else {
            return;
        };
        let state = &mut self.services[service];
        let failing = &mut state.deployments[deployment];
        failing.failed_at = Some(now);
        failing.updated_at = now;
        let (id, is_rollback) = (failing.id(), failing.rollback.is_some());
        state.tell(
            now,
            &format!("(deployment {id}) deployment failed: tasks failed to start."),
        );
        // A rollback that fails as well stays failed.
        if breaker.rollback && !is_rollback {
            state.roll_back(now, deployment);
        }
        state.launches_from = after_ms(now, identity::between(&[&id, "rollback"], 3_000, 8_000));
        let looks = [state.launches_from, after(now, LINGERS)];
        for at in looks {
            self.queue.push(at, Due::Reconcile(service));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn the_threshold_is_half_of_the_count_within_bounds() {
        let thresholds = [0, 1, 6, 7, 25, 400, 1_000].map(threshold);
        assert_eq!(thresholds, [3, 3, 3, 4, 13, 200, 200]);
    }
}
