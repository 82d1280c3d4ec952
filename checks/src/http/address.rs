//! Addresses of the web.

use schemars::JsonSchema;
use serde::Deserialize;

/// An address that was checked when the suite was read.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String", extend("format" = "uri"))]
pub(crate) struct Url(pub reqwest::Url);

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let url = reqwest::Url::parse(&text).ok();
        match url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            Some(url) => Ok(Self(url)),
            None => Err(serde::de::Error::custom(format!(
                "`{text}` is not a web address; write it like `https://shop.example.com/health`"
            ))),
        }
    }
}
