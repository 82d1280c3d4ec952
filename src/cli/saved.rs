//! Reports that `--json` saved, read again.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::CliError;
use super::reports::Reports;
use super::shown::Shown;
use crate::report::{Report, json};

/// The longest report that is read, in bytes. A device or a pipe may never end.
const LONGEST: u64 = 256 << 20;

/// Reads a report; `-` is standard input. `purpose` is what it is read for, such as `rendered`.
///
/// # Errors
/// Where it can't be read, or is no report of a version that is known.
pub(super) fn read(path: &Path, purpose: &'static str) -> Result<Report, CliError> {
    let text = text(path).map_err(|error| CliError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    json::read(&text).map_err(|error| CliError::NoReport {
        path: path.to_owned(),
        purpose,
        reason: error.to_string(),
    })
}

/// # Errors
/// Where the events of a run are asked for, of which saved reports tell nothing.
pub(super) fn no_events(reports: &Reports) -> Result<(), CliError> {
    match reports.format {
        Some(Shown::Events) => Err(CliError::Contradiction(
            "`--format jsonl` tells a run while it goes on; of a saved report, `--format json` is the whole".into(),
        )),
        Some(Shown::Report(_)) | None => Ok(()),
    }
}

fn text(path: &Path) -> io::Result<String> {
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
