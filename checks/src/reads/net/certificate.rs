//! What a certificate says of itself (RFC 5280).

use std::net::IpAddr;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_parser::extensions::GeneralName;

/// A certificate, as its server sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names: `CN=shop.example.com`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses that it is for (subject alternative names).
    pub names: Vec<String>,
    /// Its serial number, which is its issuer's for no other: hexadecimal digits, small letters.
    pub serial: String,
    /// Its fingerprint, SHA-256 of all of it: hexadecimal digits, small letters.
    pub sha256: String,
    /// From when on it is valid.
    pub not_before: Option<Timestamp>,
    /// Until when it is valid.
    pub not_after: Option<Timestamp>,
}

impl Certificate {
    /// Reads a certificate; none where it is none.
    pub(super) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, read) = x509_parser::parse_x509_certificate(der).ok()?;
        let named = read.subject_alternative_name().ok().flatten();
        let named = named.map(|extension| &extension.value.general_names);
        let validity = read.validity();
        let at = |time: i64| Timestamp::from_second(time).ok();
        Some(Self {
            subject: read.subject().to_string(),
            issuer: read.issuer().to_string(),
            names: named.into_iter().flatten().filter_map(name).collect(),
            serial: hexadecimal(read.raw_serial()),
            sha256: hexadecimal(&Sha256::digest(der)),
            not_before: at(validity.not_before.timestamp()),
            not_after: at(validity.not_after.timestamp()),
        })
    }

    /// Whether it could be read: each one says until when it is valid.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.not_after.is_some()
    }

    /// Whether it is for that name or address. `*.example.com` is for `a.example.com`, and for neither
    /// `example.com` nor `a.b.example.com` (RFC 6125).
    #[must_use]
    pub fn is_for(&self, name: &str) -> bool {
        let address = name.parse::<IpAddr>().map(|address| address.to_string());
        let name = address.as_deref().unwrap_or(name.trim_end_matches('.'));
        let covers = |known: &String| {
            known.eq_ignore_ascii_case(name)
                || known.strip_prefix("*.").is_some_and(|parent| {
                    let rest = name.split_once('.').map(|(_, rest)| rest);
                    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
                })
        };
        self.names.iter().any(covers)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let certificate = Certificate {
            names: vec![
                "shop.example.com".into(),
                "*.Example.org".into(),
                "10.0.0.7".into(),
                "fd00::7".into(),
            ],
            ..Certificate::default()
        };
        for (name, is_for) in [
            ("SHOP.example.com", true),
            ("a.example.org", true),
            ("example.org", false),
            ("a.b.example.org", false),
            ("SHOP.example.com.", true),
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("FD00:0:0::7", true),
        ] {
            assert_eq!(certificate.is_for(name), is_for, "{name}");
        }
    }
}
