//! An image's bytes: layers, config, manifest, and the index over platforms. Their sha256 is their digest.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::layer::LayerBytes;
use crate::{identity, scenario::format};

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A manifest or an index, as the registry stores it.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    pub digest: String,
    pub media_type: &'static str,
    /// The media type of the config; an index has none.
    pub artifact_media_type: Option<&'static str>,
    pub bytes: String,
    /// What its config and layers weigh; of an index, its heaviest manifest.
    pub size: usize,
    /// The platforms that can run from here; an attestation has none.
    pub platforms: Vec<String>,
    /// The digests of an index's entries.
    pub children: Vec<String>,
}

/// An image ready to be pushed.
#[derive(Debug)]
pub(crate) struct Built {
    /// In the order in which a client pushes them: children first, and last what the tag will name.
    pub manifests: Vec<Manifest>,
    pub blobs: BTreeMap<String, Bytes>,
}

impl Built {
    /// Builds the image of a scenario.
    pub(crate) fn from(image: &format::Image) -> Self {
        let mut blobs = BTreeMap::new();
        let indexed = image.attestations || image.platforms.len() > 1;
        let mut manifests = Vec::new();
        let mut entries = Vec::new();
        for platform in &image.platforms {
            let manifest = platform_manifest(image, platform, indexed, &mut blobs);
            entries.push(entry(&manifest, platform, None));
            manifests.push(manifest);
        }
        if image.attestations {
            for platform in &image.platforms {
                let subject = entries
                    .iter()
                    .find(|entry| entry["platform"] == platform_json(platform));
                let subject = subject
                    .and_then(|entry| entry["digest"].as_str())
                    .unwrap_or_default()
                    .to_owned();
                let attestation = attestation(&subject, &mut blobs);
                entries.push(entry(&attestation, "unknown/unknown", Some(&subject)));
                manifests.push(attestation);
            }
        }
        if indexed {
            manifests.push(index(&entries, &manifests));
        }
        Self { manifests, blobs }
    }

    /// What the tag names: the index, or the only manifest.
    pub(crate) fn top(&self) -> Option<&Manifest> {
        self.manifests.last()
    }
}

/// The manifest of one platform; its config and layers go to the blobs.
fn platform_manifest(
    image: &format::Image,
    platform: &str,
    oci: bool,
    blobs: &mut BTreeMap<String, Bytes>,
) -> Manifest {
    let mut layers = Vec::new();
    let mut diff_ids = Vec::new();
    for layer in &image.layers {
        let Some(content) = &layer.content else {
            continue;
        };
        let bytes = LayerBytes::of(
            &layer.made_by,
            layer_content(&layer.made_by, content, platform).as_bytes(),
        );
        diff_ids.push(bytes.diff_id);
        layers.push((if oci { OCI_LAYER } else { DOCKER_LAYER }, bytes.compressed));
    }
    let config = config(image, platform, &diff_ids).to_string().into_bytes();
    let config_type = if oci { OCI_CONFIG } else { DOCKER_CONFIG };
    let media_type = if oci { OCI_MANIFEST } else { DOCKER_MANIFEST };
    manifest(
        media_type,
        (config_type, config),
        layers,
        vec![platform.to_owned()],
        blobs,
    )
}

/// What comes from a base image or a compiler differs between platforms; copied files do not.
fn layer_content(made_by: &str, content: &str, platform: &str) -> String {
    let copied = made_by.starts_with("COPY") || made_by.starts_with("ADD");
    if copied {
        content.to_owned()
    } else {
        format!("{content}\n{platform}\n")
    }
}

/// The image config, where a plain manifest keeps its platform and every image its history.
fn config(image: &format::Image, platform: &str, diff_ids: &[String]) -> Value {
    let (os, architecture) = platform.split_once('/').unwrap_or(("linux", platform));
    let (architecture, variant) = match architecture.split_once('/') {
        Some((architecture, variant)) => (architecture, Some(variant)),
        None => (architecture, None),
    };
    let environment: Vec<String> = image
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let history: Vec<Value> = image
        .layers
        .iter()
        .map(|layer| history(image, layer))
        .collect();
    let mut config = json!({
        "architecture": architecture,
        "config": { "Env": environment, "Labels": image.labels },
        "created": image.built_at.to_string(),
        "history": history,
        "os": os,
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
    });
    if let Some(variant) = variant {
        config["variant"] = variant.into();
    }
    config
}

