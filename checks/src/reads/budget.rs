//! A budget of requests per AWS quota, so that touchdown never starves the account's other
//! users: half of the published quota, as a token bucket.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The requests that share one quota. Quotas are counted per account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    /// ecs:DescribeTasks and ecs:ListTasks together.
    EcsClusterResources,
    /// ecs:DescribeServices, ecs:ListServices and ecs:ListClusters.
    EcsServices,
    /// ecs:DescribeTaskDefinition.
    EcsTaskDefinitions,
    /// ecs:ListServiceDeployments, ecs:DescribeServiceDeployments and
    /// ecs:DescribeServiceRevisions.
    EcsServiceDeployments,
    /// ecr:DescribeImages, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; the first's is
    /// unpublished, said to be low.
    EcrImages,
    /// Every elasticloadbalancing:Describe… call.
    LoadBalancing,
    /// cloudwatch:DescribeAlarms.
    Alarms,
    /// cloudwatch:GetMetricData.
    Metrics,
    /// logs:FilterLogEvents.
    LogEvents,
}

/// Half of what AWS allows: a burst, and what comes back each second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Allowance {
    burst: f64,
    per_second: f64,
}

/// The quotas of the Amazon ECS and Elastic Load Balancing API throttling pages, and of the
/// CloudWatch and CloudWatch Logs quotas pages.
fn allowance(bucket: Bucket, region: &str) -> Allowance {
    let (burst, per_second) = match bucket {
        Bucket::EcsClusterResources | Bucket::EcsServices => (50.0, 10.0),
        Bucket::EcsTaskDefinitions | Bucket::EcsServiceDeployments => (25.0, 10.0),
        Bucket::EcrImages => (10.0, 5.0),
        Bucket::LoadBalancing => (20.0, 5.0),
        Bucket::Alarms => (4.5, 4.5),
        Bucket::Metrics => (25.0, 25.0),
        Bucket::LogEvents => match region {
            "us-east-1" => (12.5, 12.5),
            "eu-central-1" | "ca-west-1" | "ap-northeast-3" | "ap-southeast-3" | "il-central-1" => {
                (2.5, 2.5)
            }
            _ => (5.0, 5.0),
        },
    };
    Allowance { burst, per_second }
}

impl Allowance {
    /// The part of one of so many runs that share it.
    fn shared_by(self, runs: NonZeroU32) -> Self {
        let runs = f64::from(runs.get());
        Self {
            burst: self.burst / runs,
            per_second: self.per_second / runs,
        }
    }
}

/// The budget of one run.
#[derive(Debug)]
pub(super) struct Budget {
    /// How many runs share the quotas at the same time, this one included.
    runs: NonZeroU32,
    levels: Mutex<HashMap<(Bucket, String), Level>>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of_one_of(NonZeroU32::MIN)
    }
}

impl Budget {
    /// The budget of one of so many runs that go on at the same time. All of them together ask no
    /// more often than one run alone would.
    pub fn of_one_of(runs: NonZeroU32) -> Self {
        Self {
            runs,
            levels: Mutex::default(),
        }
    }

    /// Takes one request out of the budget, waiting until there is one.
    pub async fn take(&self, bucket: Bucket, region: &str) {
        let wait = self.reserve(bucket, region, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes a token, going below zero where there is none; the debt is the wait. Thus
    /// those who wait are served in the order in which they asked.
    fn reserve(&self, bucket: Bucket, region: &str, now: Instant) -> Duration {
        let allowance = allowance(bucket, region).shared_by(self.runs);
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.entry((bucket, region.to_owned())).or_insert(Level {
            tokens: allowance.burst,
            at: now,
        });
        let refilled = now.saturating_duration_since(level.at).as_secs_f64() * allowance.per_second;
        level.tokens = (level.tokens + refilled).min(allowance.burst) - 1.0;
        level.at = now;
        if level.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(-level.tokens / allowance.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let budget = Budget::default();
        let began = Instant::now();
        for _ in 0..50 {
            budget.take(Bucket::EcsServices, "eu-west-1").await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        for _ in 0..20 {
            budget.take(Bucket::EcsServices, "eu-west-1").await;
        }
        assert_eq!(
            began.elapsed().as_millis() / 100,
            20,
            "20 more at 10 a second"
        );
        let elsewhere = Instant::now();
        budget.take(Bucket::EcsServices, "us-east-1").await;
        assert_eq!(
            elsewhere.elapsed(),
            Duration::ZERO,
            "each region has its own"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn runs_at_the_same_time_share_the_allowance() {
        let eight = NonZeroU32::new(8).expect("not zero");
        let (began, mut asked) = (Instant::now(), 0);
        for _ in 0..8 {
            let budget = Budget::of_one_of(eight);
            while budget.reserve(Bucket::EcrImages, "eu-west-1", began) < Duration::from_secs(10) {
                asked += 1;
            }
        }
        let alone = Budget::default();
        let mut allowed = 0;
        while alone.reserve(Bucket::EcrImages, "eu-west-1", began) < Duration::from_secs(10) {
            allowed += 1;
        }
        assert_eq!(allowed, 59, "a burst of 10, and 5 a second");
        assert!((allowed - 8..=allowed).contains(&asked), "{asked}");
    }
}
