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

/// No repository is called `sha256`: with a tag it could not be told from a digest.
fn is_repository(text: &str) -> bool {
    !matches!(text, "" | "sha256")
        && text.split('/').all(|part| !part.is_empty())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-/:".contains(&b))
}

impl FromStr for ImageReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with("sha256:") {
            return digest(text).map(|digest| Self {
                repository: None,
                tag: None,
                digest: Some(digest),
            });
        }
        let (name, pinned) = match text.split_once('@') {
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
                "`{text}` is not an image; write it like `repo:tag`, `repo@sha256:…` or `sha256:…`"
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";

    fn parts(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let image: ImageReference = text.parse().expect("an image reference");
        (image.repository, image.tag, image.digest)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn reads_all_four_forms() {
        let repo = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/dashboard";
        assert_eq!(
            parts(&format!("{repo}:latest-dev")),
            (some(repo), some("latest-dev"), None)
        );
        assert_eq!(
            parts(&format!("{repo}@{DIGEST}")),
            (some(repo), None, some(DIGEST))
        );
        assert_eq!(
            parts(&format!("{repo}:v1@{DIGEST}")),
            (some(repo), some("v1"), some(DIGEST))
        );
        assert_eq!(parts(DIGEST), (None, None, some(DIGEST)));
    }

    #[test]
    fn a_port_is_no_tag_and_no_tag_is_latest() {
        assert_eq!(
            parts("localhost:5000/app"),
            (some("localhost:5000/app"), some("latest"), None)
        );
        assert_eq!(parts("nginx"), (some("nginx"), some("latest"), None));
    }

    #[test]
    fn is_shown_as_it_was_written() {
        for text in ["nginx:1.27", DIGEST, &format!("a/b:v1@{DIGEST}")] {
            assert_eq!(
                text.parse::<ImageReference>()
                    .expect("an image")
                    .to_string(),
                text
            );
        }
    }

    #[test]
    fn is_called_by_its_last_name() {
        let image: ImageReference = "host:5000/a/b:v1".parse().expect("an image");
        assert_eq!(image.without_registry(), "b:v1");
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            ":v1",
            "repo:",
            "repo:a b",
            "repo@sha256:12",
            "sha256:XYZ",
            "sha256",
            "re po",
            "a//b",
        ] {
            assert!(text.parse::<ImageReference>().is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_is_shown_as_something_that_reads_alike(
            text in "[a-z0-9.-]{0,9}(:[0-9]{1,5})?(/?[a-zA-Z0-9._-]{0,9}){0,3}(:[a-zA-Z0-9._-]{0,9})?(@?sha256:[0-9a-f]{63,65})?|\\PC{0,40}",
        ) {
            let Ok(image) = text.parse::<ImageReference>() else { return Ok(()) };
            prop_assert_eq!(image.to_string().parse(), Ok(image.clone()));
            prop_assert!(image.tag.is_some() || image.digest.is_some());
            prop_assert!(image.to_string().ends_with(&image.without_registry()));
        }
    }
}
