//! Identifiers that look as AWS makes them, derived from names: the same scenario always has the same ones.

use sha2::{Digest, Sha256};

/// The sha256 of the parts, which are kept apart so that `ab, c` differs from `a, bc`.
fn hash(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// `sha256:…` of some bytes: the name of a manifest, config or layer.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// A number from 0 on that the parts determine.
pub(crate) fn number(parts: &[&str]) -> u64 {
    let hash = hash(parts);
    hash.iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// A number of `least..=most` that the parts determine: the spread of real life, without its surprise.
pub(crate) fn between(parts: &[&str], least: u64, most: u64) -> u64 {
    least + number(parts) % (most.saturating_sub(least) + 1)
}

/// 32 hexadecimal digits: a task id.
pub(crate) fn hex32(parts: &[&str]) -> String {
    hex(&hash(parts)[..16])
}

/// 19 decimal digits, the first not zero: the number in `ecs-svc/…` and of a service revision.
pub(crate) fn digits19(parts: &[&str]) -> String {
    const LEAST: u64 = 1_000_000_000_000_000_000;
    (LEAST + number(parts) % (8 * LEAST)).to_string()
}

/// A UUID (version 4 in shape).
pub(crate) fn uuid(parts: &[&str]) -> String {
    let hex = hex32(parts);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

/// Letters and digits of both cases, as in the id of a service deployment.
pub(crate) fn base62(parts: &[&str], length: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    hash(parts)
        .iter()
        .cycle()
        .take(length)
        .map(|byte| char::from(DIGITS[usize::from(byte % 62)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_give_the_same_identifiers() {
        assert_eq!(hex32(&["a", "b"]), hex32(&["a", "b"]));
        assert_ne!(hex32(&["ab", "c"]), hex32(&["a", "bc"]));
        assert_eq!(digits19(&["a"]).len(), 19);
        assert_eq!(uuid(&["a"]).len(), 36);
        assert_eq!(base62(&["a"], 21).len(), 21);
        assert!((3..=5).contains(&between(&["x"], 3, 5)));
    }

    #[test]
    fn a_digest_is_the_sha256_of_the_bytes() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest(b""), empty);
    }
}
