//! What an answer tells: its head, and its body as far as that is kept.

use reqwest::header::HeaderValue;
use reqwest::{Response, Url, Version};
use sha2::{Digest, Sha256};

use super::{HASHED, Page};

/// An address as it is told: who asked is no part of it.
pub(super) fn shown(mut url: Url) -> String {
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// A page, but for its body.
pub(super) fn headed(answer: &Response, url: Url) -> Page {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter();
    Page {
        url: shown(url),
        status: answer.status().as_u16(),
        version: version(answer.version()),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        address: answer.remote_addr(),
        ..Page::default()
    }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads the body up to the limit, and the rest of it where the hash of all is wanted.
pub(super) async fn read_body(
    mut answer: Response,
    limit: usize,
    hashed: bool,
    page: &mut Page,
) -> Result<(), reqwest::Error> {
    let mut body = Vec::new();
    let (mut hash, mut length) = (hashed.then(Sha256::new), 0);
    while let Some(chunk) = answer.chunk().await? {
        let room = limit - body.len();
        page.truncated |= chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        length += chunk.len() as u64;
        hash = hash.filter(|_| length <= HASHED);
        match &mut hash {
            Some(hash) => hash.update(&chunk),
            None if page.truncated => break,
            None => {}
        }
    }
    page.sha256 = hash.map(|hash| {
        let digest = hash.finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    // Some servers begin UTF-8 with a byte order mark, which is no part of the text (RFC 8259, 8.1).
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body);
    page.body = String::from_utf8_lossy(text).into_owned();
    Ok(())
}
