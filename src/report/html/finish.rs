//! The last pass over a document: what is in it can be seen, and nothing in it acts.
//!
//! Templates escape text for HTML. What is left are characters that act elsewhere: control and
//! invisible characters, and commands that a CI system obeys when the document goes through
//! its log. Our own markup has none of them, so that one pass over everything finds those from
//! outside, and no template can forget it.

use maud::{Markup, Render};

use crate::report::escape;

/// Elements that begin a line of the document, so that two documents can be compared line by
/// line. Blanks before them mean nothing.
const BLOCKS: [&str; 24] = [
    "body", "dd", "details", "div", "dl", "dt", "fieldset", "footer", "g", "h1", "h2", "h3", "h4",
    "head", "header", "li", "main", "meta", "ol", "p", "section", "svg", "tr", "ul",
];

/// The document as text, with a line end behind it.
pub(super) fn finish(document: &Markup) -> String {
    let mut text = String::with_capacity(document.0.len() * 9 / 8);
    let mut rest = document.0.as_str();
    while let Some(at) = rest.find(|c: char| c == '<' || is_special(c)) {
        let (plain, special) = rest.split_at(at);
        text.push_str(plain);
        let mut following = special.chars();
        match following.next() {
            // `<` is always ours: that of outside text is written as `&lt;`.
            Some('<') => {
                if begins_block(following.as_str()) {
                    text.push('\n');
                }
                text.push('<');
            }
            Some('\r') if following.as_str().starts_with('\n') => {}
            Some(c) => push_visible(&mut text, c),
            None => {}
        }
        rest = following.as_str();
    }
    text.push_str(rest);
    text.push('\n');
    without_commands(&text)
}

fn is_special(c: char) -> bool {
    let is_layout = matches!(c, '\n' | '\t');
    (c.is_control() && !is_layout) || escape::is_invisible(c)
}

fn push_visible(text: &mut String, c: char) {
    let mut shown = String::new();
    escape::push_visible(&mut shown, c);
    shown.render_to(text);
}

fn begins_block(tag: &str) -> bool {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
    BLOCKS.contains(&&tag[..end.unwrap_or(tag.len())])
}

/// Writes the second sign of each CI command by its number, which means the same in HTML.
fn without_commands(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut copied = 0;
        if line.trim_start().starts_with("::") {
            copied = line.len() - line.trim_start().len() + 1;
            safe.push_str(&line[..copied]);
            safe.push_str("&#58;");
            copied += 1;
        }
        for at in escape::hash_commands(line) {
            safe.push_str(&line[copied..at]);
            safe.push_str("&#35;");
            copied = at + 1;
        }
        safe.push_str(&line[copied..]);
    }
    safe
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    fn finished(text: &str) -> String {
        finish(&html! { (text) }).trim_end_matches('\n').to_owned()
    }

    #[test]
    fn what_acts_or_hides_is_shown() {
        for (text, shown) in [
            ("\u{1b}[31mred", "␛[31mred"),
            ("user\u{202e}gpj.exe", "user&lt;U+202E&gt;gpj.exe"),
            ("one\r\ntwo\rthree\tfour", "one\ntwo␍three\tfour"),
            ("\u{0}\u{9b}\u{ffff}", "␀&lt;U+009B&gt;&lt;U+FFFF&gt;"),
            ("👩‍🚀 部署", "👩‍🚀 部署"),
            ("<p>&", "&lt;p&gt;&amp;"),
        ] {
            assert_eq!(finished(text), shown);
        }
    }

    #[test]
    fn commands_of_ci_systems_are_written_by_number() {
        for (text, shown) in [
            ("::error::gone", ":&#58;error::gone"),
            ("one\n \t::add-mask::x", "one\n \t:&#58;add-mask::x"),
            ("std::vec::Vec", "std::vec::Vec"),
            ("see ###[error]gone", "see ##&#35;[error]gone"),
            ("##vso[x]##[y]", "#&#35;vso[x]#&#35;[y]"),
        ] {
            assert_eq!(finished(text), shown);
        }
    }
}
