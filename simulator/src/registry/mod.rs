//! The container registry: repositories, what was pushed to them and where the tags stand.

mod image;
mod layer;

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

pub(crate) use image::{Built, Manifest};

use crate::{identity, scenario::format, time::after};

/// A manifest in a repository.
#[derive(Debug)]
pub(crate) struct Stored {
    pub manifest: Manifest,
    pub pushed_at: Timestamp,
    /// The scenario's name of the image it belongs to.
    pub image: String,
}

/// One repository.
#[derive(Debug)]
pub(crate) struct Repository {
    pub name: String,
    pub created_at: Timestamp,
    pub immutable: bool,
    /// In the order of pushing.
    pub manifests: Vec<Stored>,
    /// Tag → digest.
    pub tags: BTreeMap<String, String>,
    pub blobs: BTreeMap<String, Bytes>,
}

impl Repository {
    pub(crate) fn new(name: &str, described: &format::Repository) -> Self {
        Self {
            name: name.to_owned(),
            created_at: described.created_at,
            immutable: described.immutable,
            manifests: Vec::new(),
            tags: BTreeMap::new(),
            blobs: BTreeMap::new(),
        }
    }

    pub(crate) fn by_digest(&self, digest: &str) -> Option<&Stored> {
        self.manifests
            .iter()
            .find(|stored| stored.manifest.digest == digest)
    }

    pub(crate) fn by_tag(&self, tag: &str) -> Option<&Stored> {
        self.by_digest(self.tags.get(tag)?)
    }

    /// The tags of a digest, in the order of the alphabet.
    pub(crate) fn tags_of(&self, digest: &str) -> Vec<String> {
        self.tags
            .iter()
            .filter(|(_, tagged)| *tagged == digest)
            .map(|(tag, _)| tag.clone())
            .collect()
    }

    /// What a task of a platform pulls of a manifest: of an index the entry for the platform, and of a plain
    /// manifest itself, whatever its platform is.
    pub(crate) fn for_platform<'a>(
        &'a self,
        manifest: &'a Manifest,
        platform: &str,
    ) -> Option<&'a Manifest> {
        if manifest.artifact_media_type.is_some() {
            return Some(manifest);
        }
        let mut children = manifest
            .children
            .iter()
            .filter_map(|digest| self.by_digest(digest))
            .map(|stored| &stored.manifest);
        children.find(|child| child.platforms.iter().any(|has| has == platform))
    }

    /// Removes the manifests that were pushed as an image of the scenario, and their tags.
    pub(crate) fn delete(&mut self, image: &str) {
        self.manifests.retain(|stored| stored.image != image);
        let manifests = &self.manifests;
        self.tags.retain(|_, digest| {
            manifests
                .iter()
                .any(|stored| stored.manifest.digest == *digest)
        });
    }

    /// A push that ends at `at`: children arrive a moment before what the tag names. A digest that is
    /// there already keeps its time. An immutable tag refuses to move, and then nothing is pushed.
    pub(crate) fn push(
        &mut self,
        name: &str,
        built: &Built,
        tags: &[String],
        at: Timestamp,
    ) -> Result<(), String> {
        let Some(top) = built.top() else {
            return Err(format!("the image {name} has no platform"));
        };
        for tag in tags {
            let moves = self
                .tags
                .get(tag)
                .is_some_and(|digest| *digest != top.digest);
            if self.immutable && moves {
                return Err(format!(
                    "the tag {tag} exists in the repository {}, which is immutable",
                    self.name
                ));
            }
        }
        for (position, manifest) in built.manifests.iter().rev().enumerate() {
            if self.by_digest(&manifest.digest).is_some() {
                continue;
            }
            let earlier = (0..position)
                .map(|step| identity::between(&[&manifest.digest, &step.to_string()], 140, 420));
            let ahead = i64::try_from(earlier.sum::<u64>()).unwrap_or(0);
            let pushed_at = after(at, jiff::SignedDuration::from_millis(-ahead));
            self.manifests.push(Stored {
                manifest: manifest.clone(),
                pushed_at,
                image: name.to_owned(),
            });
        }
        self.manifests.sort_by_key(|stored| stored.pushed_at);
        for tag in tags {
            self.tags.insert(tag.clone(), top.digest.clone());
        }
        self.blobs.extend(
            built
                .blobs
                .iter()
                .map(|(digest, bytes)| (digest.clone(), bytes.clone())),
        );
        Ok(())
    }
}
