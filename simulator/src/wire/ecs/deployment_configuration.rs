//! How a service is deployed: its deployment configuration and its load balancers.

use serde_json::{Value, json};

use crate::{
    scenario::format::{self, Controller, Strategy},
    world::{World, service::Service},
};

/// The part of the deployment configuration that services and service deployments share.
pub(super) fn deployment_configuration(world: &World, service: &Service) -> Value {
    let Some(declared) = world.declared(service) else {
        return Value::Null;
    };
    let mut configuration = json!({
        "maximumPercent": declared.maximum_percent,
        "minimumHealthyPercent": declared.minimum_healthy_percent,
    });
    // What ECS itself deploys by.
    if declared.controller == Controller::Ecs {
        let breaker = declared.circuit_breaker;
        let rollback = breaker.is_some_and(|breaker| breaker.rollback);
        configuration["deploymentCircuitBreaker"] =
            json!({ "enable": breaker.is_some(), "rollback": rollback });
        configuration["strategy"] = declared.strategy.text().into();
        add_shifting(declared, &mut configuration);
    }
    configuration
}

fn add_shifting(declared: &format::Service, configuration: &mut Value) {
    let shifting = &declared.shifting;
    let is_rolling = declared.strategy == Strategy::Rolling;
    let bake_time = if is_rolling {
        0
    } else {
        shifting.bake_time.as_mins()
    };
    configuration["bakeTimeInMinutes"] = bake_time.into();
    let (step, step_bake) = (shifting.step_percent, shifting.step_bake_time.as_mins());
    match declared.strategy {
        Strategy::Canary => {
            configuration["canaryConfiguration"] =
                json!({ "canaryPercent": step, "canaryBakeTimeInMinutes": step_bake });
        }
        Strategy::Linear => {
            configuration["linearConfiguration"] =
                json!({ "stepPercent": step, "stepBakeTimeInMinutes": step_bake });
        }
        Strategy::Rolling | Strategy::BlueGreen => {}
    }
    if let Some(stage) = shifting.waits_at.filter(|_| !is_rolling) {
        configuration["lifecycleHooks"] =
            json!([{ "targetType": "PAUSE", "lifecycleStages": [stage.text()] }]);
    }
}

/// `loadBalancers` of a service: the target group that gets its production traffic.
pub(super) fn load_balancers(world: &World, position: usize) -> Vec<Value> {
    let service = &world.services[position];
    let Some(balancer) = world.load_balancer(service) else {
        return Vec::new();
    };
    let controller = world.controller(service);
    let serving = world.group_of_deployment(position, world.serving(position));
    let group = match controller {
        Controller::CodeDeploy => serving.unwrap_or(&balancer.target_group),
        // Only its task sets are behind load balancers.
        Controller::External => return Vec::new(),
        Controller::Ecs => &balancer.target_group,
    };
    let mut shape = json!({
        "targetGroupArn": world.target_group_arn(group),
        "containerName": balancer.container,
        "containerPort": balancer.port,
    });
    let alternate = balancer.alternate_target_group.as_ref();
    if let Some(alternate) = alternate.filter(|_| controller == Controller::Ecs) {
        let account = &world.document.account;
        shape["advancedConfiguration"] = json!({
            "alternateTargetGroupArn": world.target_group_arn(alternate),
            "productionListenerRule": world.production_rule(position),
            "roleArn": format!("arn:aws:iam::{account}:role/ecsInfrastructureRoleForLoadBalancers"),
        });
    }
    vec![shape]
}
