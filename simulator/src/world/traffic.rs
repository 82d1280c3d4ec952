//! What load balancers count: requests by the status of their answers, and healthy targets.

use jiff::{SignedDuration, Timestamp};

use super::{TargetGroup, TargetHealth, World, metrics::Minute, task::Task};
use crate::{scenario::format::Metric, time::after};

/// A minute is judged by what answers in its middle.
const MIDDLE: SignedDuration = SignedDuration::from_secs(30);

/// Answers of a minute by their origin.
#[derive(Debug, Clone, Copy, Default)]
struct Answers {
    /// By the first digit of their status, from targets.
    from_targets: [f64; 6],
    /// 503 of the load balancer itself, which found no target.
    from_load_balancer: f64,
}

impl Answers {
    fn requests(&self) -> f64 {
        self.from_targets.iter().sum::<f64>() + self.from_load_balancer
    }
}

impl World {
    /// A metric of `AWS/ApplicationELB` in the minute from `from` on. Counts are reported only where they
    /// are not zero, as the ELB guide says.
    pub(super) fn counted_by_load_balancers(
        &self,
        metric: &Metric,
        from: Timestamp,
    ) -> Option<Minute> {
        if metric.namespace != "AWS/ApplicationELB" {
            return None;
        }
        let groups: Vec<TargetGroup<'_>> = self
            .target_groups()
            .filter(|group| self.is_measured(metric, group))
            .collect();
        let at = after(from, MIDDLE);
        let hosts = |healthy: bool| {
            let all = groups.iter().flat_map(|group| self.targets_at(group, at));
            let counted = all.filter(|(_, health)| match health {
                TargetHealth::Healthy => healthy,
                TargetHealth::Unhealthy(_) => !healthy,
                _ => false,
            });
            Some(counted.count()).filter(|_| !groups.is_empty())
        };
        let answered = || -> Answers {
            let mut sum = Answers::default();
            for group in &groups {
                self.count_answers(group, at, &mut sum);
            }
            sum
        };
        let count = |samples: f64| {
            (samples > 0.0).then_some(Minute {
                value: 1.0,
                samples,
            })
        };
        match metric.name.as_str() {
            "RequestCount" => count(answered().requests()),
            "HTTPCode_Target_2XX_Count" => count(answered().from_targets[2]),
            "HTTPCode_Target_3XX_Count" => count(answered().from_targets[3]),
            "HTTPCode_Target_4XX_Count" => count(answered().from_targets[4]),
            "HTTPCode_Target_5XX_Count" => count(answered().from_targets[5]),
            "HTTPCode_ELB_5XX_Count" | "HTTPCode_ELB_503_Count" => {
                count(answered().from_load_balancer)
            }
            "HealthyHostCount" => hosts(true).map(gauge),
            "UnHealthyHostCount" => hosts(false).map(gauge),
            _ => None,
        }
    }

    /// Whether a metric's dimensions mean the group: its load balancer, or that and itself. They are the
    /// ends of the ARNs.
    fn is_measured(&self, metric: &Metric, group: &TargetGroup<'_>) -> bool {
        let load_balancer = self.load_balancer_arn(&group.load_balancer());
        let target_group = self.target_group_arn(group.id);
        let dimensions = &metric.dimensions;
        let is = |name: &str, arn: &str| {
            dimensions
                .get(name)
                .is_some_and(|value| !value.is_empty() && arn.ends_with(value.as_str()))
        };
        let expected = 1 + usize::from(dimensions.contains_key("TargetGroup"));
        is("LoadBalancer", &load_balancer)
            && (expected == 1 || is("TargetGroup", &target_group))
            && dimensions.len() == expected
    }

    /// Shares the requests of a minute out to the tasks that answer.
    fn count_answers(&self, group: &TargetGroup<'_>, at: Timestamp, answers: &mut Answers) {
        let Some(traffic) = &group.declared.traffic else {
            return;
        };
        // Of a service that moves traffic between two groups, each gets its share.
        let service = self
            .services
            .iter()
            .position(|state| state.key == group.service);
        let shares = service.map_or_else(Vec::new, |service| self.shares(service, at));
        let of_group = |(number, _): &&(usize, f64)| {
            service.and_then(|service| self.group_of_deployment(service, *number)) == Some(group.id)
        };
        let percent = match shares.is_empty() {
            true => 100.0,
            false => shares.iter().filter(of_group).map(|(_, share)| share).sum(),
        };
        if percent == 0.0 {
            return;
        }
        let requests = f64::from(traffic.per_minute) * percent / 100.0;
        let healthy =
            |(task, health): (_, TargetHealth)| (health == TargetHealth::Healthy).then_some(task);
        let answering: Vec<&Task> = self
            .targets_at(group, at)
            .filter_map(healthy)
            .filter(|task| self.share_of(task, at) > 0.0)
            .collect();
        if answering.is_empty() {
            answers.from_load_balancer += requests;
            return;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a service has far fewer tasks than 2^53"
        )]
        let share = requests / answering.len() as f64;
        for task in answering {
            let page = self.page_of(task, &traffic.path);
            let status = page.map_or(404, |page| page.status);
            if let Some(count) = answers.from_targets.get_mut(usize::from(status / 100)) {
                *count += share;
            }
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a service has far fewer tasks than 2^53"
)]
fn gauge(count: usize) -> Minute {
    Minute {
        value: count as f64,
        samples: 1.0,
    }
}
