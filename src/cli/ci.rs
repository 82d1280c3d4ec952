//! What a CI system is told beside the reports; and the environment that says which one it is.

use std::ffi::OsString;

use clap::Args;

use super::stdout;
use crate::ci::{System, github};
use crate::redact;
use crate::report::Report;
use crate::report::terminal::Folding;

#[derive(Debug, Args)]
pub(super) struct CiArguments {
    /// Do nothing for the CI system that this runs on: no summary of the job, no annotations, no
    /// folded sections
    #[arg(long)]
    no_ci: bool,
}

impl CiArguments {
    /// The CI system that this runs on, unless nothing is to be done for it.
    pub fn system(&self) -> System {
        if self.no_ci {
            return System::Other;
        }
        System::of(|name| std::env::var_os(name))
    }
}

/// What the viewer of the system's logs can fold away.
pub(super) fn folding(system: &System) -> Folding {
    match system {
        System::GitLab => Folding::GitLab,
        System::GitHub { .. } | System::Other => Folding::None,
    }
}

/// Tells the CI system why nothing ran, by the arguments as they were given: it matters most where they
/// can't be understood.
pub(super) fn tell_nothing_ran(given: &[OsString], reason: &str) {
    let is = |name: &str| given.iter().any(|argument| argument == name);
    let is_run = ["run", "confirm", "merge"].into_iter().any(is);
    let system = System::of(|name| std::env::var_os(name));
    if !is_run || is("--no-ci") || !matches!(system, System::GitHub { .. }) {
        return;
    }
    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
    // What follows an empty line is how to use the command.
    let first = reason.split("\n\n").next().unwrap_or_default();
    let first = redact::of_process().clean(first);
    stdout::command(&github::nothing_ran(&first));
}

/// Tells the CI system what became of the run. Nobody asked for it, so that what can't be told
/// here is complained of, and changes no exit code.
pub(super) fn tell(system: &System, report: &Report) {
    let System::GitHub { summary } = system else {
        return;
    };
    // The runner reads both streams, and standard output may hold a report.
    for annotation in github::annotations(report).lines() {
        stdout::command(annotation);
    }
    let Some(path) = summary else {
        return;
    };
    if let Err(error) = github::append(path, report) {
        let path = path.display();
        stdout::complain(&format!(
            "warning: cannot add the report to the job's summary {path}: {error}"
        ));
    }
}
