//! What deployments pinned when they began: the digest of each container, as ECS itself tells
//! it since 2024-10-25.

use crate::contract::{Seen, Target, Unobserved};
use crate::reads::{Reads, ServiceDeployment, ServiceRevision, same_number};

/// The service revision that the judged deployment runs; none where ECS tells of none, or not
/// which of several it is.
pub(crate) async fn pinned(
    target: &Target,
    reads: &Reads,
) -> Result<Option<Seen<ServiceRevision>>, Unobserved> {
    let service = reads.service(target.scope(), &target.service).await?;
    let service = &service.value;
    let mut arns = service.revisions.clone();
    let deployment = &target.deployment;
    // Where one of them is the judged deployment's by its number, no other is asked for.
    if let Some(own) = arns.iter().find(|arn| same_number(arn, &deployment.id)) {
        arns = vec![own.clone()];
    }
    if arns.is_empty() {
        let latest = reads.service_deployment(target.scope(), service).await?;
        let brought = latest.value.and_then(|latest| latest.target);
        arns.extend(brought.map(|revision| revision.arn));
    }
    if arns.is_empty() {
        return Ok(None);
    }
    let revisions = reads.service_revisions(target.scope(), &arns).await?;
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

/// The service revision that the judged deployment replaced, or began to replace; none where ECS
/// tells of none. Of several, which a deployment replaces that overtook another, the newest.
pub(crate) async fn pinned_before(
    target: &Target,
    reads: &Reads,
) -> Result<Option<Seen<ServiceRevision>>, Unobserved> {
    let service = reads.service(target.scope(), &target.service).await?;
    let deployment = reads
        .service_deployment(target.scope(), &service.value)
        .await?;
    let Some(latest) = deployment.value else {
        return Ok(None);
    };
    if latest.sources.is_empty() || !is_of(target, &latest, reads).await? {
        return Ok(None);
    }
    let arns: Vec<String> = latest.sources.into_iter().map(|share| share.arn).collect();
    let replaced = reads.service_revisions(target.scope(), &arns).await?;
    let newest = replaced.value.iter().max_by_key(|r| r.created_at).cloned();
    Ok(newest.map(|newest| replaced.map(|_| newest)))
}

/// Whether it is the service deployment of the judged deployment. Where the number doesn't
/// confirm it, what it brings must be what is judged.
async fn is_of(
    target: &Target,
    deployment: &ServiceDeployment,
    reads: &Reads,
) -> Result<bool, Unobserved> {
    let judged = &target.deployment;
    let Some(brought) = &deployment.target else {
        return Ok(false);
    };
    if deployment.brings(&judged.id) {
        return Ok(true);
    }
    let arns = [brought.arn.clone()];
    let brought = reads.service_revisions(target.scope(), &arns).await?.value;
    let own = ServiceRevision::of_deployment(&brought, &judged.id, &judged.task_definition);
    Ok(own.is_some())
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
