//! STS: who asks.

use serde_json::{Value, json};

use super::ApiError;
use crate::world::World;

/// Answers an operation of STS.
pub(super) fn answer(world: &World, operation: &str) -> Result<Value, ApiError> {
    match operation {
        "GetCallerIdentity" => Ok(json!({
            "Arn": world.caller_arn(),
            "UserId": "AROASIMULATEDDEPLOYRL:ci",
            "Account": world.document.account,
        })),
        _ => Err(ApiError::unknown_operation()),
    }
}
