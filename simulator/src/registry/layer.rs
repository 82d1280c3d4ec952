//! A layer's bytes: one file in a tar archive in gzip, so that digest and diff id differ as they really do.

use crate::identity;

/// A layer as the registry stores it, and the digest of what is inside.
pub(crate) struct LayerBytes {
    pub compressed: Vec<u8>,
    /// The digest of the uncompressed tar archive, which the image's config lists.
    pub diff_id: String,
}

impl LayerBytes {
    /// The layer with one file named `name`. Equal name and content make equal bytes: a cached layer.
    pub(crate) fn of(name: &str, content: &[u8]) -> Self {
        let tar = tar(name, content);
        Self {
            diff_id: identity::digest(&tar),
            compressed: gzip(&tar),
        }
    }
}

/// A ustar archive with one file, with no owner and no time.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let mut header = [0_u8; BLOCK];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(
        0,
        &name
            .chars()
            .filter(char::is_ascii)
            .take(99)
            .collect::<String>(),
    );
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut archive = header.to_vec();
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(BLOCK) + 2 * BLOCK, 0);
    archive
}

/// A gzip stream of stored blocks: valid, and without a compressor's version in its bytes.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&crc32(data).to_le_bytes());
    stream.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn equal_content_is_an_equal_layer_and_other_content_is_not() {
        let layer = LayerBytes::of("app", b"one");
        assert_eq!(layer.compressed, LayerBytes::of("app", b"one").compressed);
        assert_ne!(layer.diff_id, LayerBytes::of("app", b"two").diff_id);
        assert_ne!(layer.diff_id, identity::digest(&layer.compressed));
    }
}
