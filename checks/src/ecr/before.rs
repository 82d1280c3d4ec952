//! The image that ran before: what the expected one is compared with.

use jiff::Timestamp;

use super::offered::Offered;
use crate::contract::{Expected, Target, Unobserved};
use crate::ecs::{if_told, moment, pinned_before, short};
use crate::reads::{ImageDetail, ImageId, Manifest, Reads, Repository, ServiceRevision};

/// An image that ran before, or is taken for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Before {
    pub repository: Repository,
    pub digest: String,
    pub pushed_at: Option<Timestamp>,
    pub known_from: KnownFrom,
}

/// What says that it ran before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KnownFrom {
    /// The baseline, taken at that time.
    Baseline(Timestamp),
    /// ECS: the deployment pinned it that the judged one replaced.
    Replaced,
    /// Nothing does: it was pushed to the same repository just before the expected one.
    PushOrder,
}

impl Before {
    /// Finds it; none where nothing came before.
    pub async fn find(
        reads: &Reads,
        target: &Target,
        container: &str,
        expected: &Expected,
        platform: &str,
    ) -> Result<Option<Self>, Unobserved> {
        let (Some(own), Some(digest)) = (expected.repository(), expected.digest()) else {
            return Ok(None);
        };
        let known = match of_baseline(target, container, &own) {
            Some(known) => Some(known),
            None => if_told(pinned_before(target, reads).await)?
                .and_then(|revision| of_revision(&revision.value, container, &own)),
        };
        if let Some((repository, digest, known_from)) = known {
            // Only for the reader's eyes.
            let seen = reads
                .image(&repository, ImageId::Digest(digest.clone()))
                .await;
            let detail = seen.ok().and_then(|seen| seen.value);
            return Ok(Some(Self {
                pushed_at: detail.and_then(|detail| detail.pushed_at),
                repository,
                digest,
                known_from,
            }));
        }
        by_push_order(reads, own, digest, platform).await
    }

    /// `sha256:0123456789ab of the baseline of …, pushed …`.
    pub fn told(&self) -> String {
        let from = match self.known_from {
            KnownFrom::Baseline(at) => format!(" of the baseline of {}", moment(at)),
            KnownFrom::Replaced => " of the deployment before".into(),
            KnownFrom::PushOrder => String::new(),
        };
        let pushed = self.pushed_at.map(|at| format!(", pushed {}", moment(at)));
        format!(
            "{}{from}{}",
            short(&self.digest),
            pushed.unwrap_or_default()
        )
    }

    /// What to do where it is only taken for what ran before; a sentence behind others.
    pub fn caveat(&self) -> &'static str {
        match self.known_from {
            KnownFrom::Baseline(_) | KnownFrom::Replaced => "",
            KnownFrom::PushOrder => {
                " The image before is the one pushed before it; to compare with what ran, take `touchdown snapshot` before a deploy and give it to `run --baseline`."
            }
        }
    }
}

/// The digest that the baseline has for the container, in the repository that it names there.
fn of_baseline(
    target: &Target,
    container: &str,
    own: &Repository,
) -> Option<(Repository, String, KnownFrom)> {
    let baseline = target.baseline.as_ref()?;
    let image = baseline.images.get(container)?;
    let known_from = KnownFrom::Baseline(baseline.taken_at);
    let repository = repository_of(&image.image, own);
    Some((repository, image.digest.clone()?, known_from))
}

/// The digest that a service revision pinned for the container, and its repository then.
fn of_revision(
    revision: &ServiceRevision,
    container: &str,
    own: &Repository,
) -> Option<(Repository, String, KnownFrom)> {
    let mut images = revision.images.iter();
    let image = images.find(|image| image.container == container)?;
    let repository = repository_of(&image.image, own);
    Some((repository, image.digest.clone()?, KnownFrom::Replaced))
}

/// The repository that an image names, else the expected image's own.
fn repository_of(image: &str, own: &Repository) -> Repository {
    Repository::of_image(image).unwrap_or_else(|| own.clone())
}

/// So many images that were pushed before are looked at, to find one for the platform.
const CANDIDATES: usize = 8;

