//! From bytes to text: a suite is a UTF-8 text of at most one mebibyte.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use touchdown_checks::contract::{Fault, Place};

/// The largest suite, in bytes.
pub(super) const LARGEST: usize = 1 << 20;

/// Reads a suite's file, but never more of it than a suite may have.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => fault(format!("there is no suite at `{shown}`")).help(
            "without a path, the suite is ./touchdown.yaml; `touchdown init CLUSTER/SERVICE` \
             writes one",
        ),
        io::ErrorKind::IsADirectory => fault(format!("`{shown}` is a directory, not a suite"))
            .help("name the suite's file in it, such as touchdown.yaml"),
        _ => fault(format!("`{shown}` can't be read: {error}")),
    }
}

/// The text of a suite, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > LARGEST {
        return Err(fault("the suite is larger than 1 MiB").help("is this the right file?"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault("the suite is encoded in UTF-16").help("save it as UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        fault(format!(
            "the suite is not UTF-8 text: byte {at} is 0x{:02x}",
            bytes[at]
        ))
        .help("is this the right file? A suite is YAML, saved as UTF-8")
    })?;
    if let Some(at) = text.find('\0') {
        return Err(fault(format!("the suite is not text: byte {at} is zero"))
            .help("is this the right file? A suite is YAML, saved as UTF-8"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn fault(message: impl Into<String>) -> Fault {
    Fault::new(Place::default(), message)
}
