//! Text from outside, cleaned for XML 1.0.
//!
//! junit-report escapes attributes, but passes control characters, ANSI codes and `]]>`
//! through and so writes XML that no parser takes. Every text goes through here first.

use super::escape;

/// One line or many: ANSI escapes dropped, line ends as LF, what XML forbids as U+FFFD, and
/// what would change how its neighbours read by number.
pub(crate) fn clean(text: &str) -> String {
    let text = console::strip_ansi_codes(text).replace("\r\n", "\n");
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match allowed(c) {
            c if escape::is_invisible(c) => clean.push_str(&escape::by_number(c)),
            c => clean.push(c),
        }
    }
    clean
}

/// The same on one line.
pub(crate) fn line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// The value of an attribute: one line, in which no CI system finds a command.
pub(crate) fn attribute(text: &str) -> String {
    escape::without_commands(&line(text))
}

/// The content of a CDATA section.
///
/// It is split where it would end the section, and where a CI system would find a command if
/// the document were on standard output. A parser puts the parts together again, so that
/// nothing is lost.
pub(crate) fn cdata(text: &str) -> String {
    const SPLIT: &str = "]]><![CDATA[";
    let text = clean(text);
    let mut cuts: Vec<usize> = text.match_indices("]]>").map(|(at, _)| at + 2).collect();
    cuts.extend(escape::hash_commands(&text));
    cuts.extend(starts_of_commands(&text).map(|at| at + 1));
    cuts.sort_unstable();
    cuts.dedup();
    let mut safe = String::with_capacity(text.len() + cuts.len() * SPLIT.len());
    let mut copied = 0;
    for cut in cuts {
        safe.push_str(&text[copied..cut]);
        safe.push_str(SPLIT);
        copied = cut;
    }
    safe.push_str(&text[copied..]);
    safe
}

/// Where a `::` begins a line, after white space.
fn starts_of_commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices("::").map(|(at, _)| at).filter(|&at| {
        // No further back than the blanks: there are lines of megabytes, full of `::`.
        let before = text[..at].trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
        before.is_empty() || before.ends_with('\n')
    })
}

/// XML 1.0 forbids some of these and discourages the others; none of them is ever meant.
fn allowed(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\r' => '\n',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_is_replaced() {
        assert_eq!(
            clean("\u{1b}[31mred\u{1b}[0m \u{7}bell"),
            "red \u{fffd}bell"
        );
        assert_eq!(clean("\u{fffe}\u{ffff}\u{0}"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(clean("one\r\ntwo\rthree"), "one\ntwo\nthree");
        assert_eq!(clean("👩‍🚀 部署"), "👩‍🚀 部署");
        assert_eq!(clean("\u{202e}gpj"), "<U+202E>gpj");
    }

    #[test]
    fn an_attribute_is_one_line() {
        assert_eq!(attribute("a\n\tb"), "a  b");
        assert_eq!(attribute("::error::x"), ": :error::x");
    }

    #[test]
    fn a_section_never_ends_early() {
        assert_eq!(cdata("a]]>b"), "a]]]]><![CDATA[>b");
        assert_eq!(
            cdata("]]\u{1b}[0m>"),
            "]]]]><![CDATA[>",
            "dropping a code can make one"
        );
    }

    #[test]
    fn commands_are_cut_in_two() {
        assert_eq!(cdata("x\n ::error::"), "x\n :]]><![CDATA[:error::");
        assert_eq!(cdata("##[error]"), "#]]><![CDATA[#[error]");
    }
}
