//! By what one certificate is told from all others, as a suite writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

/// A serial number: hexadecimal digits in small letters.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct Serial(pub String);

/// A fingerprint, SHA-256 of a certificate: 64 hexadecimal digits in small letters.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct Fingerprint(pub String);

/// The longest serial number, in digits (RFC 5280, 4.1.2.2).
const LONGEST: usize = 40;

/// The digits of a fingerprint.
const DIGITS: usize = 64;

impl Serial {
    /// Whether it is that number. Zeros in front of it mean nothing.
    pub fn is(&self, other: &str) -> bool {
        self.0.trim_start_matches('0') == other.trim_start_matches('0')
    }
}

/// The digits of `serial=03A1B2`, `03:a1:b2` or `sha256 Fingerprint=0F:…`: openssl's names and colons left out.
fn digits(text: &str) -> Option<String> {
    let (_, number) = text.rsplit_once('=').unwrap_or(("", text));
    let digits: String = number.chars().filter(|c| *c != ':').collect();
    let digits = digits.trim().to_ascii_lowercase();
    let are_all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (are_all && !digits.is_empty()).then_some(digits)
}

impl<'de> Deserialize<'de> for Serial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = digits(&text).filter(|digits| digits.len() <= LONGEST);
        read.map(Self).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no serial number in hexadecimal digits; `openssl x509 -noout -serial` prints one"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = digits(&text).filter(|digits| digits.len() == DIGITS);
        read.map(Self).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no fingerprint of {DIGITS} hexadecimal digits; `openssl x509 -noout -fingerprint -sha256` prints one"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openssl_prints_is_read() {
        let serial = |text: &str| serde_json::from_value::<Serial>(text.into());
        for text in ["serial=03A1B2", "03:a1:b2", "3a1b2", "0003A1B2"] {
            let serial = serial(text).expect(text);
            assert!(serial.is("03a1b2") && !serial.is("03a1b3"), "{text}");
        }
        for wrong in ["", "serial=", "4096 (0x1000)", "-12", &"1".repeat(41)] {
            assert!(serial(wrong).is_err(), "{wrong}");
        }
        let print = |text: String| serde_json::from_value::<Fingerprint>(text.into());
        let colons = ["AB"; 32].join(":");
        for text in [
            format!("sha256 Fingerprint={colons}"),
            format!("SHA256 Fingerprint={colons}"),
            colons,
            "ab".repeat(32),
        ] {
            let Fingerprint(read) = print(text).expect("a fingerprint");
            assert_eq!(read, "ab".repeat(32));
        }
        assert!(print("ab".repeat(20)).is_err(), "that is SHA-1");
    }
}
