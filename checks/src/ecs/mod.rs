//! Kinds that look at an ECS service, and what they share.
use crate::contract::{Finding, Target, Unobserved};
use crate::reads::Reads;
#[derive(Debug)]
pub(crate) struct Expected {
    pub digest: Option<String>,
}
pub(crate) async fn standing(_: &Target, _: &Reads) -> Result<Option<Finding>, Unobserved> {
    Ok(None)
}
