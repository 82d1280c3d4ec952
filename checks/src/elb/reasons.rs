//! What the reasons of target health mean, and what to do about each; after the table of
//! `TargetHealth` in the Elastic Load Balancing API reference.

use crate::reads::{TargetGroup, TargetHealth};

/// A reason's code and the way out. In the words, `{group}`, `{arn}`, `{port}` and the like stand
/// for the target group's own.
struct Reason {
    code: &'static str,
    remedy: &'static str,
}

const REASONS: &[Reason] = &[
    Reason {
        code: "Elb.RegistrationInProgress",
        remedy: "Registering a target takes some seconds.",
    },
    Reason {
        code: "Elb.InitialHealthChecking",
        remedy: "A new target is healthy after {healthy_after} good answers in a row, {interval}s apart.",
    },
    Reason {
        code: "Elb.InternalError",
        remedy: "This is a fault of the load balancer's own; if it stays, see the AWS Health Dashboard.",
    },
    Reason {
        code: "Target.ResponseCodeMismatch",
        remedy: "Mend what answers there, or what the check asks for:\n  aws elbv2 modify-target-group --region {region} --target-group-arn {arn} --health-check-path PATH --matcher HttpCode=CODES",
    },
    Reason {
        code: "Target.Timeout",
        remedy: "Nothing answered within {timeout}s: does the task's security group let the load balancer in on port {port}, and is the page quick enough?",
    },
    Reason {
        code: "Target.FailedHealthChecks",
        remedy: "The connection was refused or broken off: does the container listen on port {port}, and on 0.0.0.0 rather than 127.0.0.1?",
    },
    Reason {
        code: "Target.NotRegistered",
        remedy: "ECS registers a task once it runs; the service's events tell where that fails.",
    },
    Reason {
        code: "Target.NotInUse",
        remedy: "No listener sends requests to {group}, or the load balancer doesn't serve the target's availability zone:\n  aws elbv2 describe-target-groups --region {region} --target-group-arns {arn} --query 'TargetGroups[].LoadBalancerArns'",
    },
    Reason {
        code: "Target.DeregistrationInProgress",
        remedy: "It leaves once its deregistration delay is over.",
    },
    Reason {
        code: "Target.InvalidState",
        remedy: "The instance is stopped or terminated.",
    },
    Reason {
        code: "Target.IpUnusable",
        remedy: "The address belongs to a load balancer and can't be a target.",
    },
    Reason {
        code: "Target.HealthCheckDisabled",
        remedy: "Turn the health checks of {group} on:\n  aws elbv2 modify-target-group --region {region} --target-group-arn {arn} --health-check-enabled",
    },
];

const OTHERWISE: &str = "See what the load balancer says of it:\n  aws elbv2 describe-target-health --region {region} --target-group-arn {arn}";

/// What to do about a target that is not healthy.
pub(super) fn remedy(target: &TargetHealth, group: &TargetGroup, region: &str) -> String {
    let code = target.reason.as_deref().unwrap_or_default();
    let known = REASONS.iter().find(|reason| reason.code == code);
    let template = known.map_or(OTHERWISE, |reason| reason.remedy);
    let port = match group.check.port.as_str() {
        "" | "traffic-port" => target.port.to_string(),
        other => other.to_owned(),
    };
    let check = &group.check;
    [
        ("{group}", group.name.as_str()),
        ("{arn}", &group.arn),
        ("{region}", region),
        ("{port}", &port),
        ("{interval}", &check.interval.to_string()),
        ("{timeout}", &check.timeout.to_string()),
        ("{healthy_after}", &check.healthy_after.to_string()),
    ]
    .into_iter()
    .fold(template.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

/// What the health check asks for: ` (HTTP /health must answer 200 within 5s)`; nothing where
/// it asks for no page.
pub(super) fn asked(group: &TargetGroup) -> String {
    let check = &group.check;
    match (&check.protocol, &check.path, &check.codes) {
        (Some(protocol), Some(path), Some(codes)) => format!(
            " ({protocol} {path} must answer {codes} within {}s)",
            check.timeout
        ),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::TargetHealthCheck;

    #[test]
    fn every_remedy_is_of_this_very_group() {
        let group = TargetGroup {
            name: "web".into(),
            arn: "arn:web".into(),
            check: TargetHealthCheck {
                port: "traffic-port".into(),
                ..TargetHealthCheck::default()
            },
            ..TargetGroup::default()
        };
        let codes = REASONS.iter().map(|reason| reason.code);
        for code in codes.chain(["Target.Novel"]) {
            let target = TargetHealth {
                port: 8080,
                reason: Some(code.into()),
                ..TargetHealth::default()
            };
            let told = remedy(&target, &group, "eu-west-1");
            assert!(!told.contains(['{', '}']), "{code}: {told}");
            if told.contains("aws elbv2") {
                assert!(
                    told.contains("eu-west-1") && told.contains("arn:web"),
                    "{told}"
                );
            }
        }
    }
}
