//! Looking back at the end of a run: verdicts about a deployment that was not the latest are taken back.

use touchdown_checks::ecs;

use super::Rounds;

impl Rounds<'_> {
    /// Takes back the verdicts on each target whose judged deployment was not the latest when the run
    /// began: its first look was answered from an older state, as a later one showed.
    pub(super) fn look_back(&mut self) {
        for (index, check) in self.plan.checks.iter().enumerate() {
            let sought = check
                .target
                .as_ref()
                .and_then(|name| self.targets.get(name));
            let target = sought.and_then(|sought| sought.found());
            let Some((shown, why)) =
                target.and_then(|target| ecs::hindsight(target, &self.connections))
            else {
                continue;
            };
            // A look that began later has seen it, and says what became of the one before.
            let outcome = &mut self.outcomes[index];
            let latest = outcome.attempts.last();
            let before = latest.is_some_and(|attempt| attempt.at < shown);
            if before && outcome.take_back(&why) {
                self.tell_settled(index);
            }
        }
    }
}
