//! `touchdown merge`: the reports of several runs as one, whose verdict is the exit code.

use std::path::Path;

use super::arguments::{Arguments, Merge};
use super::error::CliError;
use super::run::{self, View};
use super::saved;
use crate::exit;
use crate::report::merge::{self, Part};

pub(super) fn merge(asked: &Merge, all: &Arguments) -> Result<u8, CliError> {
    saved::no_events(&asked.reports)?;
    let by_input = asked.files.iter().filter(|path| path.as_os_str() == "-");
    if by_input.count() > 1 {
        return Err(CliError::Contradiction(
            "only one report can come by standard input, `-`".into(),
        ));
    }
    let parts = asked.files.iter().map(|path| part(path));
    let parts = parts.collect::<Result<Vec<Part>, CliError>>()?;
    let report = merge::merge(parts, asked.name.as_deref())?;
    let outputs = run::open(&asked.reports)?;
    let system = asked.ci.system();
    let written = run::tell(&report, outputs, &asked.reports, all, View::Suite, &system);
    Ok(exit::of_run(&report, asked.reports.shown(), written))
}

fn part(path: &Path) -> Result<Part, CliError> {
    Ok(Part {
        from: path.display().to_string(),
        report: saved::read(path, "merged")?,
    })
}
