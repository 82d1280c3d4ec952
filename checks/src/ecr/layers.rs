//! One platform's image, layer by layer, each with the instruction that made it.

use super::offered::Offered;
use crate::contract::{Seen, Unobserved};
use crate::ecs::short;
use crate::reads::{ImageConfig, Manifest, Reads, Repository};

/// An image for one platform.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layers {
    /// The digest of the platform's own manifest.
    pub digest: String,
    /// The layers, the lowest first.
    pub layers: Vec<MadeLayer>,
}

/// A layer of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MadeLayer {
    /// The digest of its uncompressed content, by which layers are compared: the compressed
    /// bytes differ from one compressor to the next.
    pub diff_id: String,
    /// Its compressed size, in bytes.
    pub size: Option<u64>,
    /// The instruction that made it, as a Dockerfile has it; none where the image's history
    /// doesn't tell.
    pub made_by: Option<String>,
}

impl Layers {
    /// Reads the layers that an image has on a platform.
    pub async fn observe(
        reads: &Reads,
        repository: &Repository,
        digest: &str,
        platform: &str,
    ) -> Result<Seen<Self>, Unobserved> {
        let Some(offered) = Offered::observe(reads, repository, digest).await? else {
            return Err(gone(repository, digest));
        };
        let Some(own) = offered.value.image_for(platform) else {
            return Err(Unobserved::lasting(format!(
                "{} is for {}, not for the task definition's {platform}",
                short(digest),
                offered.value.listed()
            ))
            .hint(
                "Layers can be compared on one platform only; `ecr.platform-matches` tells more.",
            ));
        };
        let manifest = reads.manifest(repository, &own.digest).await?.value;
        let manifest = manifest.ok_or_else(|| gone(repository, &own.digest))?;
        let Some(config) = &manifest.config else {
            return Err(Unobserved::lasting(format!(
                "the manifest of {} names no config",
                short(&own.digest)
            )));
        };
        let config = reads.image_config(repository, config).await?;
        Ok(config.map(|config| Self::of(&manifest, &config)))
    }

    /// Joins what the manifest says of the layers with what the config says. The instructions
    /// that made a layer stand in the layers' order; where there are not as many, as builders
    /// other than Docker leave them, nobody can tell whose a layer is.
    fn of(manifest: &Manifest, config: &ImageConfig) -> Self {
        let made: Vec<&str> = config
            .history
            .iter()
            .filter(|entry| !entry.empty_layer)
            .map(|entry| entry.created_by.as_str())
            .collect();
        let told = made.len() == config.diff_ids.len();
        let layer = |(place, diff_id): (usize, &String)| MadeLayer {
            diff_id: diff_id.clone(),
            size: manifest.layers.get(place).map(|layer| layer.size),
            made_by: made
                .get(place)
                .filter(|_| told)
                .map(|text| instruction(text)),
        };
        Self {
            digest: manifest.digest.clone(),
            layers: config.diff_ids.iter().enumerate().map(layer).collect(),
        }
    }

    /// Whether a layer with the same content is among these.
    pub fn has(&self, layer: &MadeLayer) -> bool {
        self.layers.iter().any(|own| own.diff_id == layer.diff_id)
    }
}

fn gone(repository: &Repository, digest: &str) -> Unobserved {
    Unobserved::lasting(format!("{} is no longer in {repository}", short(digest)))
        .hint("Its layers can't be read any more; a lifecycle policy may have removed it.")
}

/// What wrote an instruction down, and how: before it, behind it, and what stands for both in
/// a Dockerfile. The classic builder marks what is no `RUN` as `#(nop)`.
const WRITTEN: [(&str, &str); 3] = [
    ("/bin/sh -c #(nop) ", ""),
    ("RUN /bin/sh -c ", "RUN "),
    ("/bin/sh -c ", "RUN "),
];

/// An instruction as a Dockerfile has it, from how the builders write it down:
/// `RUN /bin/sh -c make # buildkit`, `/bin/sh -c #(nop) COPY dir:… in /app`.
pub(super) fn instruction(created_by: &str) -> String {
    let text = created_by.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.strip_suffix("# buildkit").unwrap_or(&text).trim_end();
    for (before, instead) in WRITTEN {
        if let Some(rest) = text.strip_prefix(before) {
            return format!("{instead}{rest}");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::{Instruction, Layer};

    #[test]
    fn instructions_read_as_a_dockerfile_has_them() {
        for (written, read) in [
            ("COPY app/ /app # buildkit", "COPY app/ /app"),
            (
                "RUN /bin/sh -c pip install . # buildkit",
                "RUN pip install .",
            ),
            (
                "/bin/sh -c #(nop) COPY dir:0a1b in /app ",
                "COPY dir:0a1b in /app",
            ),
            (
                "/bin/sh -c apt-get update &&     apt-get upgrade",
                "RUN apt-get update && apt-get upgrade",
            ),
            ("ADD rootfs.tar.xz / # buildkit", "ADD rootfs.tar.xz /"),
        ] {
            assert_eq!(instruction(written), read);
        }
    }

    fn config(history: &[(&str, bool)], diff_ids: &[&str]) -> ImageConfig {
        let entry = |(created_by, empty_layer): &(&str, bool)| Instruction {
            created_by: (*created_by).into(),
            empty_layer: *empty_layer,
        };
        ImageConfig {
            platform: Some("linux/amd64".into()),
            history: history.iter().map(entry).collect(),
            diff_ids: diff_ids.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn instructions_without_a_layer_do_not_count() {
        let layer = |digest: &str, size| Layer {
            digest: digest.into(),
            size,
        };
        let manifest = Manifest {
            digest: "sha256:m".into(),
            layers: vec![layer("sha256:1", 10), layer("sha256:2", 20)],
            ..Manifest::default()
        };
        let history = [
            ("FROM scratch", false),
            ("ENV A=b", true),
            ("COPY a /a", false),
        ];
        let layers = Layers::of(&manifest, &config(&history, &["one", "two"])).layers;
        let told: Vec<_> = layers
            .iter()
            .map(|layer| (layer.diff_id.as_str(), layer.size, layer.made_by.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("one", Some(10), Some("FROM scratch")),
                ("two", Some(20), Some("COPY a /a"))
            ]
        );
    }

    #[test]
    fn a_history_that_does_not_fit_tells_nothing() {
        let config = config(&[("COPY a /a", false)], &["one", "two"]);
        let layers = Layers::of(&Manifest::default(), &config).layers;
        assert!(layers.len() == 2 && layers.iter().all(|layer| layer.made_by.is_none()));
    }
}
