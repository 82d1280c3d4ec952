//! Where an answer should have come from, after redirects.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::address::Url;
use crate::contract::{Pattern, Written};

/// The address that should have answered.
#[derive(Clone, Debug)]
pub enum Destination {
    /// This one, as browsers compare addresses: `https://shop.example.com` ends in `/`.
    Address(reqwest::Url),
    /// One like this.
    Like(Pattern),
}

/// A part of the address that should have answered.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Like {
    /// A regular expression that matches somewhere in it.
    regex: Pattern,
}

impl Destination {
    pub(super) fn is(&self, address: &str) -> bool {
        match self {
            Self::Address(url) => url.as_str() == address,
            Self::Like(pattern) => pattern.is_match(address),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(url) => f.write_str(url.as_str()),
            Self::Like(pattern) => write!(f, "/{}/", pattern.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::<Like>::deserialize(deserializer)? {
            Written::Text(text) => {
                let text = serde::de::value::StringDeserializer::new(text);
                Url::deserialize(text).map(|url| Self::Address(url.0))
            }
            Written::Fields(like) => Ok(Self::Like(like.regex)),
        }
    }
}

impl JsonSchema for Destination {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Destination".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let address = generator.subschema_for::<Url>();
        let like = generator.subschema_for::<Like>();
        json_schema!({ "anyOf": [address, like] })
    }
}
