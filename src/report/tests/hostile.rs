//! Whatever text comes from outside, a report stays what it is.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::perfdata;
use crate::report::terminal::{self, Style, chain};
use crate::report::{Charset, Report, fixtures, html, json, junit, nagios};

/// Text made of what is dangerous somewhere, and of anything else.
pub(super) fn text() -> impl Strategy<Value = String> {
    let dangerous = prop::sample::select(vec![
        "\u{1b}",
        "\u{1b}[31m",
        "\u{9b}0m",
        "]]>",
        "]]",
        ">",
        "::",
        "::error::",
        "##[",
        "##vso[",
        "#",
        "[",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "\u{0}",
        "\u{ffff}",
        "\u{fffe}",
        "\u{202e}",
        "<![CDATA[",
        "&",
        "<",
        "\"",
        "部署",
        "👩‍🚀",
        "☁️",
        "word",
    ]);
    let part = prop_oneof![
        4 => dangerous.prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// The texts and values of a document, where it is one.
pub(super) fn parsed(document: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let mut texts = Vec::new();
    let mut open = 0_i32;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                open += 1;
                attributes(&tag, &mut texts)?;
            }
            Event::Empty(tag) => attributes(&tag, &mut texts)?,
            Event::End(_) => open -= 1,
            Event::CData(text) => texts.push(String::from_utf8_lossy(&text).into_owned()),
            Event::Text(text) if !text.trim_ascii().is_empty() => {
                return Err(format!("text outside of a section: {text:?}"));
            }
            Event::Eof if open == 0 => return Ok(texts),
            Event::Eof => return Err(format!("{open} elements are left open")),
            _ => {}
        }
    }
}

fn attributes(
    tag: &quick_xml::events::BytesStart<'_>,
    texts: &mut Vec<String>,
) -> Result<(), String> {
    for attribute in tag.attributes() {
        let value = attribute.map_err(|error| error.to_string())?;
        let value = String::from_utf8_lossy(&value.value).into_owned();
        if value.contains('<') {
            return Err(format!("a `<` in an attribute: {value}"));
        }
        texts.push(value);
    }
    Ok(())
}

pub(super) fn assert_no_commands(output: &str) {
    for line in output.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
        for command in ["##[", "##vso["] {
            assert!(!line.contains(command), "{line}");
        }
    }
}

fn assert_well_formed(report: &Report) {
    let document = junit::render(report);
    parsed(&document).unwrap_or_else(|error| panic!("{error}\n{document}"));
    let forbidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    let bad = |c: char| forbidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!document.contains(bad), "{document}");
    assert_no_commands(&document);
}

fn assert_harmless(report: &Report, style: Style) {
    let page = terminal::render(report, &style);
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!page.contains(control), "{page:?}");
    assert!(!page.contains('\u{202e}'), "{page:?}");
    assert_no_commands(&page);
}

proptest! {
    #[test]
    fn junit_is_always_well_formed(text in text()) {
        assert_well_formed(&fixtures::hostile_with(&text));
    }

    #[test]
    fn the_terminal_shows_text_and_never_obeys_it(text in text(), width in 0_usize..120) {
        for verbose in [false, true] {
            let style = Style { width, verbose, ..Style::FILE };
            assert_harmless(&fixtures::hostile_with(&text), style);
        }
    }

    #[test]
    fn colours_are_ours_alone(text in text()) {
        let report = fixtures::hostile_with(&text);
        let style = Style { color: true, ..Style::FILE };
        let painted = terminal::render(&report, &style);
        let plain = terminal::render(&report, &Style::FILE);
        prop_assert_eq!(console::strip_ansi_codes(&painted), plain);
    }

    #[test]
    fn a_page_shows_text_and_nothing_acts(text in text()) {
        let page = html::render(&fixtures::hostile_with(&text));
        let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        prop_assert!(!page.contains(acts) && !page.contains('\u{202e}'), "{:?}", page);
        assert_no_commands(&page);
    }

    #[test]
    fn json_comes_back_as_it_was(text in text()) {
        let report = fixtures::hostile_with(&text);
        let document = json::render(&report);
        assert_no_commands(&document);
        prop_assert_eq!(json::read(&document).expect("a report"), report);
    }

    #[test]
    fn a_monitoring_system_reads_our_measures_alone(text in text()) {
        let line = nagios::render(&fixtures::hostile_with(&text));
        prop_assert_eq!(line.lines().count(), 1);
        let measures = perfdata::measures(&line).expect("one line");
        prop_assert_eq!(measures.len(), 5);
        assert_no_commands(&line);
    }

    #[test]
    fn a_terminal_of_ascii_gets_nothing_else(text in text(), width in 60_usize..120) {
        let style = Style { width, verbose: true, charset: Charset::Ascii, ..Style::FILE };
        let report = fixtures::hostile_with(&text);
        for page in [terminal::render(&report, &style), chain::render(&report, &style)] {
            prop_assert!(page.is_ascii(), "{}", page);
            let control = |c: char| c.is_control() && c != '\n';
            prop_assert!(!page.contains(control), "{:?}", page);
            assert_no_commands(&page);
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal(text in "[a-z 部署👩☁/]{0,200}", width in 60_usize..120) {
        for charset in [Charset::Utf8, Charset::Ascii] {
            let style = Style { color: true, width, charset, ..Style::FILE };
            let page = terminal::render(&fixtures::hostile_with(&text), &style);
            for line in page.lines() {
                let wide = console::measure_text_width(line);
                prop_assert!(wide <= width, "{} > {}: {}", wide, width, line);
            }
        }
    }
}

#[test]
fn a_section_split_for_safety_reads_as_it_was() {
    let report = fixtures::hostile_with("a ]]> b\n::error::c ##[d]");
    let texts = parsed(&junit::render(&report))
        .expect("a document")
        .concat();
    assert!(texts.contains("a ]]> b ::error::c ##[d]"), "{texts}");
    assert!(texts.contains("expected  a ]]> b\n"), "{texts}");
}
