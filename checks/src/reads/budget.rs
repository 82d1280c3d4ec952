//! A budget of requests per AWS quota, so that touchdown never starves the account's other
//! users: half of the published quota, as a token bucket.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The requests that share one quota. Quotas are counted per account and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl Bucket {
    /// The one that an IAM action's requests are taken out of.
    pub fn of(action: &str) -> Option<Self> {
        Some(match action {
            "ecs:DescribeTasks" | "ecs:ListTasks" | "ecs:DescribeContainerInstances" => {
                Self::EcsClusterResources
            }
            "ecs:DescribeServices" | "ecs:ListServices" | "ecs:ListClusters" => Self::EcsServices,
            "ecs:DescribeTaskDefinition" => Self::EcsTaskDefinitions,
            "ecs:ListServiceDeployments"
            | "ecs:DescribeServiceDeployments"
            | "ecs:DescribeServiceRevisions" => Self::EcsServiceDeployments,
            "ecr:DescribeImages" | "ecr:BatchGetImage" | "ecr:GetDownloadUrlForLayer" => {
                Self::EcrImages
            }
            "cloudwatch:DescribeAlarms" => Self::Alarms,
            "cloudwatch:GetMetricData" => Self::Metrics,
            "logs:FilterLogEvents" => Self::LogEvents,
            _ if action.starts_with("elasticloadbalancing:Describe") => Self::LoadBalancing,
            _ => return None,
        })
    }
}

/// Half of what AWS allows: a burst, and what comes back each second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Allowance {
    pub burst: f64,
    pub per_second: f64,
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
    /// How long so many tokens take to come back. The rest of a rounding is no token.
    pub fn time_for(self, tokens: f64) -> Duration {
        const ROUNDING: f64 = 1e-6;
        if tokens < ROUNDING {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(tokens / self.per_second)
    }

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

    /// What this run may ask.
    pub fn allowance(&self, bucket: Bucket, region: &str) -> Allowance {
        allowance(bucket, region).shared_by(self.runs)
    }

    /// Takes a token, going below zero where there is none; the debt is the wait, which is
    /// returned. Thus those who wait are served in the order in which they asked.
    pub fn reserve(&self, bucket: Bucket, region: &str, now: Instant) -> Duration {
        let allowance = self.allowance(bucket, region);
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Level {
            tokens: allowance.burst,
            at: now,
        };
        let level = levels.entry((bucket, region.to_owned())).or_insert(full);
        level.tokens = level.refilled(allowance, now) - 1.0;
        level.at = now;
        allowance.time_for(-level.tokens)
    }

    /// How long until that many requests can be made at once, or where they are more than that,
    /// until the bucket is full.
    pub fn short_of(&self, bucket: Bucket, region: &str, requests: u32, now: Instant) -> Duration {
        let allowance = self.allowance(bucket, region);
        let levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.get(&(bucket, region.to_owned()));
        let tokens = level.map_or(allowance.burst, |level| level.refilled(allowance, now));
        allowance.time_for(f64::from(requests).min(allowance.burst) - tokens)
    }
}

impl Level {
    fn refilled(self, allowance: Allowance, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + passed * allowance.per_second).min(allowance.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let budget = Budget::default();
        let began = Instant::now();
        let wait = |region| budget.reserve(Bucket::EcsServices, region, began);
        let burst: Duration = (0..50).map(|_| wait("eu-west-1")).sum();
        assert_eq!(burst, Duration::ZERO);
        let waits: Vec<Duration> = (0..20).map(|_| wait("eu-west-1")).collect();
        assert_eq!(waits[19], Duration::from_secs(2), "20 more at 10 a second");
        assert_eq!(wait("us-east-1"), Duration::ZERO, "each region has its own");
    }

    #[test]
    fn what_comes_back_can_be_told_before() {
        let budget = Budget::default();
        let began = Instant::now();
        let short = |requests, after| {
            let now = began + Duration::from_secs(after);
            budget.short_of(Bucket::EcsServices, "eu-west-1", requests, now)
        };
        assert_eq!(short(500, 0), Duration::ZERO, "the bucket is full");
        for _ in 0..60 {
            budget.reserve(Bucket::EcsServices, "eu-west-1", began);
        }
        assert_eq!(short(0, 0), Duration::from_secs(1), "its debt");
        assert_eq!(short(10, 0), Duration::from_secs(2));
        assert_eq!(short(10, 2), Duration::ZERO);
        assert_eq!(short(500, 2), Duration::from_secs(4), "until it is full");
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
