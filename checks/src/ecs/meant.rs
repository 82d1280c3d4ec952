//! Whether a target may be a service, by the names alone.

use crate::contract::{Glob, TargetSpec, last_segment};

/// Whether the target may be the service of this ARN, as far as its names say: a glob may mean
/// others too. A short ARN, as services of before 2018 have it, names no cluster, so that it may be
/// in any.
#[must_use]
pub fn may_mean(spec: &TargetSpec, service_arn: &str) -> bool {
    let Some((head, names)) = service_arn.split_once(":service/") else {
        return false;
    };
    let in_cluster = names.split_once('/').is_none_or(|(cluster, _)| {
        let cluster = format!("{head}:cluster/{cluster}");
        is_match(&spec.cluster, &cluster)
    });
    in_cluster && is_match(&spec.service, service_arn)
}

/// By the name, or as a whole where the whole is written. What is no glob means nothing.
fn is_match(text: &str, arn: &str) -> bool {
    let whole = text.starts_with("arn:");
    let seen = if whole { arn } else { last_segment(arn) };
    Glob::new(text).is_ok_and(|glob| glob.is_match(seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_globs_and_arns_are_all_meant() {
        let web = "arn:aws:ecs:us-east-1:1:service/dev/web-4";
        let of = |cluster: &str, service: &str| TargetSpec {
            name: "web".into(),
            cluster: cluster.into(),
            service: service.into(),
            region: None,
            containers: None,
            image: None,
            not_before: None,
            found_by: None,
        };
        for (cluster, service) in [
            ("dev", "web-4"),
            ("d*", "web-*"),
            ("arn:aws:ecs:us-east-1:1:cluster/dev", web),
            ("dev", "arn:*/web-?"),
        ] {
            assert!(may_mean(&of(cluster, service), web), "{cluster} {service}");
        }
        for (cluster, service) in [
            ("prod", "web-4"),
            ("dev", "web"),
            ("arn:aws:ecs:eu-west-1:1:cluster/dev", "web-4"),
            ("dev", "[web"),
        ] {
            assert!(!may_mean(&of(cluster, service), web), "{cluster} {service}");
        }
        let short = "arn:aws:ecs:us-east-1:1:service/web-4";
        assert!(may_mean(&of("any", "web-4"), short));
        assert!(!may_mean(&of("any", "*"), "web-4"), "no ARN");
    }
}
