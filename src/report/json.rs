//! The JSON report: the whole of a run, from which every other format can be made again.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;

use super::charset::Charset;
use super::text::clip;
use super::{Counts, Report, VERSION, Verdict, escape};
use crate::exit;

/// The report as a JSON document, indented, with a line end behind it.
///
/// # Panics
/// Never: a report consists of text, numbers and lists alone.
#[must_use]
pub fn render(report: &Report) -> String {
    let document = serde_json::to_string_pretty(report).expect("a report is always valid JSON");
    let mut safe = without_commands(&document);
    safe.push('\n');
    safe
}

/// A JSON document that gives nobody commands. On standard output it goes through a CI system's
/// log, or to a terminal, like any other text; so the second `#` of `##[…]` and its like is written
/// as `\u0023`, and what can't be seen by its number, which means the same to whoever reads JSON.
pub(crate) fn without_commands(document: &str) -> String {
    let mut safe = String::with_capacity(document.len() + 1);
    let mut commands = escape::hash_commands(document).peekable();
    for (at, c) in document.char_indices() {
        let command = commands.next_if_eq(&at).is_some();
        // Outside of texts there are no such characters but line ends.
        if command || (c.is_control() && c != '\n') || escape::is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Why a saved report can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON.
    #[error("this is not JSON: {0}")]
    Json(serde_json::Error),
    /// It is the beginning of a JSON document.
    #[error("it was cut off: the document ends at line {line} column {column}, unfinished")]
    CutOff {
        /// The last line, counted from 1.
        line: usize,
        /// The last column, counted from 1.
        column: usize,
    },
    /// It is JSON, but not ours.
    #[error("this is not a touchdown report: {0}")]
    Foreign(&'static str),
    /// It was written by a later touchdown.
    #[error(
        "it is a report of version {0}, and this touchdown ({own}) reads version {VERSION}: upgrade \
         touchdown, or run the suite again with this one",
        own = env!("CARGO_PKG_VERSION")
    )]
    Newer(u64),
    /// Its version is none that there ever was.
    #[error(
        "its `version` is {0}, which no touchdown ever wrote; this one reads version {VERSION}: run \
         the suite again to write the report anew"
    )]
    NoVersion(String),
    /// It says that it is a report of this version, but isn't.
    #[error("this is not a valid touchdown report: {0}")]
    Shape(serde_json::Error),
    /// What it says of the run is not what its checks say: it was changed after it was written.
    #[error(
        "its `{0}` is not what its checks make of it, so somebody changed the report: run the suite \
         again to write it anew"
    )]
    Contradiction(&'static str),
}

/// As much as tells whether the rest can be read.
#[derive(Deserialize)]
struct Head {
    version: Option<Value>,
    checks: Option<IgnoredAny>,
}

/// Reads a report that [`render`] wrote. Fields that this version does not know are passed
/// over.
///
/// # Errors
/// Where the text is no JSON, no report, a report of another version, or one whose verdict, counts
/// or exit code are not those of its checks.
pub fn read(text: &str) -> Result<Report, ReadError> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(told)?;
        return Err(ReadError::Foreign("it is no JSON object"));
    }
    let head: Head = serde_json::from_str(text).map_err(told)?;
    let Some(version) = head.version else {
        return Err(ReadError::Foreign("it has no `version`"));
    };
    match version.as_u64() {
        Some(number) if number == u64::from(VERSION) => {}
        Some(number) if number > u64::from(VERSION) => return Err(ReadError::Newer(number)),
        _ => {
            return Err(ReadError::NoVersion(clip(
                &version.to_string(),
                40,
                Charset::Utf8,
            )));
        }
    }
    if head.checks.is_none() {
        return Err(ReadError::Foreign("it has no `checks`"));
    }
    let report = serde_json::from_str(text).map_err(told)?;
    match contradiction(&report) {
        Some(field) => Err(ReadError::Contradiction(field)),
        None => Ok(report),
    }
}

/// The field that says something else of the run than its checks do.
fn contradiction(report: &Report) -> Option<&'static str> {
    let verdicts = report.checks.iter().map(|check| check.verdict);
    let verdict = Verdict::of_run(&report.checks, report.shard.as_ref());
    let fields = [
        ("verdict", report.verdict == verdict),
        ("counts", report.counts == Counts::of(verdicts)),
        (
            "exit_code",
            report.exit_code == exit::code(verdict, report.interrupted),
        ),
    ];
    let wrong = fields.into_iter().find(|(_, agrees)| !agrees);
    wrong.map(|(field, _)| field)
}

/// An error with its place, told apart by what it means for a report.
fn told(error: serde_json::Error) -> ReadError {
    match error.classify() {
        Category::Eof => ReadError::CutOff {
            line: error.line(),
            column: error.column(),
        },
        Category::Data => ReadError::Shape(error),
        Category::Syntax | Category::Io => ReadError::Json(error),
    }
}
