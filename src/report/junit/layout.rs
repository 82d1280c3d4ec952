//! The written document, laid out: an element a line, and times in whole milliseconds.
//!
//! junit-report writes everything on one line, and times through floating point: 31.952 s
//! becomes `31.951999999999998`, which Jenkins's schema refuses. It also gives the suite the
//! sum of its testcases' times, where checks run side by side; the run's own time takes its
//! place.

const SECTION: &str = "<![CDATA[";

/// The document with an element a line. Attributes and text stay as they are, times apart.
pub(super) fn lay_out(document: &str, suite_millis: u64) -> String {
    let mut out = String::with_capacity(document.len() + document.len() / 8);
    let mut rest = document;
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_length(rest));
        if let Some(columns) = indentation(token) {
            out.push('\n');
            out.push_str(&" ".repeat(columns));
        }
        match token.starts_with("<testsuite ") {
            _ if token.starts_with(SECTION) || !token.starts_with('<') => out.push_str(token),
            true => out.push_str(&with_time(token, |_| Some(seconds(suite_millis)))),
            false => out.push_str(&with_time(token, |time| {
                let millis = (time.parse::<f64>().ok()? * 1000.0).round();
                Some(seconds(millis as u64))
            })),
        }
        rest = after;
    }
    out.push('\n');
    out
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
fn indentation(token: &str) -> Option<usize> {
    let name = token.strip_prefix('<')?;
    let name = name.split([' ', '>', '/']).find(|part| !part.is_empty())?;
    let closes = token.starts_with("</");
    match name {
        "testsuites" => Some(0),
        "testsuite" => Some(2),
        "testcase" => Some(4),
        "system-out" if !closes => Some(4),
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

    #[test]
    fn times_are_whole_milliseconds() {
        let document = r#"<testsuite name="x" time="3"><testcase name="a" time="31.951999999999998"/></testsuite>"#;
        assert_eq!(
            lay_out(document, 40_007),
            "\n  <testsuite name=\"x\" time=\"40.007\">\n    <testcase name=\"a\" time=\"31.952\"/>\n  </testsuite>\n"
        );
    }

    #[test]
    fn quoted_text_is_never_touched() {
        let text = "<failure><![CDATA[ <testcase time=\"1.23456\">\n]]></failure>";
        assert!(lay_out(text, 0).contains("<![CDATA[ <testcase time=\"1.23456\">\n]]></failure>"));
    }
}
