//! Platforms as images name them: operating system, architecture and variant.

use serde::Deserialize;

/// The platform of an index's entry, or of an image's config.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Platform {
    pub architecture: String,
    pub os: String,
    pub variant: Option<String>,
}

impl Platform {
    /// `linux/amd64`, `linux/arm64/v8`; none where nothing is named, as in what only looks
    /// like an image: an attestation, a signature.
    pub fn name(&self) -> Option<String> {
        let named = |part: &str| !part.is_empty() && part != "unknown";
        if !named(&self.os) || !named(&self.architecture) {
            return None;
        }
        let variant = self.variant.as_deref().filter(|variant| named(variant));
        let parts = [self.os.as_str(), &self.architecture];
        Some(
            parts
                .into_iter()
                .chain(variant)
                .collect::<Vec<_>>()
                .join("/"),
        )
    }
}
