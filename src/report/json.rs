//! The JSON report: the whole of a run, from which every other format can be made again.

use serde::Deserialize;
use serde_json::Value;

use super::{Report, VERSION, escape};

/// The report as a JSON document, indented, with a line end behind it.
///
/// A document on standard output goes through a CI system's log like any other text. So that
/// quoted text can't give it commands, the second `#` of `##[…]` and its like is written as
/// `\u0023`, which means the same to whoever reads JSON.
///
/// # Panics
/// Never: a report consists of text, numbers and lists alone.
#[must_use]
pub fn render(report: &Report) -> String {
    let document = serde_json::to_string_pretty(report).expect("a report is always valid JSON");
    let mut safe = String::with_capacity(document.len() + 1);
    let mut copied = 0;
    for at in escape::hash_commands(&document) {
        safe.push_str(&document[copied..at]);
        safe.push_str("\\u0023");
        copied = at + 1;
    }
    safe.push_str(&document[copied..]);
    safe.push('\n');
    safe
}

/// Why a saved report can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON.
    #[error("this is not JSON: {0}")]
    Json(serde_json::Error),
    /// It is JSON, but not ours.
    #[error("this is not a touchdown report: {0}")]
    Foreign(&'static str),
    /// It is a report of another version.
    #[error("this is a report of version {0}; this touchdown reads version {VERSION}")]
    Version(Value),
    /// It says that it is a report of this version, but isn't.
    #[error("this is not a valid touchdown report: {0}")]
    Shape(serde_json::Error),
}

#[derive(Deserialize)]
struct Head {
    version: Option<Value>,
    checks: Option<serde::de::IgnoredAny>,
}

/// Reads a report that [`render`] wrote. Fields that this version does not know are passed
/// over.
///
/// # Errors
/// Where the text is no JSON, no report, or a report of another version.
pub fn read(text: &str) -> Result<Report, ReadError> {
    let text = text.trim_start_matches('\u{feff}');
    let value: Value = serde_json::from_str(text).map_err(ReadError::Json)?;
    if !value.is_object() {
        return Err(ReadError::Foreign("it is no JSON object"));
    }
    let head: Head = serde_json::from_value(value).map_err(ReadError::Shape)?;
    let Some(version) = head.version else {
        return Err(ReadError::Foreign("it has no `version`"));
    };
    if version != VERSION {
        return Err(ReadError::Version(version));
    }
    if head.checks.is_none() {
        return Err(ReadError::Foreign("it has no `checks`"));
    }
    // From the text once more, so that an error names its line and column.
    serde_json::from_str(text).map_err(ReadError::Shape)
}
