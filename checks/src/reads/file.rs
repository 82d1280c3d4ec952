//! Files that a suite names: certificates, bodies. The only file of this crate that reads any.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The content of a file of at most `limit` bytes.
///
/// # Errors
/// Why it can't be read, in one line that names it.
pub(super) async fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let path = path.to_owned();
    let reading = move || {
        let mut content = Vec::new();
        let read =
            File::open(&path).and_then(|file| file.take(limit + 1).read_to_end(&mut content));
        match read {
            Ok(length) if length as u64 > limit => {
                Err(format!("{} has more than {limit} bytes", path.display()))
            }
            Ok(_) => Ok(content),
            Err(error) => Err(format!("{} can't be read: {error}", path.display())),
        }
    };
    let read = tokio::task::spawn_blocking(reading).await;
    read.unwrap_or_else(|ended| Err(ended.to_string()))
}
