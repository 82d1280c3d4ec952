//! Telling the observer of a run what happens to its checks.

use std::time::Duration;

use tokio::time::Instant;

use super::Rounds;
use crate::plan::Plan;
use crate::run::event::{Announced, Event, Held};
use crate::run::outcome::Stage;

/// The run begins.
pub(super) fn started(plan: &Plan) -> Event {
    let announced = plan.checks.iter().map(|check| Announced {
        id: check.id.clone(),
        kind: check.kind.to_string(),
        name: check.name.clone(),
        target: check.target.clone(),
        required: check.required,
    });
    Event::Started {
        suite: plan.suite_name.clone(),
        checks: announced.collect(),
    }
}

impl Rounds<'_> {
    pub(super) fn tell_looked(&mut self, index: usize, at: Instant) {
        let outcome = &self.outcomes[index];
        let Some(attempt) = outcome.attempts.last().cloned() else {
            return;
        };
        let since = match &outcome.stage {
            Stage::Open(course) => course.holding_since(),
            _ => None,
        };
        let held = since.zip(self.plan.checks[index].hold);
        let held = held.map(|(since, of)| Held {
            since: at.saturating_duration_since(since),
            of,
        });
        self.observer.event(&Event::Looked {
            check: index,
            attempt,
            held,
        });
    }

    pub(super) fn tell_settled(&mut self, index: usize) {
        let outcome = &self.outcomes[index];
        let Some(settled) = outcome.settled() else {
            return;
        };
        self.observer.event(&Event::Settled {
            check: index,
            verdict: settled.verdict,
            headline: settled.headline.clone(),
            took: outcome
                .opened
                .map_or(Duration::ZERO, |opened| settled.at - opened),
        });
    }
}
