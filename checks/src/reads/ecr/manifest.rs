//! Manifests: one image, or an index of images by platform.

use serde::Deserialize;

use crate::contract::Unobserved;

/// A manifest: one image, or an index of images by platform.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// Its digest.
    pub digest: String,
    /// The platform images of an index, attestations left out; empty for one image.
    pub children: Vec<ChildManifest>,
}

/// One platform's image in an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildManifest {
    /// Its digest.
    pub digest: String,
    /// `linux/amd64`.
    pub platform: String,
}

impl Manifest {
    /// Reads a manifest of the OCI image specification, or Docker's of schema 2: an index
    /// has `manifests`, an image has not.
    pub(super) fn read(digest: &str, text: &str) -> Result<Self, Unobserved> {
        #[derive(Deserialize)]
        struct Index {
            #[serde(default)]
            manifests: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            digest: String,
            platform: Option<Platform>,
        }
        #[derive(Deserialize)]
        struct Platform {
            architecture: String,
            os: String,
            variant: Option<String>,
        }
        impl Platform {
            fn name(&self) -> String {
                let variant = self.variant.iter().map(|variant| format!("/{variant}"));
                format!(
                    "{}/{}{}",
                    self.os,
                    self.architecture,
                    variant.collect::<String>()
                )
            }
        }
        let index: Index = serde_json::from_str(text).map_err(|error| {
            Unobserved::for_now(format!("the manifest of {digest} can't be read: {error}"))
        })?;
        let child = |entry: Entry| match &entry.platform {
            // BuildKit lists its attestations as images of no platform.
            Some(platform) if platform.architecture == "unknown" || platform.os == "unknown" => {
                None
            }
            platform => Some(ChildManifest {
                platform: platform
                    .as_ref()
                    .map_or_else(|| "an unnamed platform".into(), Platform::name),
                digest: entry.digest,
            }),
        };
        Ok(Self {
            digest: digest.to_owned(),
            children: index.manifests.into_iter().filter_map(child).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
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
    }

    #[test]
    fn an_image_has_no_children_and_rubbish_is_unreadable() {
        let image = Manifest::read("sha256:i", r#"{"schemaVersion":2,"config":{},"layers":[]}"#);
        assert!(image.expect("an image").children.is_empty());
        assert!(Manifest::read("sha256:i", "<html>").is_err());
    }
}
