//! The quotas of AWS's API: token buckets for each account and region, and what is refused once one is
//! empty.
//!
//! Amazon ECS and Elastic Load Balancing publish burst and refill rate ("Request throttling for the
//! Amazon ECS API", "Request throttling for the Elastic Load Balancing API"); CloudWatch Logs publishes
//! a rate alone, which is taken for both. Amazon ECR publishes none for ecr:DescribeImages, so that it
//! is not limited here.

use std::collections::HashMap;

use jiff::Timestamp;

/// What is granted: so many requests at once, and so many more each second.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Quota {
    burst: f64,
    per_second: f64,
}

/// The requests that share a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Bucket {
    EcsClusterResourceReads,
    EcsServiceReads,
    EcsTaskDefinitionReads,
    EcsServiceDeploymentReads,
    LoadBalancingReads,
    LogEvents,
}

impl Bucket {
    fn of(call: &str) -> Option<Self> {
        match call {
            "ecs:DescribeTasks" | "ecs:ListTasks" => Some(Self::EcsClusterResourceReads),
            "ecs:DescribeServices" | "ecs:ListServices" => Some(Self::EcsServiceReads),
            "ecs:DescribeTaskDefinition" => Some(Self::EcsTaskDefinitionReads),
            "ecs:ListServiceDeployments"
            | "ecs:DescribeServiceDeployments"
            | "ecs:DescribeServiceRevisions" => Some(Self::EcsServiceDeploymentReads),
            "logs:FilterLogEvents" => Some(Self::LogEvents),
            _ if call.starts_with("elasticloadbalancing:Describe") => {
                Some(Self::LoadBalancingReads)
            }
            _ => None,
        }
    }

    fn quota(self, region: &str) -> Quota {
        let (burst, per_second) = match self {
            Self::EcsClusterResourceReads | Self::EcsServiceReads => (100.0, 20.0),
            Self::EcsTaskDefinitionReads | Self::EcsServiceDeploymentReads => (50.0, 20.0),
            Self::LoadBalancingReads => (40.0, 10.0),
            Self::LogEvents => match region {
                "us-east-1" => (25.0, 25.0),
                "eu-central-1" | "ca-west-1" | "ap-northeast-3" | "ap-southeast-3"
                | "il-central-1" => (5.0, 5.0),
                _ => (10.0, 10.0),
            },
        };
        Quota { burst, per_second }
    }
}

/// The levels of an account's buckets, each full at first.
#[derive(Debug)]
pub(crate) struct Quotas {
    /// How much of what AWS grants is left for whoever asks; 1 is all.
    share: f64,
    levels: HashMap<(Bucket, String), Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

/// Tokens are fractions, which are rounded: so much may be missing of a whole one.
const ROUNDING: f64 = 1e-6;

impl Quotas {
    pub(crate) fn of_share(share: f64) -> Self {
        Self {
            share,
            levels: HashMap::new(),
        }
    }

    /// Takes a token for a request, and tells whether there was one.
    pub(crate) fn admit(&mut self, call: &str, region: &str, now: Timestamp) -> bool {
        let Some(bucket) = Bucket::of(call) else {
            return true;
        };
        let Quota { burst, per_second } = bucket.quota(region);
        let (burst, per_second) = (burst * self.share, per_second * self.share);
        let full = Level {
            tokens: burst,
            at: now,
        };
        let level = self.levels.entry((bucket, region.to_owned()));
        let level = level.or_insert(full);
        let passed = now.duration_since(level.at).as_secs_f64().max(0.0);
        level.tokens = (level.tokens + passed * per_second).min(burst);
        level.at = now;
        let admitted = level.tokens >= 1.0 - ROUNDING;
        if admitted {
            level.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_burst_is_admitted_and_then_the_rate() {
        let mut quotas = Quotas::of_share(0.5);
        let mut admitted = |call: &str, region: &str, at, times: usize| {
            let each = (0..times).filter(|_| quotas.admit(call, region, second(at)));
            each.count()
        };
        assert_eq!(admitted("ecs:ListTasks", "eu-west-1", 0, 30), 30);
        assert_eq!(
            admitted("ecs:DescribeTasks", "eu-west-1", 0, 30),
            20,
            "one bucket"
        );
        assert_eq!(
            admitted("ecs:DescribeTasks", "us-east-1", 0, 30),
            30,
            "of each region"
        );
        assert_eq!(admitted("ecs:DescribeTasks", "eu-west-1", 1, 30), 10);
        assert_eq!(
            admitted("ecs:DescribeTasks", "eu-west-1", 100, 90),
            50,
            "no more than full"
        );
        assert_eq!(admitted("ecr:DescribeImages", "eu-west-1", 0, 500), 500);
    }
}
