//! A budget of requests per AWS quota, so that touchdown never starves the account's other
//! users: half of the published quota, as a token bucket.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

mod level;

use level::Level;

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

/// What a request counts against: a bucket in a region.
type Quota = (Bucket, String);

/// The most requests of one quota that are on their way at the same time. Ten a tenth of a second are more
/// than any quota gives back, and each takes a connection, and memory for its answer.
const AT_ONCE: usize = 10;

/// The budget of one run.
#[derive(Debug)]
pub(super) struct Budget {
    /// How many runs share the quotas at the same time, this one included.
    runs: NonZeroU32,
    queues: Mutex<HashMap<Quota, Queue>>,
}

/// Those who ask for requests of one quota.
#[derive(Debug)]
struct Queue {
    level: Level,
    at_once: Arc<Semaphore>,
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
            queues: Mutex::default(),
        }
    }

    /// What this run may ask.
    pub fn allowance(&self, bucket: Bucket, region: &str) -> Allowance {
        allowance(bucket, region).shared_by(self.runs)
    }

    /// Takes a place in the queue for a request.
    pub fn enlist(self: &Arc<Self>, bucket: Bucket, region: &str) -> Turn {
        let quota = (bucket, region.to_owned());
        let (place, at_once) = self.queue(&quota, |queue| {
            (queue.level.enlist(), Arc::clone(&queue.at_once))
        });
        Turn {
            budget: Arc::clone(self),
            quota,
            at_once,
            place,
            on_the_way: None,
        }
    }

    /// How long until that many requests can be made at once, or where they are more than that,
    /// until the bucket is full.
    pub fn short_of(&self, bucket: Bucket, region: &str, requests: u32, now: Instant) -> Duration {
        let quota = (bucket, region.to_owned());
        self.queue(&quota, |queue| queue.level.short_of(requests, now))
    }

    fn queue<T>(&self, quota: &Quota, of: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(quota.clone()).or_insert_with(|| Queue {
            level: Level::full(self.allowance(quota.0, &quota.1), Instant::now()),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        });
        of(queue)
    }
}

/// A request's place in the queue, and its token once it is sent. Dropping it says that it has been
/// answered, or was given up.
#[derive(Debug)]
pub(super) struct Turn {
    budget: Arc<Budget>,
    quota: Quota,
    /// Who may be on their way.
    pub at_once: Arc<Semaphore>,
    place: u32,
    on_the_way: Option<(Instant, u32)>,
}

impl Turn {
    /// How long it has to wait, as far as it is known now; zero where it may be sent.
    pub fn wait(&self, now: Instant) -> Duration {
        let wait = |queue: &mut Queue| queue.level.wait(self.place, now);
        self.budget.queue(&self.quota, wait)
    }

    /// It is sent now.
    pub fn send(&mut self, now: Instant) {
        let send = |queue: &mut Queue| queue.level.send(self.place, now);
        self.on_the_way = Some(self.budget.queue(&self.quota, send));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        self.budget
            .queue(&self.quota, |queue| match &self.on_the_way {
                Some(on_the_way) => queue.level.end(on_the_way, now),
                None => queue.level.leave(now),
            });
    }
}

#[cfg(test)]
mod tests;
