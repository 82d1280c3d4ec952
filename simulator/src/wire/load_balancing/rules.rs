//! DescribeRules: where the production listener rule of a service that moves traffic sends requests.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::ApiError;
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Rules {
    rule_arns: Vec<String>,
}

pub(super) fn describe(world: &World, asked: &Rules) -> Result<Value, ApiError> {
    let rules: Vec<Value> = asked
        .rule_arns
        .iter()
        .map(|arn| {
            let mut services = 0..world.services.len();
            let ruled =
                services.find(|service| world.production_rule(*service).as_ref() == Some(arn));
            ruled.map(|service| rule(world, service, arn))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| ApiError::new("RuleNotFound", "One or more rules not found"))?;
    Ok(json!({ "Rules": rules }))
}

/// Both target groups are named always, the one without traffic with weight 0.
fn rule(world: &World, service: usize, arn: &str) -> Value {
    let shares = world.shares(service, world.now);
    // Folded from zero: the sum of nothing would be written as `-0`.
    let weight = |group: &str| -> f64 {
        let own = shares.iter().filter(|(deployment, _)| {
            world.group_of_deployment(service, *deployment) == Some(group)
        });
        own.fold(0.0, |sum, (_, share)| sum + share)
    };
    let balancer = world.load_balancer(&world.services[service]);
    let groups = balancer.into_iter().flat_map(|balancer| {
        let alternate = balancer.alternate_target_group.as_ref();
        [Some(&balancer.target_group), alternate]
            .into_iter()
            .flatten()
    });
    let targets: Vec<Value> = groups
        .map(|group| {
            let arn = world.target_group_arn(group);
            json!({ "TargetGroupArn": arn, "Weight": format!("{:.0}", weight(group)) })
        })
        .collect();
    json!({
        "RuleArn": arn,
        "Priority": "1",
        "Conditions": [{ "Field": "path-pattern", "Values": ["/*"] }],
        "Actions": [{
            "Type": "forward",
            "Order": 1,
            "ForwardConfig": {
                "TargetGroups": targets,
                "TargetGroupStickinessConfig": { "Enabled": false },
            },
        }],
        "IsDefault": false,
    })
}
