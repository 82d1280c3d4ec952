//! Starting rounds: which checks are due together, and what each look is given.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use touchdown_checks::contract::Times;
use touchdown_checks::reads::Reads;

use super::Rounds;
use crate::plan::PlannedCheck;
use crate::run::course::Due;
use crate::run::look::{Look, Round, jitter};

/// However near the run's end, a look gets this long.
const AT_LEAST: Duration = Duration::from_secs(1);

impl Rounds<'_> {
    /// Looks, on one picture, at all checks that are due now or so soon that they may share
    /// it: within a quarter of their pause.
    pub(super) fn start_round(&mut self) {
        let now = Instant::now();
        let indices = self.affordable(self.due_together(now), now);
        if indices.is_empty() {
            return;
        }
        self.round += 1;
        let round = Round {
            number: self.round,
            reads: Reads::of_round(Arc::clone(&self.connections)),
            jitter: jitter(self.connections.clock().at(self.began), self.round),
        };
        if self.round == 1 {
            self.find_targets(&round.reads);
        }
        for index in indices {
            self.due.remove(index);
            let check = &self.plan.checks[index];
            let look = Look {
                index,
                check: Arc::clone(&self.checks[index]),
                actions: check.actions,
                target: check
                    .target
                    .as_ref()
                    .and_then(|name| self.targets.get(name))
                    .cloned(),
                round: round.clone(),
                times: self.times(check, index, now),
                memory: self.memories[index].clone(),
                folder: Arc::clone(&check.folder),
                began: now,
                last_look: self.outcomes[index].last_look(),
                latest: self.ends.map(|ends| ends.max(now + AT_LEAST)),
            };
            self.looks.spawn(look.make());
        }
    }

    /// The open checks that are due now, or so soon that they may share the picture.
    fn due_together(&self, now: Instant) -> Vec<usize> {
        let together = |(index, due): (usize, Due)| {
            let early = if due.exact {
                Duration::ZERO
            } else {
                self.plan.checks[index].every / 4
            };
            (due.at <= now + early).then_some(index)
        };
        self.due.iter().filter_map(together).collect()
    }

    /// Those for whose requests the budget has enough, if this round takes what the rounds before
    /// took. The others are put off until it has, and then look together. At the run's end there is
    /// nothing to wait for.
    fn affordable(&mut self, indices: Vec<usize>, now: Instant) -> Vec<usize> {
        let cost = self.pacing.cost();
        let mut waits: HashMap<&'static [&'static str], Duration> = HashMap::new();
        let mut affordable = Vec::with_capacity(indices.len());
        for index in indices {
            let actions = self.plan.checks[index].actions;
            let wait = waits
                .entry(actions)
                .or_insert_with(|| cost.affordable_in(actions, &self.connections));
            let then = now + *wait;
            if wait.is_zero() || self.ends.is_some_and(|ends| then >= ends) {
                affordable.push(index);
            } else {
                self.due.put_off(index, then);
                self.outcomes[index].put_off(then);
            }
        }
        affordable
    }

    /// Settles on the first round's picture what is judged, also by checks that wait for others.
    fn find_targets(&mut self, reads: &Reads) {
        for sought in self.targets.values() {
            let (sought, reads) = (Arc::clone(sought), reads.clone());
            self.findings.spawn(async move {
                sought.settle(&reads).await;
            });
        }
    }

    /// How long a look may take: its own time-out, but not past the run's end.
    fn limit(&self, check: &PlannedCheck, now: Instant) -> Duration {
        let left = self
            .ends
            .map(|ends| ends.saturating_duration_since(now).max(AT_LEAST));
        left.map_or(check.timeout, |left| left.min(check.timeout))
    }

    fn times(&self, check: &PlannedCheck, index: usize, now: Instant) -> Times {
        let clock = self.connections.clock();
        let followed = check.follows.as_ref().and_then(|planned| {
            let place = *self.places.get(planned.as_str())?;
            // The check knows the other one by the id that the suite gives it.
            Some((
                self.checks[index].follows()?.to_owned(),
                clock.at(self.outcomes[place].held_since?),
            ))
        });
        Times {
            now: clock.at(now),
            run_started: clock.at(self.began),
            opened: clock.at(self.outcomes[index].opened.unwrap_or(now)),
            limit: self.limit(check, now),
            held_since: followed.into_iter().collect(),
        }
    }
}
