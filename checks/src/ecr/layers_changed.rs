//! `ecr.layers-changed`: the image was really built anew, layer by layer.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::before::Before;
use super::compared::Compared;
use super::judged::all;
use super::layers::Layers;
use crate::contract::{Check, Expected, Fault, Finding, Located, Look, Seen, Target, Unobserved};
use crate::reads::{Reads, TaskDefinition};

/// **Asks** whether the layers of the expected image differ from those of the image that ran
/// before; with `instruction`, whether the layer that it made does.
///
/// **Why it matters**: a build that reuses its cached `COPY app/` layer makes a new digest, is
/// pushed, and new tasks start, all with the old code. Every check of digests and times passes.
/// A layer that is the same as before is proof of the same content; that it differs shows that
/// it was made anew, not yet that the code in it is right.
///
/// What ran before is what the baseline says (`touchdown snapshot` before the deploy, then
/// `run --baseline`), else what the deployment pinned that the judged one replaced, else the
/// image that was pushed to the repository before the expected one; the report says which.
/// Layers are compared by their uncompressed content, on the task definition's platform. Without
/// `instruction` it is enough that one layer differs: those of the base image are the same
/// as ever. Every layer whose instruction contains the text must differ.
///
/// **Evidence**: both images, and each layer with its instruction, size, and whether it is new.
///
/// **Example**
/// ```yaml
/// - check: ecr.layers-changed
///   instruction: COPY app/
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayersChanged {
    /// A part of the Dockerfile's instruction whose layer must differ, upper and lower case
    /// being different.
    #[serde(default)]
    instruction: Option<String>,
    /// The container whose image is compared. Default: every judged container.
    #[serde(default)]
    container: Option<String>,
}

/// What one look of `ecr.layers-changed` brings.
#[derive(Debug)]
pub struct Facts {
    definition: Seen<Arc<TaskDefinition>>,
    images: Vec<OfContainer>,
}

#[derive(Clone, Debug)]
struct OfContainer {
    container: String,
    expected: Expected,
    found: Result<Found, Unobserved>,
}

#[derive(Clone, Debug)]
enum Found {
    /// The expected image is not in ECR.
    NotPushed,
    /// There is nothing to compare with.
    Nothing,
    /// The very digest ran before.
    Same(Before),
    Both {
        before: Before,
        old: Layers,
        new: Seen<Layers>,
    },
}

impl Check for LayersChanged {
    const KIND: &'static str = "ecr.layers-changed";
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
        let mut images = Vec::new();
        for (container, expected) in self.compared(target.expected(reads).await?)? {
            let platform = &definition.value.platform;
            let found = find(reads, target, &container, &expected, platform).await;
            images.push(OfContainer {
                container,
                expected,
                found,
            });
        }
        Ok(Facts { definition, images })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let (ours, elsewhere): (Vec<_>, Vec<_>) = facts
            .images
            .iter()
            .partition(|image| image.expected.repository().is_some());
        let at = facts.definition.at;
        let judged = ours.into_iter().map(|image| match &image.found {
            Ok(found) => self.of_image(target, image, found),
            Err(unobserved) => unobserved.clone().into_finding(at),
        });
        let elsewhere: Vec<_> = elsewhere
            .into_iter()
            .map(|image| (&image.container, &image.expected))
            .collect();
        all(judged.collect(), &elsewhere).unwrap_or_else(|unobserved| unobserved.into_finding(at))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let empty = self
            .instruction
            .as_ref()
            .is_some_and(|text| text.trim().is_empty());
        let fault = || {
            let place = fields.place_of("instruction");
            Fault::new(
                place,
                "`instruction` is empty, so every layer would be meant",
            )
            .help("write a part of the instruction, `COPY app/`, or leave the field out")
        };
        empty.then(fault).into_iter().collect()
    }
}

impl LayersChanged {
    /// The containers whose images are compared.
    fn compared(
        &self,
        expected: impl IntoIterator<Item = (String, Expected)>,
    ) -> Result<Vec<(String, Expected)>, Unobserved> {
        let Some(wanted) = &self.container else {
            return Ok(expected.into_iter().collect());
        };
        let (own, others): (Vec<_>, Vec<_>) =
            expected.into_iter().partition(|(name, _)| name == wanted);
        if own.is_empty() {
            let names: Vec<String> = others.into_iter().map(|(name, _)| name).collect();
            return Err(Unobserved::lasting(format!(
                "`{wanted}` is none of the judged containers"
            ))
            .hint(format!("Those are: {}.", names.join(", "))));
        }
        Ok(own)
    }

    fn of_image(&self, target: &Target, image: &OfContainer, found: &Found) -> Finding {
        let name = image.expected.called();
        match found {
            Found::NotPushed => image.expected.absent(),
            Found::Nothing => nothing_before(target, &name),
            Found::Same(before) => Finding::broken(format!(
                "{name} is the same image as before ({})",
                before.told()
            ))
            .hint(format!(
                "Nothing new was pushed as {name}: see the pipeline's build and push, then deploy again.{}",
                before.caveat()
            )),
            Found::Both { before, old, new } => {
                let compared = Compared {
                    container: &image.container,
                    expected: &image.expected,
                    before,
                    old,
                    new: &new.value,
                };
                compared
                    .judge(self.instruction.as_deref())
                    .all_evidence(compared.evidence().map(|body| new.evidence(body)))
            }
        }
    }
}

async fn find(
    reads: &Reads,
    target: &Target,
    container: &str,
    expected: &Expected,
    platform: &str,
) -> Result<Found, Unobserved> {
    let (Some(repository), Some(digest)) = (expected.repository(), expected.digest()) else {
        return Ok(Found::NotPushed);
    };
    let before = Before::find(reads, target, container, expected, platform).await?;
    let Some(before) = before else {
        return Ok(Found::Nothing);
    };
    if before.digest == digest {
        return Ok(Found::Same(before));
    }
    let (old, new) = futures_util::try_join!(
        Layers::observe(reads, &before.repository, &before.digest, platform),
        Layers::observe(reads, &repository, digest, platform),
    )?;
    Ok(Found::Both {
        before,
        old: old.value,
        new,
    })
}

fn nothing_before(target: &Target, name: &str) -> Finding {
    Finding::unobserved(format!(
        "nothing is known to have come before {name}: it is the only image of its repository for this platform"
    ))
    .lasting()
    .hint(format!(
        "Record what runs before the next deploy, and give it to `touchdown run --baseline`:\n  touchdown snapshot {}/{} --region {}",
        target.cluster_name(),
        target.service,
        target.region
    ))
}

#[cfg(test)]
mod tests;
