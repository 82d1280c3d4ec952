//! The forms in which a secret value may turn up in a log line, a body or an error.

use reqwest::Url;

use super::SHORTEST;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Every text to look for. Surrounding white space is not part of a secret: a variable
/// filled from a file often ends in a line end that the service never saw.
pub(super) fn forms(value: &str) -> Vec<String> {
    let value = value.trim();
    let lines = value.lines().map(str::trim).filter(|line| *line != value);
    let parts = std::iter::once(value).chain(lines);
    let mut forms: Vec<String> = parts
        .filter(|part| part.chars().count() >= SHORTEST)
        .flat_map(encodings)
        .collect();
    forms.retain(|form| form.chars().count() >= SHORTEST);
    forms
}

fn encodings(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let url = percent(value, true);
    let mut forms = vec![
        value.to_owned(),
        json.replace('/', "\\/"),
        json,
        url.replace("%20", "+"),
        percent(value, false).replace("%20", "+"),
        url,
        percent(value, false),
    ];
    forms.extend(in_addresses(value));
    forms.extend(quoted(value));
    for alphabet in [STANDARD, URL_SAFE] {
        forms.push(base64(value.as_bytes(), alphabet));
        forms.extend((0..3).map(|offset| inside_base64(value, offset, alphabet)));
    }
    forms
}

/// As touchdown itself writes it, for its own characters in a regular expression and as a word that a shell reads;
/// and between single quotes, as programs print it that are written in Python and the like.
fn quoted(value: &str) -> [String; 3] {
    let in_single_quotes = value.replace('\\', r"\\").replace('\'', r"\'");
    [
        regex::escape(value),
        value.replace('\'', r"'\''"),
        in_single_quotes,
    ]
}

/// As it stands in each part of an address, by the WHATWG's URL standard: each leaves other characters
/// as they are.
fn in_addresses(value: &str) -> Vec<String> {
    let Ok(mut url) = Url::parse("http://host/") else {
        return Vec::new();
    };
    url.set_path(value);
    url.set_query(Some(value));
    url.set_fragment(Some(value));
    // Of an address with a host, both are taken.
    let _ = url.set_password(Some(value));
    let parts = [url.query(), url.fragment(), url.password()];
    let path = url.path().trim_start_matches('/').to_owned();
    let parts = parts.into_iter().flatten().map(str::to_owned);
    let mut parts: Vec<String> = parts.chain([path]).collect();
    url.set_query(None);
    url.query_pairs_mut().append_key_only(value);
    parts.extend(url.query().map(str::to_owned));
    parts
}

fn percent(value: &str, upper: bool) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else if upper {
            encoded.push_str(&format!("%{byte:02X}"));
        } else {
            encoded.push_str(&format!("%{byte:02x}"));
        }
    }
    encoded
}

/// The digits that depend on `value` alone when it is encoded within a longer text, with
/// `offset` bytes of that text in the group before it (`user:` before a password).
fn inside_base64(value: &str, offset: usize, alphabet: &[u8; 64]) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(value.as_bytes());
    let first = (offset * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    base64(&bytes, alphabet)
        .get(first..last)
        .unwrap_or_default()
        .to_owned()
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for digit in 0..4 {
            if digit <= group.len() {
                encoded.push(char::from(alphabet[bits >> (18 - 6 * digit) & 63]));
            } else {
                encoded.push('=');
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_follows_the_rfc() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes(), STANDARD), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff], URL_SAFE), "-_8=");
    }
}
