//! Manifests: one image, or an index of images by platform.

use serde::Deserialize;

use super::platform::Platform;
use crate::contract::Unobserved;

/// A manifest: one image, or an index of images by platform.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// Its digest.
    pub digest: String,
    /// The platform images of an index, attestations left out; empty for one image.
    pub children: Vec<ChildManifest>,
    /// The digests of an index's attestations: entries that BuildKit adds, and that nothing
    /// can run.
    pub attestations: Vec<String>,
    /// The digest of one image's config; an index has none.
    pub config: Option<String>,
    /// The layers of one image, the lowest first.
    pub layers: Vec<Layer>,
}

/// One platform's image in an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildManifest {
    /// Its digest.
    pub digest: String,
    /// `linux/amd64`, or [`ChildManifest::UNNAMED`].
    pub platform: String,
}

impl ChildManifest {
    /// The platform of an entry for which the index names none.
    pub const UNNAMED: &str = "an unnamed platform";
}

/// A layer as the registry stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Layer {
    /// The digest of its compressed bytes.
    pub digest: String,
    /// Its compressed size, in bytes.
    pub size: u64,
}

/// What is read of a manifest of the OCI image specification, or of Docker's of schema 2.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    manifests: Vec<Entry>,
    config: Option<Config>,
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Entry {
    digest: String,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Config {
    digest: Option<String>,
}

impl Manifest {
    /// Reads a manifest: an index has `manifests`, an image has not.
    pub(in crate::reads) fn read(digest: &str, text: &str) -> Result<Self, Unobserved> {
        let written: Written = serde_json::from_str(text).map_err(|error| {
            Unobserved::for_now(format!("the manifest of {digest} can't be read: {error}"))
        })?;
        let mut manifest = Self {
            digest: digest.to_owned(),
            config: written.config.and_then(|config| config.digest),
            layers: written.layers,
            ..Self::default()
        };
        for Entry { digest, platform } in written.manifests {
            let named = match platform {
                None => Some(ChildManifest::UNNAMED.to_owned()),
                Some(platform) => platform.name(),
            };
            match named {
                Some(platform) => manifest.children.push(ChildManifest { digest, platform }),
                None => manifest.attestations.push(digest),
            }
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_index_lists_its_platforms_without_attestations() {
        let text = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
            {"digest":"sha256:a","platform":{"architecture":"amd64","os":"linux"}},
            {"digest":"sha256:b","platform":{"architecture":"arm64","os":"linux","variant":"v8"}},
            {"digest":"sha256:c","platform":{"architecture":"unknown","os":"unknown"}}]}"#;
        let manifest = Manifest::read("sha256:i", text).expect("an index");
        let shown: Vec<_> = manifest
            .children
            .iter()
            .map(|c| (&*c.digest, &*c.platform))
            .collect();
        assert_eq!(
            shown,
            [("sha256:a", "linux/amd64"), ("sha256:b", "linux/arm64/v8")]
        );
        assert_eq!(manifest.attestations, ["sha256:c"]);
        assert_eq!(manifest.config, None);
    }

    #[test]
    fn an_image_has_a_config_and_layers_and_rubbish_is_unreadable() {
        let text = r#"{"schemaVersion":2,"config":{"digest":"sha256:c","size":7},
            "layers":[{"digest":"sha256:l","size":30430532}]}"#;
        let image = Manifest::read("sha256:i", text).expect("an image");
        assert!(image.children.is_empty());
        assert_eq!(image.config.as_deref(), Some("sha256:c"));
        let layer = Layer {
            digest: "sha256:l".into(),
            size: 30_430_532,
        };
        assert_eq!(image.layers, [layer]);
        assert!(Manifest::read("sha256:i", "<html>").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_part_of_a_manifest_is_none(end in 0..IMAGE.len()) {
            prop_assert!(Manifest::read("sha256:i", &IMAGE[..end]).is_err());
        }

        #[test]
        fn a_changed_manifest_is_one_or_refused(at in 0..IMAGE.len(), new in "[\\[\\]{}\":,0-9a-z-]{0,3}") {
            let changed = format!("{}{new}{}", &IMAGE[..at], &IMAGE[at + 1..]);
            if let Err(unread) = Manifest::read("sha256:i", &changed) {
                prop_assert!(unread.headline.starts_with("the manifest of sha256:i can't be read: "));
            }
        }
    }

    const IMAGE: &str = r#"{"schemaVersion":2,"config":{"digest":"sha256:c","size":7},"layers":[{"digest":"sha256:l","size":30430532}]}"#;
}
