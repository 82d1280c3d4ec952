//! Where a report goes.

use std::fmt;
use std::path::PathBuf;

use super::{OutputError, Problem};
use crate::report::Format;

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// Standard output, `-` on the command line.
    StandardOutput,
    /// A file, or a device or pipe that has a name.
    Path(PathBuf),
}

impl From<PathBuf> for Destination {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "-" {
            Self::StandardOutput
        } else {
            Self::Path(path)
        }
    }
}

impl From<&str> for Destination {
    fn from(path: &str) -> Self {
        PathBuf::from(path).into()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => f.write_str("standard output"),
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Makes sure that at most one report goes to standard output: the one that `--format` asks
/// for (`on_stdout`, where it was given), or one of `requests` that goes to `-`.
///
/// # Errors
/// Names the second of two.
pub fn one_on_standard_output(
    on_stdout: Option<Format>,
    requests: &[(Format, Destination)],
) -> Result<(), OutputError> {
    let dashes = requests
        .iter()
        .filter(|(_, to)| *to == Destination::StandardOutput)
        .map(|&(format, _)| format);
    let mut all = on_stdout.into_iter().chain(dashes);
    match (all.next(), all.next()) {
        (Some(first), Some(second)) => Err(OutputError {
            format: second,
            to: Destination::StandardOutput,
            problem: Problem::Taken(first),
        }),
        _ => Ok(()),
    }
}
