//! Image references, in the four forms that people and task definitions write.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Which image: `repo:tag`, `repo@digest`, `repo:tag@digest`, or a digest alone.
///
/// As everywhere, a digest decides and a tag beside it is for people; a repository with
/// neither means `:latest`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageReference {
    /// The registry and repository, `host/path`; none where only a digest is given.
    pub repository: Option<String>,
    /// The tag, where one was written or implied.
    pub tag: Option<String>,
    /// The digest, `sha256:` and 64 hexadecimal digits.
    pub digest: Option<String>,
}

impl ImageReference {
    /// The image as people call it, without the registry and the path to the repository:
    /// `dashboard:latest-dev`.
    #[must_use]
    pub fn without_registry(&self) -> String {
        let name = |repository: &String| {
            repository
                .rsplit('/')
                .next()
                .unwrap_or(repository)
                .to_owned()
        };
        Self {
            repository: self.repository.as_ref().map(name),
            ..self.clone()
        }
        .to_string()
    }

    /// Whether the two name the same repository.
    #[must_use]
    pub fn same_repository(&self, other: &Self) -> bool {
        self.repository.is_some() && self.repository == other.repository
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(repository) = &self.repository else {
            return f.write_str(self.digest.as_deref().unwrap_or_default());
        };
        f.write_str(repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether it is `sha256:` and 64 hexadecimal digits in lower case.
pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// The tag grammar of the OCI distribution specification.
fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut bytes = text.bytes();
    text.len() <= 128
        && bytes.next().is_some_and(word)
        && bytes.all(|b| word(b) || b == b'.' || b == b'-')
}

/// Says what is wrong with a tag.
pub(crate) fn check_tag(tag: &str) -> Result<(), String> {
    if is_tag(tag) {
        return Ok(());
    }
    Err(format!(
        "`{tag}` is not an image tag: letters, digits, `_`, `.` and `-`, at most 128"
    ))
}

/// What a repository's name may be, by the grammar of the distribution project, which every registry and ECR's
/// own names follow: `host:port/path/to/name`.
///
/// No repository is called `sha256`: with a tag it could not be told from a digest.
fn is_repository(text: &str) -> bool {
    let path = match text.split_once('/') {
        Some((host, path)) if is_named_host(host) => is_host(host).then_some(path),
        _ => Some(text),
    };
    path.is_some_and(|path| {
        text.len() <= 255 && !ALGORITHMS.contains(&text) && path.split('/').all(is_path_part)
    })
}

/// The algorithms of digests.
const ALGORITHMS: [&str; 3] = ["sha256", "sha384", "sha512"];

/// Whether the first part of a name is a host, as everywhere: else it is a part of the path.
fn is_named_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost"
}

/// A name or an address of IPv4, with a port or without.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "443"));
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_port = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_port && name.split('.').all(is_label)
}

/// Small letters and digits, between which stand one `.`, one or two `_`, or any number of `-`.
fn is_path_part(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |between: &str| {
        matches!(between, "" | "." | "_" | "__") || between.bytes().all(|b| b == b'-')
    };
    text.starts_with(is_word) && text.ends_with(is_word) && text.split(is_word).all(is_separator)
}

impl FromStr for ImageReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if is_meant_as_digest(text) {
            return digest(text).map(|digest| Self {
                repository: None,
                tag: None,
                digest: Some(digest),
            });
        }
        let (name, pinned) = match text.split_once('@') {
            // Before what is no digest may stand a password, which is not repeated.
            Some((_, rest)) if rest.contains(['/', '.', '@']) && !is_meant_as_digest(rest) => {
                return Err(WITH_LOGIN.to_owned());
            }
            Some((name, pinned)) => (name, Some(digest(pinned)?)),
            None => (text, None),
        };
        let path_starts = name.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match name[path_starts..].find(':') {
            Some(colon) => {
                let (repository, tag) = name.split_at(path_starts + colon);
                (repository, Some(&tag[1..]))
            }
            None => (name, None),
        };
        if !is_repository(repository) {
            return Err(format!(
                "`{text}` is not an image; write it like `repo:tag`, `repo@sha256:…` or `sha256:…`, \
                 the repository in small letters and without `https://`"
            ));
        }
        if let Some(tag) = tag {
            check_tag(tag)?;
        }
        let tag = match (tag, &pinned) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        };
        Ok(Self {
            repository: Some(repository.to_owned()),
            tag: tag.map(str::to_owned),
            digest: pinned,
        })
    }
}

const WITH_LOGIN: &str = "an image names no user and no password: `docker login` leaves them where they are \
     found; write it like `host/repo:tag`";

/// Whether it begins as digests do: `sha512:`, of which a tag may stand behind a repository of that name.
fn is_meant_as_digest(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(algorithm, _)| ALGORITHMS.contains(&algorithm))
}

fn digest(text: &str) -> Result<String, String> {
    if is_digest(text) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "`{text}` is not a digest: `sha256:` and 64 hexadecimal digits"
    ))
}

impl<'de> Deserialize<'de> for ImageReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for ImageReference {
    fn schema_name() -> Cow<'static, str> {
        "ImageReference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An image: `repo:tag`, `repo@digest`, `repo:tag@digest` or `sha256:…`.",
        })
    }
}

#[cfg(test)]
mod tests;
