//! Files, which a suite names (certificates, bodies) or Docker keeps. The only file of this crate that
//! reads any.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The content of a regular file of at most `limit` bytes: a pipe, or a device, may never end.
///
/// # Errors
/// Why it can't be read, in one line that names it.
pub(super) async fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let path = path.to_owned();
    let reading = move || {
        let mut content = Vec::new();
        let read = regular(&path).and_then(|file| file.take(limit + 1).read_to_end(&mut content));
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

fn regular(path: &Path) -> io::Result<File> {
    match fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::other("it is no regular file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_may_never_end_is_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("body.txt");
        fs::write(&file, "12345").expect("a file");
        assert_eq!(read(&file, 5).await, Ok(b"12345".to_vec()));
        for (path, limit, why) in [
            (file.as_path(), 4, "has more than 4 bytes"),
            (folder.path(), 4, "can't be read: it is no regular file"),
            (
                Path::new("/dev/zero"),
                4,
                "can't be read: it is no regular file",
            ),
            (Path::new("/no/such/file"), 4, "can't be read: No such file"),
        ] {
            let refused = read(path, limit).await.expect_err("no file to read");
            assert!(refused.contains(why), "{refused}");
        }
    }
}
