//! A program that serves until it is ended: it tells where on one of its first lines.

use std::env::temp_dir;
use std::fs::{DirBuilder, remove_dir_all};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Child;

use super::family::{Family, mark};
use super::run::start;
use super::{CommandError, CommandRequest};

/// The longest line that is read as one, in bytes; what is longer are several.
const LINE: u64 = 4096;

/// A program that runs. Dropped, it is killed with all that it started, and its files are removed.
pub(in crate::reads) struct Served {
    // In this order: whoever writes into the folder is gone before it is removed.
    family: Family,
    child: Child,
    _folder: Folder,
}

/// Starts a program, and reads its output until a line `tells` what is awaited of it. Its temporary files
/// are in a folder of its own.
///
/// # Errors
/// Why it can't be started, or that it has ended without telling.
pub(in crate::reads) async fn serve<T>(
    mut request: CommandRequest,
    tells: impl Fn(&str) -> Option<T>,
) -> Result<(Served, T), CommandError> {
    let unstartable = |error: io::Error| CommandError::Unstartable(error.to_string());
    let folder = Folder::new().map_err(unstartable)?;
    let shown = folder.0.to_string_lossy().into_owned();
    request.env.push(("TMPDIR".into(), shown));
    let (mut child, family) = start(&request)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let served = Served {
        family,
        child,
        _folder: folder,
    };
    drained(stderr);
    let mut said = stdout.map(BufReader::new);
    while let Some(line) = next(said.as_mut()).await {
        if let Some(told) = tells(line.trim_end()) {
            drained(said);
            return Ok((served, told));
        }
    }
    let silent = "it ended without telling where it listens";
    Err(CommandError::Unstartable(silent.into()))
}

impl Served {
    /// Ends it with all that it started.
    pub async fn end(mut self) {
        self.family.end(&mut self.child).await;
    }
}

/// The next line, or as much of it as is read; none at the end.
async fn next(said: Option<&mut BufReader<impl AsyncRead + Unpin>>) -> Option<String> {
    let mut line = Vec::new();
    let read = said?.take(LINE).read_until(b'\n', &mut line).await.ok()?;
    (read > 0).then(|| String::from_utf8_lossy(&line).into_owned())
}

/// Reads what nobody asks for, so that no pipe fills; until the program ends.
fn drained(output: Option<impl AsyncRead + Unpin + Send + 'static>) {
    if let Some(mut output) = output {
        tokio::spawn(async move { tokio::io::copy(&mut output, &mut tokio::io::sink()).await });
    }
}

/// A folder that nobody else reads, removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = temp_dir().join(format!("touchdown-{}", mark()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_without_end_is_read_in_parts() {
        let long = "x".repeat(10_000);
        let text = format!("one\n{long}\nport 7");
        let mut said = BufReader::new(text.as_bytes());
        let mut lengths = Vec::new();
        while let Some(line) = next(Some(&mut said)).await {
            lengths.push(line.trim_end().len());
        }
        assert_eq!(lengths, [3, 4096, 4096, 1808, 6]);
    }
}
