//! What should run: for each judged container, the image that is expected, its digest, and
//! when it was pushed.

use std::collections::BTreeMap;

mod only;

use super::rows::short;
use crate::contract::{Expected, Finding, ImageReference, Known, Source, Target, Unobserved};
use crate::reads::{
    ContainerDefinition, ImageId, OciRepository, Reads, Registry, Repository, TaskDefinition,
};

/// The action of a check that compares what runs with the expected image.
pub const EXPECTED_IMAGE: &str = "ecr:DescribeImages";

impl Expected {
    /// The repository in ECR, where the image is in one: there push times are known.
    pub(crate) fn repository(&self) -> Option<Repository> {
        self.named_repository()
            .and_then(|repository| Repository::parse(repository))
    }

    /// The registry to ask about digests.
    pub(crate) fn registry(&self) -> Option<Registry> {
        self.named_repository()
            .and_then(|repository| Registry::of(repository))
    }

    fn named_repository(&self) -> Option<&String> {
        let named = self.image.repository.as_ref();
        named.or(self.defined.repository.as_ref())
    }

    /// The image as people call it: without its registry, and by a short digest where it has
    /// no tag.
    pub(crate) fn called(&self) -> String {
        let digest = self.image.digest.as_deref().map(short);
        let repository = self.image.repository.as_ref();
        ImageReference {
            repository: repository.or(self.defined.repository.as_ref()).cloned(),
            digest: digest.filter(|_| self.image.tag.is_none()),
            tag: self.image.tag.clone(),
        }
        .without_registry()
    }

    /// The finding where the registry has no such image, so that nothing can run it.
    pub(crate) fn absent(&self) -> Finding {
        let (place, parts) = match self.registry() {
            Some(Registry::Other(repository)) => (repository.host, "registry, repository, tag"),
            _ => ("ECR".to_owned(), "repository, tag, account and region"),
        };
        Finding::not_yet(format!(
            "the expected image {} is not in {place}",
            self.image
        ))
        .hint(format!(
            "Push it, or correct the target's `image` ({parts})."
        ))
    }
}

impl Target {
    /// What each judged container should run. It is settled once in a run: a tag that moves
    /// while touchdown looks doesn't change what is judged.
    pub(crate) async fn expected(
        &self,
        reads: &Reads,
    ) -> Result<BTreeMap<String, Expected>, Unobserved> {
        if let Some(known) = self.expected.get() {
            return Ok(known.clone());
        }
        if let Some(found) = self.of_only_container(reads).await? {
            return Ok(found);
        }
        let found = self.look_up(reads).await?;
        if complete(&found) {
            // Whoever was first has found the same.
            let _ = self.expected.set(found.clone());
        }
        Ok(found)
    }

    /// Settles what should run, before any check asks for it. What can't be settled now is left
    /// to them, who can tell why.
    pub async fn settle_expected(&self, reads: &Reads) {
        let _ = Box::pin(self.expected(reads)).await;
    }

    async fn look_up(&self, reads: &Reads) -> Result<BTreeMap<String, Expected>, Unobserved> {
        let definition = reads
            .task_definition(&self.region, &self.deployment.task_definition)
            .await?;
        let judged = judged_containers(self, &definition.value)?;
        self.ask_for(&judged, reads).await
    }

    /// What the only container should run; none where there may be several, or where that is no
    /// quicker to tell than by the task definition.
    async fn of_only_container(
        &self,
        reads: &Reads,
    ) -> Result<Option<BTreeMap<String, Expected>>, Unobserved> {
        let Some(only) = only::container(self, reads).await else {
            return Ok(None);
        };
        if let Some(known) = self.expected_of_only.get() {
            return Ok(Some(known.clone()));
        }
        let found = self.ask_for(&[&only], reads).await?;
        if complete(&found) {
            let _ = self.expected_of_only.set(found.clone());
        }
        Ok(Some(found))
    }

    async fn ask_for(
        &self,
        judged: &[&ContainerDefinition],
        reads: &Reads,
    ) -> Result<BTreeMap<String, Expected>, Unobserved> {
        let look_ups = named(self, judged)?
            .into_iter()
            .map(async |(container, image, defined)| {
                let (known, source) = ask(&image, &defined, reads).await?;
                let expected = Expected {
                    image,
                    defined,
                    known,
                    source,
                };
                Ok((container, expected))
            });
        futures_util::future::try_join_all(look_ups)
            .await
            .map(BTreeMap::from_iter)
    }
}

/// Whether the registry has all of it. What it hasn't may still be pushed.
fn complete(expected: &BTreeMap<String, Expected>) -> bool {
    let mut known = expected.values().map(|expected| &expected.known);
    known.all(|known| *known != Known::Absent)
}

/// The containers to judge: those that the target names, else every essential one. At least one.
pub(crate) fn judged_containers<'a>(
    target: &Target,
    definition: &'a TaskDefinition,
) -> Result<Vec<&'a ContainerDefinition>, Unobserved> {
    let Some(names) = &target.spec.containers else {
        let containers = definition.containers.iter();
        let essential: Vec<_> = containers.filter(|container| container.essential).collect();
        return match essential[..] {
            [] => Err(no_essential(definition)),
            _ => Ok(essential),
        };
    };
    let find = |name: &String| {
        definition.container(name).ok_or_else(|| {
            let existing: Vec<&str> = definition
                .containers
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            Unobserved::lasting(format!("{} has no container `{name}`", definition.name()))
                .hint(format!("Its containers: {}.", existing.join(", ")))
        })
    };
    names.iter().map(find).collect()
}

