//! ContinueServiceDeployment: a deployment that a PAUSE hook holds goes on.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{super::ApiError, deployments::all};
use crate::{
    identity,
    scenario::format::Stage,
    world::{World, service::Deployment},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Continue {
    service_deployment_arn: String,
    hook_id: String,
    action: Option<String>,
}

/// The id of the hook that makes a deployment wait.
pub(super) fn hook_id(deployment: &Deployment, stage: Stage) -> String {
    identity::uuid(&[&deployment.number, stage.text()])
}

/// ContinueServiceDeployment: only onwards, since a rollback of a deployment that moves traffic is not simulated.
pub(super) fn go_on(world: &mut World, asked: &Continue) -> Result<Value, ApiError> {
    let arn = &asked.service_deployment_arn;
    let named = |(service, deployment): &(usize, usize)| {
        let state = &world.services[*service];
        world.service_deployment_arn(state, &state.deployments[*deployment]) == *arn
    };
    let missing = || {
        let why = "Service deployment not found.";
        ApiError::new("ServiceDeploymentNotFoundException", why)
    };
    let (service, number) = all(world).find(named).ok_or_else(missing)?;
    let state = &world.services[service];
    let hook = world
        .waits_at(service)
        .filter(|_| number == state.primary())
        .map(|stage| hook_id(&state.deployments[number], stage));
    if hook.as_ref() != Some(&asked.hook_id) {
        return Err(ApiError::invalid_parameter(
            "The lifecycle hook is not awaiting an action.",
        ));
    }
    if asked
        .action
        .as_deref()
        .is_some_and(|action| action != "CONTINUE")
    {
        return Err(ApiError::new(
            "UnsupportedFeatureException",
            "This simulator continues a paused deployment only.",
        ));
    }
    let refused = |why: String| ApiError::invalid_parameter(why);
    world.continue_deployment(service).map_err(refused)?;
    Ok(json!({ "serviceDeploymentArn": arn }))
}
