//! The written document, laid out: an element a line, and times in whole milliseconds.
//!
//! junit-report writes everything on one line, and times through floating point: 31.952 s
//! becomes `31.951999999999998`, which Jenkins's schema refuses. It also gives the suite the
//! sum of its testcases' times, where checks run side by side; the run's own time takes its
//! place. And it doesn't count skipped testcases, which some readers then take for passed.

use std::borrow::Cow;

const SECTION: &str = "<![CDATA[";

/// What the writer does not know of the suite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suite {
    /// How long the run took.
    pub(super) millis: u64,
    /// How many testcases are skipped ones.
    pub(super) skipped: usize,
}

/// The document with an element a line. Attributes and text stay as they are, times apart.
pub(super) fn lay_out(document: &str, suite: Suite) -> String {
    let mut out = String::with_capacity(document.len() + document.len() / 8);
    let mut rest = document;
    let mut in_testcase = false;
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_length(rest));
        if let Some(columns) = indentation(token, in_testcase) {
            out.push('\n');
            out.push_str(&" ".repeat(columns));
        }
        if token.starts_with("<testcase ") {
            in_testcase = !token.ends_with("/>");
        } else if token == "</testcase>" {
            in_testcase = false;
        }
        out.push_str(&corrected(token, suite));
        rest = after;
    }
    out.push('\n');
    out
}

fn corrected(token: &str, suite: Suite) -> Cow<'_, str> {
    let is_tag = token.starts_with('<') && !token.starts_with(SECTION);
    if token.starts_with("<testsuite ") {
        let timed = with_time(token, |_| Some(seconds(suite.millis)));
        let open = timed.trim_end_matches('>');
        format!("{open} skipped=\"{}\">", suite.skipped).into()
    } else if is_tag {
        with_time(token, |time| {
            let millis = (time.parse::<f64>().ok()? * 1000.0).round();
            Some(seconds(millis as u64))
        })
        .into()
    } else {
        token.into()
    }
}

/// How far the document's next tag, CDATA section or text reaches.
fn token_length(rest: &str) -> usize {
    let end = if rest.starts_with(SECTION) {
        rest.find("]]>").map(|at| at + 3)
    } else if rest.starts_with('<') {
        // The writer escapes `>` in attributes.
        rest.find('>').map(|at| at + 1)
    } else {
        rest.find('<')
    };
    end.unwrap_or(rest.len())
}

/// Where a tag begins a line of its own. An element with text is closed where its text ends.
fn indentation(token: &str, in_testcase: bool) -> Option<usize> {
    let name = token.strip_prefix('<')?;
    let name = name.split([' ', '>', '/']).find(|part| !part.is_empty())?;
    let closes = token.starts_with("</");
    match name {
        "testsuites" => Some(0),
        "testsuite" => Some(2),
        "testcase" => Some(4),
        "system-out" if !closes && !in_testcase => Some(4),
        "system-out" if !closes => Some(6),
        "failure" | "error" | "skipped" if !closes => Some(6),
        _ => None,
    }
}

fn with_time(tag: &str, time: impl FnOnce(&str) -> Option<String>) -> String {
    const ATTRIBUTE: &str = " time=\"";
    let changed = || {
        let start = tag.find(ATTRIBUTE)? + ATTRIBUTE.len();
        let end = start + tag[start..].find('"')?;
        let time = time(&tag[start..end])?;
        Some(format!("{}{time}{}", &tag[..start], &tag[end..]))
    };
    changed().unwrap_or_else(|| tag.to_owned())
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUITE: Suite = Suite {
        millis: 40_007,
        skipped: 2,
    };

    #[test]
    fn times_are_whole_milliseconds_and_skipped_testcases_are_counted() {
        let document = r#"<testsuite name="x" time="3"><testcase name="a" time="31.951999999999998"/></testsuite>"#;
        assert_eq!(
            lay_out(document, SUITE),
            "\n  <testsuite name=\"x\" time=\"40.007\" skipped=\"2\">\n    <testcase name=\"a\" time=\"31.952\"/>\n  </testsuite>\n"
        );
    }

    #[test]
    fn quoted_text_is_never_touched() {
        let text = "<failure><![CDATA[ <testcase time=\"1.23456\">\n]]></failure>";
        assert!(
            lay_out(text, SUITE).contains("<![CDATA[ <testcase time=\"1.23456\">\n]]></failure>")
        );
    }
}
