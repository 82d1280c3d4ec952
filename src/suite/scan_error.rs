//! The YAML scanner's complaints, told so that the writer of a suite can mend them.

use saphyr_parser::ScanError;
use touchdown_checks::contract::{Fault, Place};

const HELPS: &[(&str, &str)] = &[
    (
        "tab",
        "YAML is indented with spaces; replace the tab by spaces",
    ),
    (
        "mapping values are not allowed",
        "a text that holds `: ` needs quotes, and the keys of one mapping the same indentation",
    ),
    ("quoted scalar", "is the closing quote missing?"),
    (
        "unknown anchor",
        "an alias (`*name`) repeats a value that was marked (`&name`) before",
    ),
    (
        "unexpected character",
        "a text that starts with this character needs quotes",
    ),
    (
        "':' indicator",
        "is a bracket or brace before this left open?",
    ),
    (
        "parsing a flow",
        "is a bracket or brace left open, or a comma missing?",
    ),
    ("did not find expected", "is the indentation right?"),
];

/// The scanner reads the brace of `{ status: ${CODE} }` as the start of a mapping.
const VARIABLE: &str = "within braces and brackets, `${NAME}` needs quotes; for a number, give it a \
     line of its own instead";

/// The complaint at its place. The scanner counts characters; `byte` turns them into bytes.
pub(super) fn told(error: &ScanError, text: &str, byte: impl Fn(usize) -> usize) -> Fault {
    let written = text.trim_end();
    let start = byte(error.marker().index()).min(written.len());
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    let end = if start < written.len() {
        start + width
    } else {
        start
    };
    let info = error.info();
    let reason = info
        .strip_prefix("while parsing node, ")
        .or_else(|| info.strip_prefix("while parsing a block mapping, "))
        .unwrap_or(info);
    let fault = Fault::new(Place { start, end }, format!("this is not YAML: {reason}"));
    let line = text[..end].rfind('\n').map_or(0, |end| end + 1);
    if info.contains("parsing a flow") && text[line..end].contains("${") {
        return fault.help(VARIABLE);
    }
    match HELPS.iter().find(|(part, _)| info.contains(part)) {
        Some((_, help)) => fault.help(*help),
        None => fault,
    }
}
