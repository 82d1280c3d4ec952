//! Whether two digests are one image: the same, or a multi-platform index and one of its
//! platform images.

use std::collections::{BTreeMap, BTreeSet};

use super::picture::Picture;
use crate::contract::{Expected, Target, Unobserved};
use crate::reads::{ImageDetail, ImageId, Manifest, Reads, Registry};

/// How the running digest stands to the expected one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They are equal.
    Same,
    /// The running one is the expected index's image for a platform.
    PlatformOfIndex(String),
    /// The expected one is the running index's image for the task's platform.
    IndexOfPlatform(String),
    /// The expected one is in the running index, but for another platform than the task's.
    OtherPlatform(String),
    /// They are different images.
    Different,
    /// They differ, and whether one is the other's platform image can't be told.
    Unknown,
}

impl Relation {
    /// Whether another image runs than the expected one.
    pub fn is_different(&self) -> bool {
        matches!(self, Self::Different | Self::OtherPlatform(_))
    }
}

/// What the registry says of the digests that run but are not the expected ones; empty, and
/// not asked for, where all are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images {
    /// Manifests by digest. A digest that is missing here is gone from the registry.
    pub manifests: BTreeMap<String, Manifest>,
    /// Running digests, with their tags and push times.
    pub details: BTreeMap<String, ImageDetail>,
    /// Expected digests whose registry was asked.
    pub asked: BTreeSet<String>,
    /// Why the registry could not be asked.
    pub unreadable: Option<Unobserved>,
}

impl Images {
    /// Asks about each digest that runs in a judged container and differs.
    pub async fn observe(
        target: &Target,
        picture: &Picture,
        expected: &BTreeMap<String, Expected>,
        reads: &Reads,
    ) -> Self {
        let running = |container: &str| {
            picture
                .judged(target)
                .filter(|task| task.runs())
                .filter_map(|task| task.container(container)?.digest.as_deref())
                .collect()
        };
        Self::of_digests(expected, running, reads).await
    }

    /// Asks about each of a container's `digests` that differs from the expected one.
    pub async fn of_digests<'d>(
        expected: &BTreeMap<String, Expected>,
        digests: impl Fn(&str) -> BTreeSet<&'d str>,
        reads: &Reads,
    ) -> Self {
        let mut images = Self::default();
        for (container, expected) in expected {
            let (Some(wanted), Some(registry)) = (expected.digest(), expected.registry()) else {
                continue;
            };
            let mut others = digests(container);
            others.remove(wanted);
            if !others.is_empty() {
                images.ask(wanted, &others, &registry, reads).await;
            }
        }
        images
    }

    async fn ask(
        &mut self,
        wanted: &str,
        others: &BTreeSet<&str>,
        registry: &Registry,
        reads: &Reads,
    ) {
        self.asked.insert(wanted.to_owned());
        let digests = others.iter().copied().chain([wanted]);
        let asked = digests.map(async |digest| match registry {
            Registry::Ecr(repository) => reads.manifest(repository, digest).await,
            Registry::Other(repository) => reads.manifest_in(repository, digest).await,
        });
        for answer in futures_util::future::join_all(asked).await {
            match answer {
                Ok(seen) => self
                    .manifests
                    .extend(seen.value.map(|m| (m.digest.clone(), m))),
                Err(unobserved) => self.unreadable = Some(unobserved),
            }
        }
        let Registry::Ecr(repository) = registry else {
            return;
        };
        // Only for the reader's eyes: when was that which runs pushed, and as what?
        let asked = others
            .iter()
            .map(|d| reads.image(repository, ImageId::Digest((*d).to_owned())));
        let details = futures_util::future::join_all(asked).await;
        let found = details.into_iter().flatten().filter_map(|seen| seen.value);
        self.details
            .extend(found.map(|detail| (detail.digest.clone(), detail)));
    }

    /// How the digest `running` in a task of that architecture stands to `expected`.
    pub fn relation(&self, expected: &str, running: &str, architecture: Option<&str>) -> Relation {
        if expected == running {
            return Relation::Same;
        }
        if let Some(platform) = self.platform(expected, running) {
            return Relation::PlatformOfIndex(platform);
        }
        if let Some(platform) = self.platform(running, expected) {
            // The task runs that image of the index which fits its own architecture.
            return match architecture {
                Some(own) if platform.split('/').nth(1) == Some(own) => {
                    Relation::IndexOfPlatform(platform)
                }
                Some(_) => Relation::OtherPlatform(platform),
                None if self.is_for_one_platform(running) => Relation::IndexOfPlatform(platform),
                None => Relation::Unknown,
            };
        }
        if self.asked.contains(expected) && self.unreadable.is_none() {
            Relation::Different
        } else {
            Relation::Unknown
        }
    }

    fn is_for_one_platform(&self, index: &str) -> bool {
        self.manifests
            .get(index)
            .is_some_and(|manifest| manifest.children.len() == 1)
    }

    /// The platform that `child` is of in the index `index`.
    fn platform(&self, index: &str, child: &str) -> Option<String> {
        let children = &self.manifests.get(index)?.children;
        children
            .iter()
            .find(|known| known.digest == child)
            .map(|known| known.platform.clone())
    }
}

#[cfg(test)]
pub(crate) mod literal {
    use super::*;
    use crate::reads::ChildManifest;

    /// The registry was asked about `expected`, which is an index of these platform images.
    pub fn index(expected: &str, children: &[(&str, &str)]) -> Images {
        let children = children.iter().map(|(digest, platform)| ChildManifest {
            digest: (*digest).into(),
            platform: (*platform).into(),
        });
        let manifest = Manifest {
            digest: expected.into(),
            children: children.collect(),
            ..Manifest::default()
        };
        Images {
            manifests: BTreeMap::from([(expected.to_owned(), manifest)]),
            asked: BTreeSet::from([expected.to_owned()]),
            ..Images::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> Images {
        literal::index(
            "sha256:index",
            &[
                ("sha256:amd", "linux/amd64"),
                ("sha256:arm", "linux/arm64/v8"),
            ],
        )
    }

    fn relation(expected: &str, running: &str, architecture: Option<&str>) -> Relation {
        both().relation(expected, running, architecture)
    }

    #[test]
    fn an_index_and_its_platform_are_one_image_either_way() {
        let own = Some("amd64");
        let amd64 = || "linux/amd64".to_owned();
        assert_eq!(
            relation("sha256:index", "sha256:index", own),
            Relation::Same
        );
        assert_eq!(
            relation("sha256:index", "sha256:amd", own),
            Relation::PlatformOfIndex(amd64())
        );
        assert_eq!(
            relation("sha256:amd", "sha256:index", own),
            Relation::IndexOfPlatform(amd64())
        );
        assert_eq!(
            relation("sha256:index", "sha256:old", own),
            Relation::Different
        );
    }

    #[test]
    fn the_index_of_another_architectures_image_runs_another_image() {
        assert_eq!(
            relation("sha256:arm", "sha256:index", Some("amd64")),
            Relation::OtherPlatform("linux/arm64/v8".into())
        );
        assert_eq!(
            relation("sha256:arm", "sha256:index", None),
            Relation::Unknown
        );
    }

    #[test]
    fn a_registry_that_was_not_asked_leaves_it_open() {
        let images = Images::default();
        assert_eq!(
            images.relation("sha256:a", "sha256:b", None),
            Relation::Unknown
        );
    }
}
