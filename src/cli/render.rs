//! `touchdown render`: a saved JSON report in another format.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::arguments::{Arguments, Render};
use super::error::CliError;
use super::run::{self, View};
use super::shown::Shown;
use crate::ci::System;
use crate::exit;
use crate::report::json;

/// The longest report that is read, in bytes. A device or a pipe may never end.
const LONGEST: u64 = 256 << 20;

pub(super) fn render(render: &Render, all: &Arguments) -> Result<u8, CliError> {
    let path = &render.report;
    let text = read(path).map_err(|error| CliError::Unreadable {
        path: path.clone(),
        error,
    })?;
    let report = json::read(&text).map_err(|error| CliError::NoReport {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    if render.reports.format == Some(Shown::Events) {
        return Err(CliError::Contradiction(
            "`--format jsonl` tells a run while it goes on; of a saved report, `--format json` is the whole".into(),
        ));
    }
    let outputs = run::open(&render.reports)?;
    // No CI system is told: a report is rendered alike everywhere.
    let system = System::Other;
    let written = run::tell(&report, outputs, &render.reports, all, View::Suite, &system);
    Ok(exit::of_rendering(&report, render.reports.shown(), written))
}

fn read(path: &Path) -> io::Result<String> {
    if path.as_os_str() == "-" {
        return read_from(io::stdin().lock(), LONGEST);
    }
    read_from(File::open(path)?, LONGEST)
}

fn read_from(source: impl Read, longest: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    source.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest {
        let told = format!("it is longer than {} MiB; no report is", longest >> 20);
        return Err(io::Error::other(told));
    }
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::other(format!("line {line} is not UTF-8"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_not_read_for_ever() {
        let error = read_from(io::repeat(b' '), 1 << 20).expect_err("endless");
        assert_eq!(error.to_string(), "it is longer than 1 MiB; no report is");
        let whole = read_from(&b"{}"[..], 2).expect("as long as it may be");
        assert_eq!(whole, "{}");
    }
}
