//! Addresses of gRPC servers.

use schemars::JsonSchema;
use serde::Deserialize;

/// A server's address, checked when the suite was read: `host:port` without TLS, `https://host` with.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub(super) struct Address {
    pub url: reqwest::Url,
}

impl Address {
    pub fn has_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// As it is told: the way it may be written, without what is understood.
    pub fn told(&self) -> &str {
        let url = self.url.as_str().trim_end_matches('/');
        url.strip_prefix("http://").unwrap_or(url)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).map(|url| Self { url }).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is not the address of a gRPC server; write it like `shop.internal:50051`, or \
                 `https://shop.example.com` with TLS"
            ))
        })
    }
}

fn read(text: &str) -> Option<reqwest::Url> {
    let with_scheme = text.contains("://");
    let url = match with_scheme {
        true => text.to_owned(),
        false => format!("http://{text}"),
    };
    let url = reqwest::Url::parse(&url).ok()?;
    // The port of the web is left out of an address, even where it was written.
    let has_port = with_scheme || url.port().is_some() || text.ends_with(":80");
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    let is_address = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_address && has_port && is_bare && is_anonymous).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_port_or_has_a_scheme() {
        for (text, url, told) in [
            ("shop:50051", "http://shop:50051/", "shop:50051"),
            ("10.0.0.7:80", "http://10.0.0.7/", "10.0.0.7"),
            ("[::1]:50051", "http://[::1]:50051/", "[::1]:50051"),
            (
                "https://shop.example.com",
                "https://shop.example.com/",
                "https://shop.example.com",
            ),
            ("http://shop", "http://shop/", "shop"),
        ] {
            let read: Address = serde_json::from_value(text.into()).expect(text);
            assert_eq!((read.url.as_str(), read.told()), (url, told));
        }
        for wrong in [
            "shop",
            "",
            "https://",
            "ftp://shop:21",
            "shop:0x",
            "shop:50051/a",
            "ci:x@shop:1",
            "http://a/?b",
        ] {
            let read = serde_json::from_value::<Address>(wrong.into());
            let told = read.expect_err(wrong).to_string();
            assert!(
                told.contains("is not the address of a gRPC server"),
                "{told}"
            );
        }
    }
}
