//! What deployments pinned when they began: the digest of each container, as ECS itself tells
//! it since 2024-10-25.

use crate::contract::{Seen, Target, Unobserved};
use crate::reads::{Reads, ServiceRevision};

/// The service revision that the judged deployment runs; none where ECS tells of none, or not
/// which of several it is.
pub(crate) async fn pinned(
    target: &Target,
    reads: &Reads,
) -> Result<Option<Seen<ServiceRevision>>, Unobserved> {
    let service = reads.service(target.scope(), &target.service).await?.value;
    let mut arns = service.revisions.clone();
    if arns.is_empty() {
        let deployment = reads.service_deployment(target.scope(), &service).await?;
        let brought = deployment.value.and_then(|deployment| deployment.target);
        arns.extend(brought.map(|revision| revision.arn));
    }
    if arns.is_empty() {
        return Ok(None);
    }
    let revisions = reads.service_revisions(target.scope(), &arns).await?;
    let deployment = &target.deployment;
    let own = ServiceRevision::of_deployment(
        &revisions.value,
        &deployment.id,
        &deployment.task_definition,
    )
    .cloned();
    Ok(own.map(|own| revisions.map(|_| own)))
}

/// An answer that helps where there is one: what will never be told counts as none.
pub(crate) fn if_told<T>(answer: Result<Option<T>, Unobserved>) -> Result<Option<T>, Unobserved> {
    match answer {
        Err(unobserved) if unobserved.lasting => Ok(None),
        answer => answer,
    }
}

/// The service revision that the judged deployment replaced, or began to replace; none where ECS tells
/// of none.
pub(crate) async fn pinned_before(
    target: &Target,
    reads: &Reads,
) -> Result<Option<ServiceRevision>, Unobserved> {
    let service = reads.service(target.scope(), &target.service).await?.value;
    let deployment = reads.service_deployment(target.scope(), &service).await?;
    let Some(own) = deployment.value.filter(|d| d.brings(&target.deployment.id)) else {
        return Ok(None);
    };
    let arns: Vec<String> = own.sources.into_iter().map(|source| source.arn).collect();
    if arns.is_empty() {
        return Ok(None);
    }
    let replaced = reads.service_revisions(target.scope(), &arns).await?.value;
    Ok(replaced
        .into_iter()
        .max_by_key(|revision| revision.created_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_no_answer_and_throttling_is_asked_again() {
        let denied = Err::<Option<()>, _>(Unobserved::lasting("denied"));
        assert_eq!(if_told(denied), Ok(None));
        let throttled = Unobserved::for_now("throttled");
        assert_eq!(if_told::<()>(Err(throttled.clone())), Err(throttled));
    }
}
