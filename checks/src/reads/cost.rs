//! What a round takes out of the budget: how long that takes to come back, and how long the
//! round's own requests had to wait for it.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::budget::{Bucket, Budget};
use super::{Connections, Reads};

/// Requests that come again with every round, by the quota that they count against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost(BTreeMap<(Bucket, String), u32>);

impl Cost {
    /// The more expensive of both, for each quota.
    pub fn at_least(&mut self, other: &Self) {
        for (quota, requests) in &other.0 {
            let known = self.0.entry(quota.clone()).or_default();
            *known = (*known).max(*requests);
        }
    }

    /// How long the budget takes to get back what such a round takes of the quotas that these
    /// actions use.
    fn comes_back_in(&self, actions: &[&str], budget: &Budget) -> Duration {
        let used = self.used_by(actions);
        used.map(|((bucket, region), requests)| {
            let allowance = budget.allowance(*bucket, region);
            allowance.time_for(f64::from(*requests))
        })
        .max()
        .unwrap_or_default()
    }

    /// How long until the budget has as much, of the quotas that these actions use, as such a
    /// round takes, or is full.
    #[must_use]
    pub fn affordable_in(&self, actions: &[&str], connections: &Connections) -> Duration {
        let now = Instant::now();
        let used = self.used_by(actions);
        used.map(|((bucket, region), requests)| {
            let budget = &connections.budget;
            budget.short_of(*bucket, region, *requests, now)
        })
        .max()
        .unwrap_or_default()
    }

    fn used_by(&self, actions: &[&str]) -> impl Iterator<Item = (&(Bucket, String), &u32)> {
        let used: Vec<Bucket> = actions
            .iter()
            .filter_map(|action| Bucket::of(action))
            .collect();
        self.0
            .iter()
            .filter(move |((bucket, _), _)| used.contains(bucket))
    }
}

/// What a round has taken by now.
#[derive(Debug, Default)]
pub(super) struct Spent {
    cost: Cost,
    /// The time in which a request of the round was waiting for the budget.
    waited: Duration,
    /// Until when the latest of them waits.
    until: Option<Instant>,
}

impl Spent {
    fn wait(&mut self, now: Instant, wait: Duration) {
        let from = self.until.map_or(now, |until| until.max(now));
        let until = now + wait;
        if until > from {
            self.waited += until - from;
            self.until = Some(until);
        }
    }
}

impl Reads {
    /// Makes one request when the budget has a token for it.
    pub(super) async fn within_budget<A: Future>(
        &self,
        bucket: Bucket,
        region: &str,
        ask: impl FnOnce() -> A,
    ) -> A::Output {
        let quota = (bucket, region.to_owned());
        *self.spent().cost.0.entry(quota).or_default() += 1;
        self.once_within_budget(bucket, region, ask).await
    }

    /// The same for a question that is asked once in a run: it tells nothing of what the next round
    /// costs.
    ///
    /// `ask` makes the request and waits for nothing else of the same budget.
    pub(super) async fn once_within_budget<A: Future>(
        &self,
        bucket: Bucket,
        region: &str,
        ask: impl FnOnce() -> A,
    ) -> A::Output {
        let mut turn = self.connections.budget.enlist(bucket, region);
        loop {
            let now = Instant::now();
            let wait = turn.wait(now);
            if wait.is_zero() {
                break;
            }
            self.spent().wait(now, wait);
            tokio::time::sleep(wait).await;
        }
        let at_once = Arc::clone(&turn.at_once);
        let _on_its_way = at_once.acquire().await;
        turn.send(Instant::now());
        ask().await
    }

    /// What this round has cost by now.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.spent().cost.clone()
    }

    /// The shortest pause between rounds like this one that the budget allows for long, as far as
    /// these actions use it.
    #[must_use]
    pub fn least_pause(&self, actions: &[&str]) -> Duration {
        let budget = &self.connections.budget;
        self.spent().cost.comes_back_in(actions, budget)
    }

    /// How long requests of this round have to wait for the budget, as far as they were made by
    /// now. A look's time-out doesn't count it.
    #[must_use]
    pub fn waits(&self) -> Duration {
        self.spent().waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_at_the_same_time_counts_once() {
        let (mut spent, began) = (Spent::default(), Instant::now());
        let second = Duration::from_secs;
        spent.wait(began, second(3));
        spent.wait(began, second(5));
        spent.wait(began + second(1), second(2));
        assert_eq!(spent.waited, second(5));
        spent.wait(began + second(10), second(1));
        assert_eq!(spent.waited, second(6));
    }

    #[test]
    fn only_the_quotas_that_a_check_uses_stretch_its_pause() {
        let quota = |bucket| (bucket, "eu-west-1".to_owned());
        let mut cost = Cost(BTreeMap::from([
            (quota(Bucket::EcsServices), 50),
            (quota(Bucket::LogEvents), 60),
        ]));
        let tasks = ["ecs:DescribeServices", "ecs:ListTasks"];
        let pause = |cost: &Cost, actions: &[&str]| cost.comes_back_in(actions, &Budget::default());
        assert_eq!(pause(&cost, &tasks), Duration::from_secs(5));
        let logs = ["logs:FilterLogEvents"];
        assert_eq!(pause(&cost, &logs), Duration::from_secs(12));
        assert_eq!(pause(&cost, &[]), Duration::ZERO);
        cost.at_least(&Cost(BTreeMap::from([(quota(Bucket::EcsServices), 80)])));
        assert_eq!(pause(&cost, &tasks), Duration::from_secs(8));
    }
}
