//! Images: what is in them, what they answer and what they log.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Reference, Socket};

/// An image, described by what is in it; its digests follow from that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    pub repository: Reference,
    /// When it was built: part of its config, so two builds of equal content differ in digest.
    pub built_at: Timestamp,
    /// More than one makes a multi-platform index.
    #[serde(default = "linux_amd64")]
    pub platforms: Vec<String>,
    /// `docker buildx` adds an attestation manifest a platform, and an index even for one platform.
    #[serde(default)]
    pub attestations: bool,
    pub layers: Vec<Layer>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What a container of it answers over HTTP, by path.
    #[serde(default)]
    pub pages: BTreeMap<String, Page>,
    /// What a container of it does over WebSockets, by path.
    #[serde(default)]
    pub sockets: BTreeMap<String, Socket>,
    /// What a container of it logs.
    #[serde(default)]
    pub logs: Vec<LogLine>,
    /// The programs that a health check finds in it. Not said: every one.
    pub programs: Option<Vec<String>>,
    /// From the start of a container until it answers.
    #[serde(default)]
    pub boots_in: SignedDuration,
    /// A container of it ends by itself.
    pub exit: Option<Exit>,
    /// What a container of it comes to use.
    pub memory: Option<MemoryUse>,
}

/// How a container ends by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exit {
    /// From the start of the container.
    pub after: SignedDuration,
    #[serde(default = "one")]
    pub code: i32,
    /// It ends only where the task definition does not set this variable, as a value or as a secret.
    pub unless_set: Option<String>,
    /// Its last lines.
    #[serde(default)]
    pub last_lines: Vec<String>,
}

fn one() -> i32 {
    1
}

/// How much memory a container takes. More than its task has ends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemoryUse {
    /// MiB.
    pub peak: u64,
    /// When the peak is reached, from the start of the container.
    pub after: SignedDuration,
}

fn linux_amd64() -> Vec<String> {
    vec!["linux/amd64".to_owned()]
}

/// An instruction of the Dockerfile. Without content it changes the config only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    pub made_by: String,
    pub content: Option<String>,
}

/// One answer over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    #[serde(default = "ok")]
    pub status: u16,
    /// From the request to the answer, in real time.
    #[serde(default)]
    pub takes: SignedDuration,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text …
    pub body: Option<String>,
    /// … or as data, sent as JSON.
    pub json: Option<serde_json::Value>,
}

fn ok() -> u16 {
    200
}

/// A line that a container logs: once, or again and again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogLine {
    /// From the start of the container. Slightly negative is real: a container's first stamp was seen 10 ms
    /// before the task's `startedAt`.
    #[serde(default)]
    pub after: SignedDuration,
    /// Repeat it this often, for as long as the container runs.
    pub every: Option<SignedDuration>,
    /// `{task}` is the task's id and `{n}` counts the repetitions from 1.
    pub line: String,
}
