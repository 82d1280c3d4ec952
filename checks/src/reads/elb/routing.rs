//! Routing: to which target groups a listener or one of its rules sends requests, and in what
//! shares. It is what tells production from test in a deployment that shifts traffic.

use aws_sdk_elasticloadbalancingv2::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use crate::contract::{Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

/// A target group to which requests are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetGroupWeight {
    /// The target group's ARN.
    pub target_group: String,
    /// Its share, in proportion to the others' weights; with 0, it gets nothing.
    pub weight: u32,
}

const RULES: &str = "elasticloadbalancing:DescribeRules";
const LISTENERS: &str = "elasticloadbalancing:DescribeListeners";

impl Reads {
    /// Where a listener rule, or a listener by its default action, sends requests; `arn` is
    /// either's.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails.
    pub async fn routing(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Vec<TargetGroupWeight>>, Unobserved> {
        let key = (region.to_owned(), arn.to_owned());
        // `…:listener-rule/app/NAME/…`, `…:listener/net/NAME/…`.
        let describe = || match arn.contains(":listener-rule/") {
            true => self.describe_rule(region, arn).boxed(),
            false => self.describe_listener(region, arn).boxed(),
        };
        self.round.routing.once(key, describe).await
    }

    async fn describe_rule(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Vec<TargetGroupWeight>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let call = clients.elb.describe_rules().rule_arns(arn);
        let bucket = Bucket::LoadBalancing;
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = sent.map_err(|error| failed(error, RULES, arn))?;
        let actions = output.rules().iter().flat_map(sdk::Rule::actions);
        Ok(self.seen(RULES, arn, output.request_id(), weights(actions)))
    }

    async fn describe_listener(
        &self,
        region: &str,
        arn: &str,
    ) -> Result<Seen<Vec<TargetGroupWeight>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let call = clients.elb.describe_listeners().listener_arns(arn);
        let bucket = Bucket::LoadBalancing;
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = sent.map_err(|error| failed(error, LISTENERS, arn))?;
        let listeners = output.listeners().iter();
        let actions = listeners.flat_map(sdk::Listener::default_actions);
        Ok(self.seen(LISTENERS, arn, output.request_id(), weights(actions)))
    }
}

/// A forward action names one target group, or several with their weights; where it does
/// both, they are the same.
fn weights<'a>(actions: impl Iterator<Item = &'a sdk::Action>) -> Vec<TargetGroupWeight> {
    let mut weights = Vec::new();
    for action in actions {
        let several = action
            .forward_config()
            .map(|forward| forward.target_groups());
        match (several, action.target_group_arn()) {
            (Some(several), _) if !several.is_empty() => {
                weights.extend(several.iter().filter_map(weight));
            }
            (_, Some(one)) => weights.push(TargetGroupWeight {
                target_group: one.to_owned(),
                weight: 1,
            }),
            _ => {}
        }
    }
    weights
}

/// A single target group may go without a weight, and gets everything.
fn weight(tuple: &sdk::TargetGroupTuple) -> Option<TargetGroupWeight> {
    let weight = tuple.weight().unwrap_or(1);
    Some(TargetGroupWeight {
        target_group: tuple.target_group_arn()?.to_owned(),
        weight: weight.try_into().unwrap_or(0),
    })
}

#[cfg(test)]
mod tests;
