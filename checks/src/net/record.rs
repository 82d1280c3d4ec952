//! What is asked of DNS, and whom, as a suite writes it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::reads::{RecordType, Resolver};

/// A kind of records, read from a suite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kind(pub RecordType);

/// The address of a resolver, with its port where that is not 53.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whom(pub Resolver);

const KINDS: &str = "A, AAAA, CAA, CNAME, MX, NS, PTR, SOA, SRV or TXT";

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = |()| de::Error::custom(format!("`{text}` is not one of {KINDS}"));
        text.parse().map(Self).map_err(unknown)
    }
}

impl<'de> Deserialize<'de> for Whom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = |()| {
            de::Error::custom(format!(
                "`{text}` is not the address of a resolver; write it like `1.1.1.1` or `10.0.0.2:5353`"
            ))
        };
        text.parse().map(Self).map_err(unknown)
    }
}

impl JsonSchema for Kind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RecordType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A kind of DNS records.",
            "enum": ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"],
        })
    }
}

impl JsonSchema for Whom {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Resolver".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The address of a resolver, with its port where that is not 53.",
            "examples": ["1.1.1.1", "10.0.0.2:5353"],
        })
    }
}
