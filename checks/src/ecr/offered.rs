//! The platforms that an image offers: each entry of an index, or the one that a plain
//! image's config names.

use crate::contract::{Seen, Unobserved};
use crate::ecs::short;
use crate::reads::{ChildManifest, Reads, Repository};

/// What an image offers: its image for each platform, in the index's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Offered(pub Vec<ChildManifest>);

impl Offered {
    /// Looks up what a digest offers; none where the repository has it no longer.
    pub async fn observe(
        reads: &Reads,
        repository: &Repository,
        digest: &str,
    ) -> Result<Option<Seen<Self>>, Unobserved> {
        let seen = reads.manifest(repository, digest).await?;
        let Some(manifest) = seen.value.clone() else {
            return Ok(None);
        };
        if let Some(config) = &manifest.config {
            let config = reads.image_config(repository, config).await?;
            let own = config.map(|config| of_plain(digest, config.platform.as_deref()));
            return Ok(Some(own));
        }
        if manifest.children.is_empty() && manifest.attestations.is_empty() {
            return Err(Unobserved::lasting(format!(
                "the manifest of {} names neither platforms nor a config",
                short(digest)
            ))
            .hint("It is of an old schema, or no container image; push the image with a current Docker."));
        }
        let mut offered = Vec::new();
        for child in manifest.children {
            offered.push(named(reads, repository, child).await?);
        }
        Ok(Some(seen.map(|_| Self(offered))))
    }

    /// The image for a platform. What wants a platform names no variant, so any will do.
    pub fn image_for(&self, wanted: &str) -> Option<&ChildManifest> {
        let plain = |platform: &str| {
            platform
                .splitn(3, '/')
                .take(2)
                .eq(wanted.splitn(3, '/').take(2))
        };
        self.0.iter().find(|image| plain(&image.platform))
    }

    /// `linux/arm64 and linux/arm/v7`.
    pub fn listed(&self) -> String {
        let platforms: Vec<&str> = self.0.iter().map(|i| i.platform.as_str()).collect();
        match platforms.split_last() {
            None => "no platform".into(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
        }
    }
}

/// What a plain image offers: itself, for the platform that its config names.
fn of_plain(digest: &str, platform: Option<&str>) -> Offered {
    Offered(vec![ChildManifest {
        digest: digest.to_owned(),
        platform: platform.unwrap_or(ChildManifest::UNNAMED).to_owned(),
    }])
}

/// An entry whose platform the index leaves out has it in its own config.
async fn named(
    reads: &Reads,
    repository: &Repository,
    child: ChildManifest,
) -> Result<ChildManifest, Unobserved> {
    if child.platform != ChildManifest::UNNAMED {
        return Ok(child);
    }
    let manifest = reads.manifest(repository, &child.digest).await?.value;
    let Some(config) = manifest.and_then(|manifest| manifest.config) else {
        return Ok(child);
    };
    let config = reads.image_config(repository, &config).await?.value;
    let platform = config.platform.clone().unwrap_or(child.platform);
    Ok(ChildManifest { platform, ..child })
}

/// Literal facts for the tests of judges.
#[cfg(test)]
pub(super) mod literal {
    use super::*;

    pub fn offered(platforms: &[&str]) -> Offered {
        let image = |platform: &&str| ChildManifest {
            digest: format!("sha256:{platform}"),
            platform: (*platform).to_owned(),
        };
        Offered(platforms.iter().map(image).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::literal::offered;
    use super::*;

    #[test]
    fn a_platform_is_offered_in_any_variant_and_no_other() {
        let both = offered(&["linux/amd64", "linux/arm64/v8"]);
        let digest = |wanted| both.image_for(wanted).map(|image| image.digest.as_str());
        assert_eq!(digest("linux/arm64"), Some("sha256:linux/arm64/v8"));
        assert_eq!(digest("linux/amd64"), Some("sha256:linux/amd64"));
        assert_eq!(digest("windows/amd64"), None);
        assert_eq!(digest("linux/arm"), None);
        assert_eq!(both.listed(), "linux/amd64 and linux/arm64/v8");
        assert_eq!(offered(&[]).listed(), "no platform");
    }

    #[test]
    fn a_plain_image_offers_itself() {
        let own = of_plain("sha256:i", Some("linux/arm64"));
        let found = own.image_for("linux/arm64").map(|i| i.digest.as_str());
        assert_eq!(found, Some("sha256:i"));
        assert_eq!(of_plain("sha256:i", None).image_for("linux/arm64"), None);
    }
}