/// The image in the same repository that was pushed latest before the expected one.
async fn by_push_order(
    reads: &Reads,
    repository: Repository,
    digest: &str,
    platform: &str,
) -> Result<Option<Before>, Unobserved> {
    let images = reads.images_of(&repository).await?.value;
    let Some(manifest) = reads.manifest(&repository, digest).await?.value else {
        return Ok(None);
    };
    for image in earlier(&images, &manifest).take(CANDIDATES) {
        let offered = Offered::observe(reads, &repository, &image.digest).await?;
        if offered.is_some_and(|offered| offered.value.image_for(platform).is_some()) {
            return Ok(Some(Before {
                digest: image.digest.clone(),
                pushed_at: image.pushed_at,
                known_from: KnownFrom::PushOrder,
                repository,
            }));
        }
    }
    Ok(None)
}

/// The images that were pushed before the one of `manifest`, the newest first. An index's own
/// images and attestations are pushed just before it, and don't count; nor do charts, caches
/// and other things that are no images.
fn earlier<'a>(
    newest_first: &'a [ImageDetail],
    manifest: &'a Manifest,
) -> impl Iterator<Item = &'a ImageDetail> {
    let is_own = |image: &ImageDetail| {
        let mut children = manifest.children.iter();
        children.any(|child| child.digest == image.digest)
            || manifest.attestations.contains(&image.digest)
    };
    let is_image = |image: &ImageDetail| {
        let artifact = image.artifact.as_deref();
        artifact.is_none_or(|artifact| CONFIGS.contains(&artifact))
    };
    newest_first
        .iter()
        .skip_while(|image| image.digest != manifest.digest)
        .skip(1)
        .filter(move |image| !is_own(image) && is_image(image))
}

/// The media types of an image's config, of OCI and of Docker.
const CONFIGS: [&str; 2] = [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Baseline, BaselineImage};
    use crate::ecs::literal::{at, target};
    use crate::reads::ChildManifest;

    fn image(digest: &str, artifact: Option<&str>) -> ImageDetail {
        ImageDetail {
            digest: digest.into(),
            artifact: artifact.map(str::to_owned),
            ..ImageDetail::default()
        }
    }

    #[test]
    fn what_was_pushed_with_the_index_did_not_come_before_it() {
        let oci = Some(CONFIGS[0]);
        let listed = [
            image("sha256:later", oci),
            image("sha256:index", None),
            image("sha256:attestation", oci),
            image("sha256:amd64", oci),
            image(
                "sha256:chart",
                Some("application/vnd.cncf.helm.config.v1+json"),
            ),
            image("sha256:before", Some(CONFIGS[1])),
            image("sha256:long-before", None),
        ];
        let manifest = Manifest {
            digest: "sha256:index".into(),
            children: vec![ChildManifest {
                digest: "sha256:amd64".into(),
                platform: "linux/amd64".into(),
            }],
            attestations: vec!["sha256:attestation".into()],
            ..Manifest::default()
        };
        let found: Vec<&str> = earlier(&listed, &manifest)
            .map(|image| image.digest.as_str())
            .collect();
        assert_eq!(found, ["sha256:before", "sha256:long-before"]);
        let unlisted = Manifest {
            digest: "sha256:unlisted".into(),
            ..Manifest::default()
        };
        assert_eq!(earlier(&listed, &unlisted).count(), 0);
    }

    #[test]
    fn a_baseline_tells_what_ran_in_the_container_and_where_it_was_kept() {
        let own = || Repository {
            account: "099200121087".into(),
            region: "us-east-1".into(),
            name: "shop/web".into(),
        };
        let of = |image: &str, digest: Option<&str>| {
            let image = BaselineImage {
                image: image.into(),
                digest: digest.map(str::to_owned),
            };
            let mut target = target("ecs-svc/1");
            target.baseline = Some(Baseline {
                version: Baseline::VERSION,
                taken_at: at("23:00:00"),
                cluster: target.cluster.clone(),
                service: target.service_arn.clone(),
                deployment: "ecs-svc/0".into(),
                task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:4".into(),
                tasks: Vec::new(),
                images: [("app".to_owned(), image)].into(),
            });
            of_baseline(&target, "app", &own())
                .map(|(repository, digest, _)| (repository.name, digest))
        };
        let elsewhere = "099200121087.dkr.ecr.us-east-1.amazonaws.com/old/web:1";
        let digest = Some("sha256:old");
        assert_eq!(
            of(elsewhere, digest),
            Some(("old/web".into(), "sha256:old".into()))
        );
        assert_eq!(
            of("sha256:old", digest),
            Some(("shop/web".into(), "sha256:old".into()))
        );
        assert_eq!(of(elsewhere, None), None, "no task reported its digest");
    }
}
