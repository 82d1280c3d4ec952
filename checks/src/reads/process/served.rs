//! A program that serves until it is ended: it tells where on one of its first lines.

use std::env::temp_dir;
use std::fs::{DirBuilder, remove_dir_all};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use super::family::{Family, mark};
use super::run::start;
use super::{CommandError, CommandRequest};

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
    let mut lines = stdout.map(|stdout| BufReader::new(stdout).lines());
    while let Some(line) = next(&mut lines).await {
        if let Some(told) = tells(&line) {
            drained(lines.map(|lines| lines.into_inner()));
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

async fn next(lines: &mut Option<Lines<BufReader<ChildStdout>>>) -> Option<String> {
    lines.as_mut()?.next_line().await.ok()?
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
