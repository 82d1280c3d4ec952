//! What is asked of DNS, whom, and what is expected, as a suite writes it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::contract::{Fault, Located, Place};
use crate::reads::{RECORD_TYPES, RecordType, Resolver, is_dns_name};

/// A kind of records, read from a suite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kind(pub RecordType);

/// The address of a resolver, with its port where that is not 53.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whom(pub Resolver);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = |()| {
            let known = RECORD_TYPES.join(", ");
            de::Error::custom(format!("`{text}` is not one of {known}"))
        };
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
            "enum": RECORD_TYPES,
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

/// A record as it is compared. Names are the same in upper and lower case, with and without their last
/// dot, and addresses however they are written; texts are not.
pub(super) fn comparable(kind: RecordType, data: &str) -> String {
    if kind.to_string() == "TXT" {
        return data.to_owned();
    }
    if let Ok(address) = data.trim().parse::<IpAddr>() {
        return address.to_string();
    }
    let without_dot = |word: &str| match word.strip_suffix('.') {
        Some(name) if !name.is_empty() => name.to_lowercase(),
        _ => word.to_lowercase(),
    };
    let words = data.split_whitespace().map(without_dot);
    words.collect::<Vec<_>>().join(" ")
}

/// A name that DNS can't have. Of an address, only the reverse zone knows anything.
pub(super) fn nameless(host: &str, kind: Kind, place: Place) -> Option<Fault> {
    let is_address = host.parse::<IpAddr>().is_ok();
    match is_address {
        true if kind.0.to_string() == "PTR" => None,
        true => Some(
            Fault::new(place, format!("`{host}` is an address, not a name"))
                .help("with `type: PTR` its name is asked for"),
        ),
        false => {
            (!is_dns_name(host)).then(|| Fault::new(place, format!("`{host}` is no name of DNS")))
        }
    }
}

/// Expected records that no answer could ever have.
pub(super) fn no_records(Kind(kind): Kind, value: &Located) -> Vec<Fault> {
    let fault = |item: &Located| {
        let text = item.as_text()?;
        let like = unlike(kind, text)?;
        let told = format!("`{text}` is no record of the type {kind}");
        Some(Fault::new(item.place, told).help(format!("write {like}")))
    };
    value.each().iter().filter_map(fault).collect()
}

/// How records of a kind are written, where this is none: it would never come.
fn unlike(kind: RecordType, data: &str) -> Option<&'static str> {
    let words: Vec<&str> = data.split_whitespace().collect();
    let is_number = |word: &&str| word.parse::<u16>().is_ok();
    let are = |numbers: usize| {
        let (first, last) = words.split_at(numbers.min(words.len()));
        first.len() == numbers
            && first.iter().all(is_number)
            && matches!(last, [name] if *name == "." || is_dns_name(name))
    };
    let (is_like, like) = match kind.to_string().as_str() {
        "A" => (
            data.trim().parse::<Ipv4Addr>().is_ok(),
            "an address of IPv4, `10.0.0.7`",
        ),
        "AAAA" => (
            data.trim().parse::<Ipv6Addr>().is_ok(),
            "an address of IPv6, `fd00::7`",
        ),
        "CNAME" | "NS" | "PTR" => (are(0), "a name, `shop.example.com`"),
        "MX" => (are(1), "a preference and a name, `10 mail.example.com`"),
        "SRV" => (
            are(3),
            "priority, weight, port and name, `0 5 5432 db.example.com`",
        ),
        _ => (!data.trim().is_empty(), "what it says"),
    };
    (!is_like).then_some(like)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> RecordType {
        name.parse().expect("a kind")
    }

    #[test]
    fn the_same_record_is_the_same_however_it_is_written() {
        for (name, one, other, are_same) in [
            ("AAAA", "FD00:0:0::7", "fd00::7", true),
            ("A", "10.0.0.7", "10.0.0.8", false),
            ("CNAME", "LB.example.com.", "lb.example.com", true),
            ("MX", "10 Mail.example.com.", "10 mail.example.com", true),
            (
                "SOA",
                "ns.test. admin.test. 1 2 3 4 5",
                "ns.test admin.test 1 2 3 4 5",
                true,
            ),
            ("SRV", "0  5 5432 db.test.", "0 5 5432 db.test", true),
            ("TXT", "Token", "token", false),
            ("TXT", "end.", "end", false),
        ] {
            let (one, other) = (comparable(kind(name), one), comparable(kind(name), other));
            assert_eq!(one == other, are_same, "{name} {one}");
        }
        assert_eq!(comparable(kind("MX"), "0 ."), "0 .", "the root is a name");
    }

    #[test]
    fn what_can_never_be_a_record_of_its_kind_is_known() {
        for (name, good, bad) in [
            ("A", "10.0.0.7", "10.0.0.300"),
            ("A", " 10.0.0.7", "shop.example.com"),
            ("AAAA", "fd00::7", "10.0.0.7"),
            ("CNAME", "shop.example.com.", "10 shop.example.com"),
            ("PTR", "shop.example.com", ""),
            ("NS", "ns.example.com", "a..b"),
            ("MX", "10 mail.example.com", "mail.example.com"),
            ("MX", "0 .", "10"),
            ("SRV", "0 5 5432 db.example.com", "0 5 db.example.com"),
            ("TXT", "v=spf1 -all", " "),
            ("CAA", "0 issue \"letsencrypt.org\"", ""),
        ] {
            assert_eq!(unlike(kind(name), good), None, "{name} {good}");
            assert!(unlike(kind(name), bad).is_some(), "{name} {bad}");
        }
    }
}
