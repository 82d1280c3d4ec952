//! Addresses of WebSockets.

use schemars::JsonSchema;
use serde::Deserialize;

/// An address that was checked when the suite was read.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String", extend("format" = "uri"))]
pub(super) struct Url(pub reqwest::Url);

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let url = reqwest::Url::parse(&text).ok();
        match url.filter(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host()) {
            Some(url) => Ok(Self(url)),
            None => Err(serde::de::Error::custom(format!(
                "`{text}` is not the address of a WebSocket; write it like `wss://shop.example.com/events`"
            ))),
        }
    }
}
