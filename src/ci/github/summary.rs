//! The summary of a job: a Markdown file that every step of it appends to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::report::{Report, markdown};

/// Why a summary was not written.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// There is so much in it that not even the verdict has room.
    #[error("there are {0} bytes in it already")]
    Full(u64),
    /// The system refuses.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Appends the report as Markdown to the file at `path`, which is made where it is missing.
///
/// The file stays within [`markdown::LIMIT`], with what is in it already: GitHub drops a summary
/// of more than 1 MiB as a whole.
///
/// # Errors
/// Where the file can't be read or written, or is full.
pub fn append(path: &Path, report: &Report) -> Result<(), SummaryError> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).read(true).append(true).open(path)?;
    let there = file.metadata()?.len();
    let gap = gap(&mut file, there)?;
    let used = usize::try_from(there).unwrap_or(usize::MAX);
    let room = markdown::LIMIT.saturating_sub(used.saturating_add(gap.len()));
    let text = markdown::render_within(report, room);
    if text.is_empty() {
        return Err(SummaryError::Full(there));
    }
    file.write_all(format!("{gap}{text}").as_bytes())?;
    Ok(())
}

/// What ends the last block of what is there: an empty line.
fn gap(file: &mut File, there: u64) -> io::Result<&'static str> {
    if there == 0 {
        return Ok("");
    }
    file.seek(SeekFrom::Start(there - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(if last == *b"\n" { "\n" } else { "\n\n" })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::report::{Verdict, fixtures};

    fn appended_to(before: Option<&str>) -> Result<String, SummaryError> {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("summary.md");
        if let Some(text) = before {
            std::fs::write(&path, text).expect("written");
        }
        append(&path, &report())?;
        Ok(std::fs::read_to_string(&path).expect("readable"))
    }

    fn report() -> Report {
        let check = |id| fixtures::check(id, "http.responds", Verdict::Failed, "503 for 5m");
        let ids: Vec<String> = (0..200).map(|number| format!("check-{number}")).collect();
        fixtures::report(ids.iter().map(|id| check(id)).collect())
    }

    #[test]
    fn what_is_there_stays_and_ends_before_ours() {
        let ours = markdown::render(&report());
        for (before, whole) in [
            (None, ours.clone()),
            (Some(""), ours.clone()),
            (Some("# Deploy"), format!("# Deploy\n\n{ours}")),
            (Some("# Deploy\n"), format!("# Deploy\n\n{ours}")),
        ] {
            assert_eq!(appended_to(before).expect("written"), whole);
        }
    }

    #[test]
    fn the_whole_file_stays_within_the_limit() {
        let before = "x".repeat(markdown::LIMIT - 5_000);
        let text = appended_to(Some(&before)).expect("written");
        assert!(text.len() <= markdown::LIMIT, "{}", text.len());
        let ours = &text[before.len()..];
        assert!(ours.starts_with("\n\n## ❌ FAILED: inventory"));
        assert!(ours.contains(" more checks, for which there is no room here."));
    }

    #[test]
    fn a_summary_that_can_not_be_written_is_told() {
        let full = "x".repeat(markdown::LIMIT);
        let told = appended_to(Some(&full)).expect_err("no room").to_string();
        assert_eq!(told, "there are 921600 bytes in it already");
        let folder = TempDir::new().expect("a folder");
        assert!(append(folder.path(), &report()).is_err());
    }
}
