//! The hash that a body should have: what is served is what was built.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::body::compression;
use crate::difference::{Difference, difference};
use crate::reads::{HASHED, Page};

/// What a difference of hashes is called.
pub(super) const SHA256: &str = "SHA-256";

/// A SHA-256 in 64 hexadecimal digits, kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sha256(String);

impl Sha256 {
    /// In what the hash of a body differs.
    pub(super) fn difference(&self, page: &Page) -> Option<Difference> {
        let Some(seen) = &page.sha256 else {
            return Some(Difference {
                unread: true,
                ..difference(SHA256, &self.0, "not known")
            });
        };
        let compressed = compression(page).map(|encoding| format!(" (compressed by {encoding})"));
        let seen_as = format!("{seen}{}", compressed.unwrap_or_default());
        (*seen != self.0).then(|| difference(SHA256, &self.0, seen_as))
    }
}

/// Why a hash is not known.
pub(super) fn unhashed(page: &Page) -> String {
    format!(
        "{} answered {}: the body is longer than {} MiB, and of no more a SHA-256 is made",
        page.url,
        page.status,
        HASHED >> 20
    )
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_one = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match is_one {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(de::Error::custom(format!(
                "`{text}` is no SHA-256: it has 64 hexadecimal digits, as `sha256sum FILE` prints them"
            ))),
        }
    }
}

impl JsonSchema for Sha256 {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Sha256".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" })
    }
}
