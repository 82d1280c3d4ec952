//! What ends a command before it has a verdict.

use std::io;
use std::path::PathBuf;

use crate::exit;
use crate::plan::NothingMatches;
use crate::report::output::OutputError;
use crate::suite::SuiteErrors;

/// An error of the command line.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error("{0}")]
    Suite(#[from] SuiteErrors),
    #[error("error: {0}")]
    NothingMatches(#[from] NothingMatches),
    #[error("error: {0}")]
    Output(#[from] OutputError),
    #[error("error: cannot read {}: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("error: {} is not a report: {reason}", .path.display())]
    NoReport { path: PathBuf, reason: String },
    #[error("error: there is no kind `{kind}`{}\n`touchdown checks` lists the kinds.", .meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default())]
    UnknownKind { kind: String, meant: Option<String> },
    #[error("error: cannot write to standard output: {0}")]
    Stdout(io::Error),
    #[error("error: cannot start: {0}")]
    Start(io::Error),
}

impl CliError {
    /// The error as it is shown.
    pub fn render(&self, color: bool) -> String {
        match self {
            Self::Suite(errors) => errors.render(color),
            other => other.to_string(),
        }
    }

    /// Nothing ran, so there is no verdict.
    pub fn exit_code(&self) -> u8 {
        exit::USAGE
    }
}
