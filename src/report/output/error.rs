//! Why a report can't be written.

use std::io;
use std::path::PathBuf;

use super::Destination;
use crate::report::Format;

/// A report that can't be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the {format} report to {to}: {problem}")]
pub struct OutputError {
    /// The report's format.
    pub format: Format,
    /// Where it should go.
    pub to: Destination,
    /// What stands in the way.
    pub problem: Problem,
}

/// What stands in the way of a report.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Two reports would be mixed up in one place.
    #[error("the {0} report goes there already")]
    Taken(Format),
    /// The path is a directory's.
    #[error("it is a directory")]
    IsDirectory,
    /// The directory of the file is not there. It is not made: the path may be a slip.
    #[error("the directory {} does not exist", .0.display())]
    NoDirectory(PathBuf),
    /// The path names no file.
    #[error("the path names no file")]
    NoName,
    /// The system refuses.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
