//! A host, and a port where one is told.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// `host`, `host:port`, `10.0.0.7:443` or `[::1]:443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an address, an address of IPv6 without brackets.
    pub host: String,
    /// The port, where it is told.
    pub port: Option<u16>,
}

impl FromStr for HostPort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| {
            format!(
                "`{text}` is no host and port; write it like `shop.internal:5432` or `[::1]:5432`"
            )
        })
    }
}

fn read(text: &str) -> Option<HostPort> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (
                host,
                rest.strip_prefix(':')
                    .or_else(|| rest.is_empty().then_some(""))?,
            )
        }
        None if text.matches(':').count() > 1 => {
            text.parse::<std::net::Ipv6Addr>().ok()?;
            (text, "")
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let is_named =
        !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/@?#".contains(c));
    let told = text.ends_with(':') || !port.is_empty();
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match told {
        true => Some(port.parse().ok().filter(|port| *port > 0 && is_number)?),
        false => None,
    };
    is_named.then(|| HostPort {
        host: host.to_owned(),
        port,
    })
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.port, self.host.contains(':')) {
            (Some(port), true) => write!(f, "[{}]:{port}", self.host),
            (Some(port), false) => write!(f, "{}:{port}", self.host),
            (None, _) => f.write_str(&self.host),
        }
    }
}

impl<'de> Deserialize<'de> for HostPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for HostPort {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HostPort".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A host and port, such as `shop.internal:5432`, `10.0.0.7:443` or `[::1]:443`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_its_port_may_be_told() {
        for (text, host, port) in [
            ("shop", "shop", None),
            ("shop:5432", "shop", Some(5432)),
            ("10.0.0.7:443", "10.0.0.7", Some(443)),
            ("[::1]:443", "::1", Some(443)),
            ("[::1]", "::1", None),
            ("fd00::7", "fd00::7", None),
        ] {
            let read: HostPort = text.parse().expect(text);
            assert_eq!((read.host.as_str(), read.port), (host, port), "{text}");
            assert_eq!(read.to_string().parse::<HostPort>(), Ok(read));
        }
        for wrong in [
            "",
            ":80",
            "shop:",
            "shop:0",
            "shop:70000",
            "shop:+1",
            "a b:1",
            "http://shop",
            "[x]:1",
            "[::1]x",
        ] {
            let told = wrong.parse::<HostPort>().expect_err(wrong);
            assert!(told.contains("is no host and port"), "{told}");
        }
    }
}
