//! `ecr.platform-matches`: the image is for the platform that its tasks run on.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::judged::{all, to_build};
use super::offered::Offered;
use crate::contract::{Body, Check, Expected, Finding, Look, Seen, Target, Unobserved};
use crate::ecs::{if_told, pinned, short};
use crate::reads::{ChildManifest, Reads, Repository, TaskDefinition};

/// **Asks** whether the image of each judged container is for the platform that the task
/// definition wants, `linux/amd64` where it names none.
///
/// **Why it matters**: an image that was built on an ARM laptop and pushed as it is can't run
/// on x86. From an index that lacks the platform the pull fails; a plain image is pulled, and
/// ends with `exec format error`. Either way tasks start again and again, and the pipeline
/// learns it ten minutes later. The registry knows it at once.
///
/// The image is the one that the deployment pinned, as far as ECS tells it, else the expected
/// one. An index names its platforms; attestations, which BuildKit adds for `unknown/unknown`, don't
/// count. A plain image names its platform in its config. Images outside ECR are told, and not
/// judged.
///
/// **Evidence**: wanted beside offered platforms of each image.
///
/// **Example**
/// ```yaml
/// - check: ecr.platform-matches
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformMatches {}

/// What one look of `ecr.platform-matches` brings.
#[derive(Debug)]
pub struct Facts {
    definition: Seen<Arc<TaskDefinition>>,
    expected: BTreeMap<String, Expected>,
    /// By container, the images in ECR.
    looked_at: BTreeMap<String, LookedAt>,
}

/// An image in ECR, and what it offers.
#[derive(Debug)]
struct LookedAt {
    /// Its digest, where the deployment pinned another than the expected one.
    pinned: Option<String>,
    /// None where ECR has no such image.
    offered: Result<Option<Seen<Offered>>, Unobserved>,
}

impl Check for PlatformMatches {
    const KIND: &'static str = "ecr.platform-matches";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeServiceRevisions",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
        "ecr:DescribeImages",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let (target, reads) = (look.subject, look.reads);
        let definition = reads
            .task_definition(&target.region, &target.deployment.task_definition)
            .await?;
        let expected = target.expected(reads).await?;
        let revision = if_told(pinned(target, reads).await)?;
        let mut looked_at = BTreeMap::new();
        for (container, expected) in &expected {
            let pinned = revision
                .as_ref()
                .and_then(|own| own.value.digest(container));
            if let Some(found) = look_at(reads, expected, pinned).await {
                looked_at.insert(container.clone(), found);
            }
        }
        Ok(Facts {
            definition,
            expected,
            looked_at,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let (ours, elsewhere): (Vec<_>, Vec<_>) = facts
            .expected
            .iter()
            .partition(|(_, expected)| expected.repository().is_some());
        let judged = ours
            .into_iter()
            .map(|(container, expected)| of_container(target, container, expected, facts));
        all(judged.collect(), &elsewhere)
            .unwrap_or_else(|unobserved| unobserved.into_finding(facts.definition.at))
    }
}

/// Looks at what was pinned, else at what is expected; none where neither is in ECR.
async fn look_at(reads: &Reads, expected: &Expected, pinned: Option<&str>) -> Option<LookedAt> {
    let defined = expected.defined.repository.as_deref();
    let pinned = pinned.filter(|pinned| expected.digest() != Some(pinned));
    if let (Some(digest), Some(repository)) = (pinned, defined.and_then(Repository::parse)) {
        return Some(LookedAt {
            pinned: Some(digest.to_owned()),
            offered: Offered::observe(reads, &repository, digest).await,
        });
    }
    let (repository, digest) = (expected.repository()?, expected.digest()?);
    Some(LookedAt {
        pinned: None,
        offered: Offered::observe(reads, &repository, digest).await,
    })
}

fn of_container(target: &Target, container: &str, expected: &Expected, facts: &Facts) -> Finding {
    let Some(LookedAt { pinned, offered }) = facts.looked_at.get(container) else {
        return expected.absent();
    };
    let called = match pinned {
        Some(digest) => format!(
            "{}, which {} pinned as {},",
            expected.defined.without_registry(),
            target.deployment.id,
            short(digest)
        ),
        None => expected.called(),
    };
    match (offered, pinned) {
        (Ok(Some(offered)), _) => {
            let image = (container, called.as_str(), expected);
            compared(image, &facts.definition.value, offered)
        }
        (Err(unobserved), _) => unobserved.clone().into_finding(facts.definition.at),
        (Ok(None), None) => expected.absent(),
        (Ok(None), Some(_)) => {
            Finding::broken(format!("{called} is no longer in ECR, so that no task can pull it"))
                .hint("A lifecycle policy may have removed it. Push it again, or deploy an image that is there.")
        }
    }
}

fn compared(
    (container, image, expected): (&str, &str, &Expected),
    definition: &TaskDefinition,
    offered: &Seen<Offered>,
) -> Finding {
    let wanted = &definition.platform;
    let listed = offered.value.listed();
    let unnamed = |image: &ChildManifest| image.platform == ChildManifest::UNNAMED;
    let finding = if let Some(found) = offered.value.image_for(wanted) {
        Finding::holds(format!(
            "{image} is for {}, as {} wants",
            found.platform,
            definition.name()
        ))
    } else if offered.value.0.iter().any(unnamed) {
        Finding::unobserved(format!(
            "{image} is for {listed}, and the task definition wants {wanted}"
        ))
        .hint("Its index and config name no platform; build it with `docker buildx build --platform`.")
        .lasting()
    } else {
        Finding::broken(format!(
            "{image} is for {listed} only, and the task definition wants {wanted}"
        ))
        .hint(format!(
            "Build it for {wanted}, push it, and deploy again:\n  docker buildx build --platform {wanted} --tag {} --push .",
            to_build(expected)
        ))
    };
    finding.evidence(offered.evidence(Body::compared(
        format!("platform of container `{container}` ({})", expected.image),
        wanted,
        listed,
    )))
}

#[cfg(test)]
mod tests;
