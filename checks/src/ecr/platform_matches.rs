//! `ecr.platform-matches`: the image is for the platform that its tasks run on.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::judged::{all, called, to_build};
use super::offered::Offered;
use crate::contract::{Body, Check, Expected, Finding, Look, Seen, Target, Unobserved};
use crate::reads::{ChildManifest, Reads, TaskDefinition};

/// **Asks** whether the image of each judged container is for the platform that the task
/// definition wants, `linux/amd64` where it names none.
///
/// **Why it matters**: an image that was built on an ARM laptop and pushed as it is can't run
/// on x86. From an index that lacks the platform the pull fails; a plain image is pulled, and
/// ends with `exec format error`. Either way tasks start again and again, and the pipeline
/// learns it ten minutes later. The registry knows it at once.
///
/// An index names its platforms; attestations, which BuildKit adds for `unknown/unknown`, don't
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
    /// By container, what each digest in ECR offers; none where ECR has no such image.
    offered: BTreeMap<String, Result<Option<Seen<Offered>>, Unobserved>>,
}

impl Check for PlatformMatches {
    const KIND: &'static str = "ecr.platform-matches";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
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
        let mut offered = BTreeMap::new();
        for (container, expected) in &expected {
            if let Some(found) = of_image(reads, expected).await {
                offered.insert(container.clone(), found);
            }
        }
        Ok(Facts {
            definition,
            expected,
            offered,
        })
    }

    fn judge(&self, _: &Target, facts: &Facts) -> Finding {
        let (ours, elsewhere): (Vec<_>, Vec<_>) = facts
            .expected
            .iter()
            .partition(|(_, expected)| expected.repository().is_some());
        let judged = ours
            .into_iter()
            .map(|(container, expected)| of_container(container, expected, facts));
        all(judged.collect(), &elsewhere)
            .unwrap_or_else(|unobserved| unobserved.into_finding(facts.definition.at))
    }
}

/// What the expected image offers; none where there is no image in ECR to ask about.
async fn of_image(
    reads: &Reads,
    expected: &Expected,
) -> Option<Result<Option<Seen<Offered>>, Unobserved>> {
    let (repository, digest) = (expected.repository()?, expected.digest()?);
    Some(Offered::observe(reads, &repository, digest).await)
}

fn of_container(container: &str, expected: &Expected, facts: &Facts) -> Finding {
    match facts.offered.get(container) {
        Some(Ok(Some(offered))) => compared(container, expected, &facts.definition.value, offered),
        Some(Err(unobserved)) => unobserved.clone().into_finding(facts.definition.at),
        Some(Ok(None)) | None => expected.not_in_ecr(),
    }
}

fn compared(
    container: &str,
    expected: &Expected,
    definition: &TaskDefinition,
    offered: &Seen<Offered>,
) -> Finding {
    let (image, wanted) = (called(expected), &definition.platform);
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
