//! What ends a command without a verdict.

use std::io;
use std::path::PathBuf;

use touchdown_checks::contract::{BaselineError, Unobserved};

use crate::exit;
use crate::plan::NothingMatches;
use crate::report::merge::MergeError;
use crate::report::output::{OutputError, Problem};
use crate::report::text::clip;
use crate::report::{Charset, Interruption, Verdict, escape, words};
use crate::suite::{NoProfile, SuiteErrors};

/// An error of the command line.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error("{0}")]
    Suite(#[from] SuiteErrors),
    #[error("error: {0}")]
    NothingMatches(#[from] NothingMatches),
    #[error("error: {0}")]
    NoProfile(#[from] NoProfile),
    #[error("error: {0}")]
    Output(#[from] OutputError),
    #[error("error: cannot read {}: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("error: {} can't be {purpose}: {}", .path.display(), quoted(.reason))]
    NoReport {
        path: PathBuf,
        purpose: &'static str,
        reason: String,
    },
    #[error("error: {}", escape::within_line(&.0.to_string()))]
    Unmerged(#[from] MergeError),
    #[error("error: {} can't be used: {reason}", .path.display())]
    NoBaseline {
        path: PathBuf,
        reason: BaselineError,
    },
    #[error("error: {} and {} are baselines of one service, {service}", .first.display(), .second.display())]
    TwoBaselines {
        first: PathBuf,
        second: PathBuf,
        service: String,
    },
    #[error("error: {0}")]
    Contradiction(String),
    #[error("error: {} is there already; `--force` writes over it", .0.display())]
    Exists(PathBuf),
    #[error("error: cannot write to {0}: {1}")]
    Unwritable(String, Problem),
    #[error("{}", unobserved(.0))]
    Unobserved(#[from] Unobserved),
    #[error("{}", words::interruption(*.0))]
    Interrupted(Interruption),
    #[error("error: there is no kind `{kind}`{}\n`touchdown checks` lists the kinds{}.", .meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default(), .plugin.as_ref().map(|plugin| format!("; {plugin}")).unwrap_or_default())]
    UnknownKind {
        kind: String,
        meant: Option<String>,
        plugin: Option<String>,
    },
    #[error("error: {}\ndocs/plugins.md tells what a plug-in answers.", escape::line(.0))]
    UnusablePlugin(String),
    #[error("error: there is no folder `{}`, where plug-ins are sought", .0.display())]
    NoFolder(PathBuf),
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

    /// The error in one line.
    pub fn brief(&self) -> String {
        match self {
            Self::Suite(errors) => errors.brief(),
            other => other.to_string(),
        }
    }

    /// Where nothing ran, it is as bad a usage as any other; what could not be looked at is
    /// inconclusive.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Unobserved(_) => exit::code(Verdict::Inconclusive, None),
            Self::Interrupted(by) => exit::code(Verdict::Inconclusive, Some(*by)),
            _ => exit::USAGE,
        }
    }
}

/// A reason that may quote a file of any content and length.
fn quoted(reason: &str) -> String {
    const LONGEST: usize = 300;
    escape::line(&clip(reason, LONGEST, Charset::Utf8))
}

/// What could not be looked at, and what to do about it. Both may quote AWS, so that they are
/// made harmless for a terminal.
fn unobserved(unobserved: &Unobserved) -> String {
    let hint = unobserved.hint.iter().flat_map(|hint| hint.lines());
    let next = hint.enumerate().map(|(number, line)| match number {
        0 => format!("\nnext: {}", escape::line(line)),
        _ => format!("\n{}", escape::line(line)),
    });
    let next: String = next.collect();
    format!("error: {}{next}", escape::line(&unobserved.headline))
}
