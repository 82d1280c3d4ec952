//! Names of servers, as TLS and certificates have them.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::reads::is_server_name;

/// A name that a server can be asked for: `shop.example.com`, or an address.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct ServerName(pub String);

/// A name that a certificate can be for: one of a server, or `*.example.com`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct CertificateName(pub String);

impl<'de> Deserialize<'de> for ServerName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match is_server_name(&name) {
            true => Ok(Self(name)),
            false => Err(de::Error::custom(format!(
                "`{name}` is no name of a server; write it like `shop.example.com`"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for CertificateName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match is_server_name(name.strip_prefix("*.").unwrap_or(&name)) {
            true => Ok(Self(name)),
            false => Err(de::Error::custom(format!(
                "`{name}` is no name of a certificate; write it like `shop.example.com` or `*.example.com`"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tls_can_ask_for_is_a_name() {
        let server = |name: &str| serde_json::from_value::<ServerName>(name.into()).is_ok();
        let certificate =
            |name: &str| serde_json::from_value::<CertificateName>(name.into()).is_ok();
        for (name, of_server, of_certificate) in [
            ("shop.example.com", true, true),
            ("10.0.0.7", true, true),
            ("::1", true, true),
            ("*.example.com", false, true),
            ("a.*.example.com", false, false),
            ("https://x/", false, false),
            ("", false, false),
            ("a b", false, false),
        ] {
            assert_eq!(
                (server(name), certificate(name)),
                (of_server, of_certificate),
                "{name}"
            );
        }
    }
}