fn history(image: &format::Image, layer: &format::Layer) -> Value {
    let mut entry = json!({
        "created": image.built_at.to_string(),
        "created_by": created_by(layer),
        "comment": "buildkit.dockerfile.v0",
    });
    if layer.content.is_none() {
        entry["empty_layer"] = true.into();
    }
    entry
}

/// An instruction as BuildKit writes it down: with the shell that runs it, and marked where it made a layer.
fn created_by(layer: &format::Layer) -> String {
    match layer.made_by.strip_prefix("RUN ") {
        Some(command) => format!("RUN /bin/sh -c {command} # buildkit"),
        None if layer.content.is_some() => format!("{} # buildkit", layer.made_by),
        None => layer.made_by.clone(),
    }
}

/// A manifest over a config and layers.
fn manifest(
    media_type: &'static str,
    (config_type, config): (&'static str, Vec<u8>),
    layers: Vec<(&str, Vec<u8>)>,
    platforms: Vec<String>,
    blobs: &mut BTreeMap<String, Bytes>,
) -> Manifest {
    let mut size = config.len();
    let config = stored(config_type, config, blobs);
    let layers: Vec<Value> = layers
        .into_iter()
        .map(|(media_type, bytes)| {
            size += bytes.len();
            stored(media_type, bytes, blobs)
        })
        .collect();
    let body =
        json!({ "schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers });
    let bytes = pretty(&body);
    Manifest {
        digest: identity::digest(bytes.as_bytes()),
        media_type,
        artifact_media_type: Some(config_type),
        bytes,
        size,
        platforms,
        children: Vec::new(),
    }
}

/// Keeps a blob and describes it.
fn stored(media_type: &str, bytes: Vec<u8>, blobs: &mut BTreeMap<String, Bytes>) -> Value {
    let digest = identity::digest(&bytes);
    let descriptor = json!({ "mediaType": media_type, "size": bytes.len(), "digest": digest });
    blobs.insert(digest, bytes.into());
    descriptor
}

/// BuildKit's record of how a manifest was built: an entry of the index that nothing can run.
fn attestation(subject: &str, blobs: &mut BTreeMap<String, Bytes>) -> Manifest {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": [{ "digest": { "sha256": subject.trim_start_matches("sha256:") } }],
        "predicate": { "buildType": "https://mobyproject.org/buildkit@v1" },
    });
    let statement = statement.to_string().into_bytes();
    let config = json!({
        "architecture": "unknown",
        "os": "unknown",
        "config": {},
        "rootfs": { "type": "layers", "diff_ids": [identity::digest(&statement)] },
    });
    let config = (OCI_CONFIG, config.to_string().into_bytes());
    manifest(
        OCI_MANIFEST,
        config,
        vec![(IN_TOTO, statement)],
        Vec::new(),
        blobs,
    )
}

fn platform_json(platform: &str) -> Value {
    let mut parts = platform.split('/');
    let os = parts.next().unwrap_or_default();
    let architecture = parts.next().unwrap_or_default();
    match parts.next() {
        Some(variant) => json!({ "architecture": architecture, "os": os, "variant": variant }),
        None => json!({ "architecture": architecture, "os": os }),
    }
}

/// An index's entry for a manifest, or for the attestation of another.
fn entry(manifest: &Manifest, platform: &str, attests: Option<&str>) -> Value {
    let mut entry = json!({
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": manifest.bytes.len(),
    });
    if let Some(subject) = attests {
        entry["annotations"] = json!({
            "vnd.docker.reference.digest": subject,
            "vnd.docker.reference.type": "attestation-manifest",
        });
    }
    entry["platform"] = platform_json(platform);
    entry
}

fn index(entries: &[Value], manifests: &[Manifest]) -> Manifest {
    let bytes =
        pretty(&json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries }));
    Manifest {
        digest: identity::digest(bytes.as_bytes()),
        media_type: OCI_INDEX,
        artifact_media_type: None,
        bytes,
        size: manifests
            .iter()
            .map(|manifest| manifest.size)
            .max()
            .unwrap_or(0),
        platforms: manifests
            .iter()
            .flat_map(|manifest| manifest.platforms.clone())
            .collect(),
        children: manifests
            .iter()
            .map(|manifest| manifest.digest.clone())
            .collect(),
    }
}

/// Manifests are written for people, with two spaces: the digest is of exactly these bytes.
fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