/// ECS takes no task definition without an essential container. Where an answer names none, a
/// statement about each of them would be true of nothing.
fn no_essential(definition: &TaskDefinition) -> Unobserved {
    Unobserved::for_now(format!(
        "ecs:DescribeTaskDefinition named no essential container of {}",
        definition.name()
    ))
    .hint("ECS registers no such task definition, so the answer is incomplete; look again.")
}

type Named = (String, ImageReference, ImageReference);

/// Which image each container should run, beside the one its task definition names.
///
/// The suite's `image` goes for the containers of the same repository, and where there is
/// none, for the only container that is judged: a sidecar is judged by what its task
/// definition says.
fn named(target: &Target, judged: &[&ContainerDefinition]) -> Result<Vec<Named>, Unobserved> {
    let mut images: Vec<Named> = judged
        .iter()
        .map(|container| defined(container))
        .collect::<Result<_, _>>()?;
    let Some(image) = &target.spec.image else {
        return Ok(images);
    };
    let alone = images.len() == 1;
    let same = images
        .iter()
        .any(|(_, _, defined)| image.same_repository(defined));
    if !same && !alone {
        return Err(unused(image, judged));
    }
    for (_, meant, defined) in &mut images {
        if !same || image.same_repository(defined) {
            *meant = image.clone();
        }
    }
    Ok(images)
}

/// A container with the image that its task definition names, twice.
fn defined(container: &ContainerDefinition) -> Result<Named, Unobserved> {
    let image: ImageReference = container.image.parse().map_err(|error| {
        Unobserved::lasting(format!(
            "the image of container `{}` can't be read: {error}",
            container.name
        ))
        .hint("Correct it in the task definition.")
    })?;
    Ok((container.name.clone(), image.clone(), image))
}

fn unused(image: &ImageReference, judged: &[&ContainerDefinition]) -> Unobserved {
    let named: Vec<String> = judged
        .iter()
        .map(|c| format!("{} runs {}", c.name, c.image))
        .collect();
    Unobserved::lasting(format!(
        "the target's image `{image}` is meant for none of its containers"
    ))
    .hint(format!(
        "Name the container with `containers:`. In the task definition, {}.",
        named.join(", ")
    ))
}

/// Asks the registry. A digest decides; beside it, a tag is for people.
async fn ask(
    image: &ImageReference,
    defined: &ImageReference,
    reads: &Reads,
) -> Result<(Known, Option<Source>), Unobserved> {
    let repository = image.repository.as_ref().or(defined.repository.as_ref());
    let registry = repository.and_then(|repository| Registry::of(repository));
    match (registry, &image.digest, &image.tag) {
        (Some(Registry::Ecr(repository)), _, _) => ask_ecr(image, &repository, reads).await,
        (_, Some(digest), _) => {
            let digest = digest.clone();
            Ok((Known::PinnedOnly { digest }, None))
        }
        (Some(Registry::Other(repository)), None, Some(tag)) => {
            ask_other(&repository, tag, reads).await
        }
        _ => Ok((
            Known::Unaskable(unnamed("its name tells no registry")),
            None,
        )),
    }
}

/// Asks a registry that isn't ECR. One that lets nobody in says nothing of what runs: a sidecar's image,
/// say, which need not be judged.
async fn ask_other(
    repository: &OciRepository,
    tag: &str,
    reads: &Reads,
) -> Result<(Known, Option<Source>), Unobserved> {
    match reads.digest_in(repository, tag).await {
        Ok(seen) => {
            let known = seen.value.map(|digest| Known::Offered { digest });
            Ok((known.unwrap_or(Known::Absent), Some(seen.source)))
        }
        Err(refused) if refused.lasting => Ok((Known::Unaskable(refused), None)),
        Err(unobserved) => Err(unobserved),
    }
}

fn unnamed(why: &str) -> Unobserved {
    Unobserved::lasting(why).hint("Pin it by digest.")
}

async fn ask_ecr(
    image: &ImageReference,
    repository: &Repository,
    reads: &Reads,
) -> Result<(Known, Option<Source>), Unobserved> {
    let id = match (&image.digest, &image.tag) {
        (Some(digest), _) => ImageId::Digest(digest.clone()),
        (None, Some(tag)) => ImageId::Tag(tag.clone()),
        (None, None) => return Ok((Known::Unaskable(unnamed("it has no tag")), None)),
    };
    let seen = reads.image(repository, id).await?;
    let known = match seen.value {
        Some(detail) => Known::Pushed {
            digest: detail.digest,
            at: detail.pushed_at,
        },
        None => match &image.digest {
            // It was written down, and may well run: a lifecycle rule can have removed it.
            Some(digest) => Known::PinnedOnly {
                digest: digest.clone(),
            },
            None => Known::Absent,
        },
    };
    Ok((known, Some(seen.source)))
}

#[cfg(test)]
mod tests;
