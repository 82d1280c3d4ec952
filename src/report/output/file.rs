//! One place that a report goes to, opened before it is known.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::{Destination, Problem};

/// A place that is ready to be written.
#[derive(Debug)]
pub(crate) enum WholeFile {
    /// Standard output.
    StandardOutput,
    /// A pipe or a device, which is written where it is.
    Straight(PathBuf),
    /// A file under another name in the same directory, and the name it will have.
    Beside(NamedTempFile, PathBuf),
}

impl WholeFile {
    /// Makes sure that it can be written.
    pub(crate) fn open(to: &Destination) -> Result<Self, Problem> {
        let path = match to {
            Destination::StandardOutput => return Ok(Self::StandardOutput),
            Destination::Path(path) => path,
        };
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(Problem::IsDirectory),
            // A device or pipe can't be replaced, and an open file under its other name
            // (`/dev/stdout`) must not be, even where it leads to a regular file.
            Ok(there) if !there.is_file() || names_an_open_file(path) => {
                Ok(Self::Straight(path.clone()))
            }
            Ok(_) => {
                // A file that may not be written must not be replaced either. Through a
                // symbolic link, the file that it leads to is meant.
                OpenOptions::new().append(true).open(path)?;
                Self::beside(fs::canonicalize(path)?)
            }
            Err(_) => Self::beside(in_directory(path)?),
        }
    }

    /// The file that will be replaced.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Beside(_, path) => Some(path),
            Self::StandardOutput | Self::Straight(_) => None,
        }
    }

    /// Writes the whole report, or leaves what was there before.
    pub(crate) fn write(self, text: &str, stdout: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::StandardOutput => {
                stdout.write_all(text.as_bytes())?;
                stdout.flush()
            }
            Self::Straight(path) => {
                // Appending, so that standard output's earlier text is not written over
                // where it leads to a file.
                let mut file = OpenOptions::new().append(true).open(path)?;
                file.write_all(text.as_bytes())?;
                file.flush()
            }
            Self::Beside(mut file, path) => {
                file.write_all(text.as_bytes())?;
                file.flush()?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }

    fn beside(path: PathBuf) -> Result<Self, Problem> {
        let directory = path.parent().ok_or(Problem::NoName)?;
        let mut prefix = OsString::from(".");
        prefix.push(path.file_name().ok_or(Problem::NoName)?);
        let mut builder = Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What any new file gets: the umask takes from it. CI systems collect reports as
            // another user.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(directory)?;
        Ok(Self::Beside(file, path))
    }
}

fn names_an_open_file(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"]
        .iter()
        .any(|place| path.starts_with(place))
}

/// The path of a new file, from the root, so that two spellings of it are equal.
fn in_directory(path: &Path) -> Result<PathBuf, Problem> {
    let name = path.file_name().ok_or(Problem::NoName)?;
    if path.as_os_str().to_string_lossy().ends_with('/') {
        return Err(Problem::NoName);
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match fs::canonicalize(directory) {
        Ok(directory) => Ok(directory.join(name)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Problem::NoDirectory(directory.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
