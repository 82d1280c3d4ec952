//! The texts of `tests/corpus`, in every place of a report, through every format: each stays text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::runners::assert_no_commands;
use super::{perfdata, schema, tap, xml_reader};
use crate::ci::github::annotations;
use crate::report::fixtures::hostile_with;
use crate::report::terminal::{self, Style, chain};
use crate::report::{Charset, Format, Report, escape, html, json, markdown};

/// Every hostile text, by its name. What JSON can't hold, or not be read in, is made here.
pub(crate) fn texts() -> BTreeMap<String, String> {
    let file = include_str!("../../../tests/corpus/texts.json");
    let mut texts: BTreeMap<String, String> = serde_json::from_str(file).expect("texts");
    let bytes: [(&str, &[u8]); 3] = [
        ("bytes: windows-1252", b"Gr\xfc\xdfe \x80 5 \x93smart\x94"),
        (
            "bytes: overlong, cut short and surrogates",
            b"\xc0\xaf \xe2\x82 \xed\xa0\x80 \xf8",
        ),
        (
            "bytes: each that UTF-8 has not",
            &[0xc0, 0xc1, 0xf5, 0xf8, 0xfe, 0xff],
        ),
    ];
    let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
    texts.extend(bytes.map(|(name, bytes)| (name.to_owned(), lossy(bytes))));
    let long = "<x>&|`::error::##[x] ".repeat(50);
    texts.insert("length: a long line".to_owned(), long);
    texts
}

/// The same with letters in the place of whatever could mean something but a blank or a line end.
fn harmless(text: &str) -> String {
    let letter = |c: char| if c.is_whitespace() { c } else { 'x' };
    text.chars().map(letter).collect()
}

/// The texts, pieces of what is dangerous somewhere, and anything else, in any order.
fn any_text() -> impl Strategy<Value = String> {
    let whole: Vec<String> = texts().into_values().collect();
    let pieces = vec![
        "\u{1b}",
        "\u{1b}[0m",
        "]]",
        ">",
        "::",
        "##",
        "[",
        "]",
        "\n",
        "\r",
        "\t",
        " ",
        "<",
        "\"",
        "|",
        "`",
        "a",
    ];
    let part = prop_oneof![
        1 => prop::sample::select(whole),
        6 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

#[test]
fn every_text_stays_text_in_every_format() {
    for (name, text) in texts() {
        assert_stays_text(&name, &text);
    }
}

proptest! {
    // Each text goes through every format several times.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_stays_text(text in any_text()) {
        assert_stays_text("any text", &text);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal(text in "[a-z 部署👩☁/]{0,200}", width in 60_usize..120) {
        for charset in [Charset::Utf8, Charset::Ascii] {
            let style = Style { color: true, width, charset, ..Style::FILE };
            let page = terminal::render(&hostile_with(&text), &style);
            for line in page.lines() {
                let wide = console::measure_text_width(line);
                prop_assert!(wide <= width, "{} > {}: {}", wide, width, line);
            }
        }
    }
}

fn assert_stays_text(name: &str, text: &str) {
    let report = hostile_with(text);
    for format in Format::ALL {
        let document = format.render(&report);
        assert_no_commands(&document);
        assert_says_what_it_should(format, &document, &report, &format!("{name}, as {format}"));
    }
}

/// GitHub gets a command for each check that did not pass, and no other.
#[test]
fn every_text_stays_text_in_annotations() {
    for (name, text) in texts() {
        let told = annotations(&hostile_with(&text));
        let lines: Vec<&str> = told.split(['\r', '\n']).collect();
        let levels = ["::error title=", "::error title=", "::warning title=", ""];
        assert_eq!(lines.len(), levels.len(), "{name}: {told:?}");
        for (line, level) in lines.iter().zip(levels) {
            let rest = line.strip_prefix(level).expect(&name);
            assert_no_commands(rest);
        }
    }
}

/// A new format has to say here how it is read.
fn assert_says_what_it_should(format: Format, document: &str, report: &Report, shown: &str) {
    match format {
        Format::Human => assert_shown_on_a_terminal(report, shown),
        Format::Json => {
            assert_eq!(&json::read(document).expect(shown), report, "{shown}");
            assert!(
                !document.contains(|c: char| c.is_control() && c != '\n'),
                "{shown}"
            );
        }
        Format::Junit => xml_reader::assert_well_formed(document),
        Format::Nagios => {
            let measures = perfdata::measures(document).expect(shown);
            assert_eq!(measures.len(), 5, "{shown}: {document}");
        }
        Format::Tap => tap::assert_read_as_meant(report),
        Format::Html => {
            let other = hostile_with(&harmless(&report.suite));
            assert_eq!(
                html::tests::shape_of(report),
                html::tests::shape_of(&other),
                "{shown}"
            );
            let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            assert!(!document.contains(acts), "{shown}: {document:?}");
            assert!(
                !document.contains(escape::is_invisible),
                "{shown}: {document:?}"
            );
        }
        Format::Markdown => {
            let other = markdown::render(&hostile_with(&harmless(&report.suite)));
            let structure = markdown::tests::structure_of(document);
            assert_eq!(structure, markdown::tests::structure_of(&other), "{shown}");
        }
    }
}

/// On a terminal of any kind there are lines, and our own colours.
fn assert_shown_on_a_terminal(report: &Report, shown: &str) {
    for (width, charset) in [(60, Charset::Utf8), (100, Charset::Ascii)] {
        let plain = Style {
            width,
            verbose: true,
            charset,
            ..Style::FILE
        };
        let coloured = Style {
            color: true,
            ..plain
        };
        for render in [terminal::render, chain::render] {
            let (page, painted) = (render(report, &plain), render(report, &coloured));
            let acts = |c: char| (c.is_control() && c != '\n') || escape::is_invisible(c);
            assert!(!page.contains(acts), "{shown}: {page:?}");
            assert!(
                charset == Charset::Utf8 || page.is_ascii(),
                "{shown}: {page:?}"
            );
            assert_eq!(console::strip_ansi_codes(&painted), page, "{shown}");
            assert_no_commands(&page);
            assert_no_commands(&painted);
        }
    }
}

/// One document that holds every text, since a validator takes its time to start.
#[test]
fn junit_follows_the_schema_whatever_it_holds() {
    let texts = texts();
    let mut reports = texts.values().map(|text| hostile_with(text));
    let mut whole = reports.next().expect("a text");
    for (number, report) in reports.enumerate() {
        let checks = report.checks.into_iter().map(|mut check| {
            check.id = format!("{}-{number}", check.id);
            check
        });
        whole.checks.extend(checks);
    }
    schema::assert_follows("every text", &whole);
}
